// What configuration, staging, receipts and targets say of each other, for `lakeferry check`: where the next pass would
// refuse, or would wait for ever. Reads only.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/environment.h"
#include "plan/group/finding.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// `configured`: every group that the configuration has; staged groups that are none of them may be this one under
// another name. `env` and that must outlive the task.
Task<std::vector<plan::Finding>> CompareWithEpochs(Call call, const Environment& env, plan::GroupSpec spec, Role role,
                                                   const std::set<std::string>& configured);

// Receivers: of targets that hold a table already, those that are not this group's.
Task<std::vector<plan::Finding>> CheckOwners(Call call, const Environment& env, plan::GroupSpec spec);

}  // namespace lakeferry::engine
