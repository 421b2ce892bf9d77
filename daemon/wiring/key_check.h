// What `lakeferry check` says of signatures: whether this side's key is there and trusted, and whether they are missed.
#pragma once

#include <vector>

#include "plan/finding.h"
#include "plan/group_spec.h"

namespace lakeferry {

[[nodiscard]] std::vector<plan::Finding> CheckKeys(const plan::GroupSpec& spec);

}  // namespace lakeferry
