// What a group is measured by: how long finished work may wait, how long a role may be silent, and how often a run is
// expected. Pure: configuration and past epochs in, bounds out. docs/operations.md says the same in words.
#pragma once

#include <optional>
#include <vector>

#include "base/time.h"
#include "plan/group/group_spec.h"

namespace lakeferry::plan {

// What past epochs of a group tell, of one role, newest first.
struct PastEpochs {
  std::vector<Millis> worked;     // from the first copy to the receiver's answer, of those that were applied
  std::vector<Millis> took;       // from the cut to the answer, of the same
  std::vector<TimeMs> cut_times;  // of those that are no forced cuts
};

// How passes come: by a service at every interval, or started from outside (--once), where only a day's rhythm can be
// assumed.
enum class Rhythm { kService, kOnce };

// For so long finished work may wait: the group's rpo. Without one the interval (a run that ends just after a cut),
// three looks (of the sender, of the receiver, and of the sender at its answer) and twice the longest of the last five
// epochs, at least 15 minutes; with Rhythm::kOnce 26 hours more.
[[nodiscard]] Millis WaitBound(const GroupSpec& spec, const PastEpochs& past, Rhythm rhythm);

// So old the newest applied cut becomes, at worst, before the next one is applied, as far as past epochs tell: the
// longest time between two of the last cuts (a group by interval: that interval; expect_run_every, where it is set),
// and the longest that one of the last five took from its cut to its answer. What the primary region has done since
// that cut is lost with it. Absent where it is not known yet.
[[nodiscard]] std::optional<Millis> WorstLoss(const GroupSpec& spec, const PastEpochs& past);

// For so long a role may show no sign of life: two looks and 15 minutes. With Rhythm::kOnce two intervals, and at least
// 26 hours.
[[nodiscard]] Millis SilenceBound(const GroupSpec& spec, Rhythm rhythm);

// For so long no run may succeed before people are warned: the group's expect_run_every. Without one twice the median
// of the times between its last 30 cuts, and no less than a quarter more than the longest of them (weekends); absent
// where there are fewer than five cuts, and for a group without a workflow.
[[nodiscard]] std::optional<Millis> RunGapBound(const GroupSpec& spec, const PastEpochs& past);

}  // namespace lakeferry::plan
