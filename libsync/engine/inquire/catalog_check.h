// What `check` says of the catalogs that a group asks. Reads only.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/environment.h"
#include "plan/group/finding.h"
#include "plan/group/group_spec.h"
#include "plan/record/role.h"

namespace lakeferry::engine {

// `found`: the group as LookUpTables has it for the role, or why it has not. Sender: how many tables the catalog knows;
// tables of the same schemas that no group replicates and none excludes, by name (`configured`: names of tables of all
// groups). Receiver: tables that the catalog does not have yet, by name. An error by itself where `found` is one. `env`
// and `configured` must outlive the task.
Task<std::vector<plan::Finding>> CheckCatalogs(Call call, const Environment& env, Result<plan::GroupSpec> found,
                                               Role role, const std::set<std::string>& configured);

}  // namespace lakeferry::engine
