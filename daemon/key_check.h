// What `lakeferry check` says of signatures: whether this side's key is there and trusted, and whether they are missed.
#pragma once

#include <vector>

#include "engine/reports.h"
#include "plan/group_spec.h"

namespace lakeferry {

[[nodiscard]] std::vector<engine::Finding> CheckKeys(const plan::GroupSpec& spec);

}  // namespace lakeferry
