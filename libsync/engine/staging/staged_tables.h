// Which tables epochs have that lie in staging.
#pragma once

#include <string>
#include <vector>

#include "engine/staging/staging_area.h"

namespace lakeferry::engine {

// Of the epochs after `after` that have a manifest, some names more than once; what cannot be read has none. `staging`
// must outlive the task.
Task<Result<std::vector<std::string>>> TablesAfter(Call call, const StagingArea& staging, Epoch after);

}  // namespace lakeferry::engine
