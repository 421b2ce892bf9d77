// What a receiver has said last that it has applied.
#pragma once

#include <optional>

#include "engine/staging/staging_area.h"
#include "plan/document/receipt.h"

namespace lakeferry::engine {

// The newest receipt of an epoch that was applied; absent for none. Receipts that cannot be read are passed over. The
// store's errors.
Task<Result<std::optional<plan::Receipt>>> NewestApplied(Call call, const StagingArea& staging);

}  // namespace lakeferry::engine
