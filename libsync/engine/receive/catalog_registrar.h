// Replicas that the receiving catalog does not have yet are registered there, where the configuration wants it.
#pragma once

#include <string>

#include "engine/environment.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// Registers each table of `spec` that its lookup found to be missing there and that has a replica, with columns,
// comment and properties as that has them. One that came to be there meanwhile is left as it is. What comes of it is
// logged; of what failed, `reason`, for people, says why in what comes back: nothing of an epoch depends on it.
// kCancelled alone.
Task<Result<std::string>> RegisterReplicas(Call call, const Environment& env, const plan::GroupSpec& spec,
                                           std::string reason);

}  // namespace lakeferry::engine
