// Looks where the roots of a group's stores are, before anything is read or written below them.
#pragma once

#include <vector>

#include "engine/environment.h"
#include "engine/group/place_claims.h"
#include "plan/group/group_spec.h"
#include "plan/group/root_overlap.h"
#include "plan/record/role.h"

namespace lakeferry::engine {

// Gives each root that has none its place, without a store being opened there: a role has no right at the other's ends.
// One that cannot be told is left without: what uses it says why.
Task<std::vector<plan::Root>> LocateRoots(Call call, const Environment& env, std::vector<plan::Root> roots);

// kRefused where two of them are one place that must be apart, whatever names and links lead there.
Task<Status> CheckApart(Call call, const Environment& env, std::vector<plan::Root> roots);
// Of one group, as this machine sees its names.
[[nodiscard]] Task<Status> CheckRoots(Call call, const Environment& env, const plan::GroupSpec& spec);
// The same for whoever writes there as `role`, which then holds the places. kRefused as well where another group of
// this process does. `spec` and `held` outlive the task.
Task<Status> ClaimRoots(Call call, const Environment& env, const plan::GroupSpec& spec, Role role, HeldPlaces& held);

}  // namespace lakeferry::engine
