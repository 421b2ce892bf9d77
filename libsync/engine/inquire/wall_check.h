// Whether a role lacks the rights that it must not have, shown by trying: a wall that was never run against may not be
// there.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/environment.h"
#include "plan/group/finding.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// The credentials that this process could use at a place, by name; "" is the service's own default.
using CredentialsAt = std::function<std::vector<std::string>(const std::string& uri)>;

// Sender: it cannot write or delete in targets, nor in sources; where it places files itself, it may not write the
// targets' logs. Receiver: it cannot read or write sources, nor delete
// in the targets of a group whose versions nothing is to reclaim. Each as whomever this process could be there. What is
// tried is an object of an unused name, which is deleted again where it came to be. A finding for each wall: info where
// every attempt was denied, an error where one came through, a warning where it cannot be told. In a folder
// where nothing is, nothing is tried, for that would make it; and whoever may write in one may delete. `env` must
// outlive the task.
Task<std::vector<plan::Finding>> CheckWalls(Call call, const Environment& env, plan::GroupSpec spec, Role role,
                                            CredentialsAt credentials);

}  // namespace lakeferry::engine
