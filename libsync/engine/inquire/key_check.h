// What `lakeferry check` says of signatures: whether this side's key is there and trusted, and whether they are missed.
#pragma once

#include <optional>
#include <vector>

#include "plan/group/finding.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// `others_may_write`: whether others than the user that runs this can write the staging location; absent: not known,
// and nothing is said of it.
[[nodiscard]] std::vector<plan::Finding> CheckKeys(const plan::GroupSpec& spec, std::optional<bool> others_may_write);

}  // namespace lakeferry::engine
