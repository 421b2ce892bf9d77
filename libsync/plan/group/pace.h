// Pace: how often a group is looked at, and how often it is cut. Pure.
#pragma once

#include <optional>

#include "base/time.h"
#include "plan/group/group_spec.h"

namespace lakeferry::plan {

// So often a pass looks at everything, whether or not there is news: a target that was unmounted, a receipt that was
// forged, a table whose live set is due. The group's sync interval, where that is shorter than five minutes.
[[nodiscard]] Millis LookEvery(const GroupSpec& spec);

// Before this the runs of a group are not cut again: one sync interval after the last cut. Absent where there was none,
// and where no runs decide: a schedule and an interval have instants of their own.
[[nodiscard]] std::optional<TimeMs> NextCutNotBefore(const GroupSpec& spec, std::optional<TimeMs> last_cut);

}  // namespace lakeferry::plan
