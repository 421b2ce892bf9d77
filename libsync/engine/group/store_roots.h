// Looks where the roots of a group's stores are, before anything is read or written below them.
#pragma once

#include <vector>

#include "engine/environment.h"
#include "plan/group/group_spec.h"
#include "plan/group/root_overlap.h"

namespace lakeferry::engine {

// Gives each root that has none its place, without a store being opened there: a role has no right at the other's ends.
// One that cannot be told is left without: what uses it says why.
Task<std::vector<plan::Root>> LocateRoots(Call call, const Environment& env, std::vector<plan::Root> roots);

// kRefused where two of them are one place that must be apart, whatever names and links lead there.
Task<Status> CheckApart(Call call, const Environment& env, std::vector<plan::Root> roots);
// Of one group, as this machine sees its names.
[[nodiscard]] Task<Status> CheckRoots(Call call, const Environment& env, const plan::GroupSpec& spec);

}  // namespace lakeferry::engine
