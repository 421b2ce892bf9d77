// What `check` says of the warehouse that clones the managed tables of a group. It runs statements that change nothing,
// but a warehouse that has stopped is started by the first of them.
#pragma once

#include <vector>

#include "engine/environment.h"
#include "plan/group/finding.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// The warehouse and its state; that it runs a statement; which replicas it can read, and which are not there yet; and
// managed tables that somebody else wrote. Nothing for a group without clones. `env` must outlive the task.
Task<std::vector<plan::Finding>> CheckWarehouse(Call call, const Environment& env, plan::GroupSpec spec);

}  // namespace lakeferry::engine
