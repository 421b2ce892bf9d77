// Whether sources keep what was not sent yet for long enough, by how far the group lags now, for `lakeferry check`.
// Reads only.
#pragma once

#include <optional>

#include "engine/environment.h"
#include "plan/group/finding.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// A warning where half of the time has passed after which commits or files that were not sent may be gone, an error
// where all of it has; absent where nothing threatens, and where staging or sources cannot be read: others say that.
// `env` outlives the task.
Task<std::optional<plan::Finding>> CheckLag(Call call, const Environment& env, plan::GroupSpec spec);

}  // namespace lakeferry::engine
