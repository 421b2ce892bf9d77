// The newest epoch that staging tells was applied, for those who then look at the tables themselves.
#pragma once

#include <optional>

#include "engine/staging/staging_area.h"

namespace lakeferry::engine {

struct AppliedEpoch {
  plan::Receipt receipt;
  std::optional<StagedEpoch> staged;  // absent where the manifest is gone
};

// Absent for none. Receipts beyond the newest epoch that was staged, and those of another manifest, are passed over.
Task<Result<std::optional<AppliedEpoch>>> NewestAppliedIn(Call call, const StagingArea& staging);

}  // namespace lakeferry::engine
