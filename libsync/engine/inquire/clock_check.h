// `lakeferry check`, the clocks: what times of commits and of runs are worth, compared.
#pragma once

#include "engine/environment.h"
#include "plan/group/finding.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// Compares the clocks of the group's stores, of its source of runs and of this machine, by an object that is written to
// the staging location and deleted again. A warning where they are too far apart for times to tell whose a commit is,
// where a margin is set that is less than what was found, and where the clock that dates commits cannot be compared.
Task<plan::Finding> CheckClocks(Call call, const Environment& env, plan::GroupSpec spec);

}  // namespace lakeferry::engine
