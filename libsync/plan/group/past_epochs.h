// What a role's records of past epochs tell of a group's rhythm. Pure.
#pragma once

#include <vector>

#include "plan/group/lateness.h"
#include "plan/record/epoch_record.h"
#include "plan/record/group_record.h"

namespace lakeferry::plan {

// So many records tell it, newest first.
inline constexpr int64_t kEpochsOfRhythm = 50;

// Work of applied epochs, and cut times of all that were not refused. `epochs`: of one role, newest first.
[[nodiscard]] PastEpochs PastOf(const std::vector<EpochRecord>& epochs);

// By which rhythm the wait of a group is measured. A receiver that was never given an epoch counts from its first look,
// and cannot know when the first run is due: a day is allowed for that.
[[nodiscard]] Rhythm RhythmOfWork(const GroupRecord& record);

}  // namespace lakeferry::plan
