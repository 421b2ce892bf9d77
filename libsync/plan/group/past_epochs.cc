#include "plan/group/past_epochs.h"

#include <algorithm>

namespace lakeferry::plan {

PastEpochs PastOf(const std::vector<EpochRecord>& epochs) {
  PastEpochs past;
  for (const EpochRecord& epoch : epochs) {
    if (epoch.state == EpochState::kRefused) continue;
    if (epoch.atomic) past.cut_times.push_back(epoch.cut_time);
    if (epoch.state != EpochState::kApplied || !epoch.ended || *epoch.ended < epoch.started) continue;
    past.worked.push_back(*epoch.ended - epoch.started);
    past.took.push_back(std::max(*epoch.ended - epoch.cut_time, Millis(0)));
  }
  return past;
}

Rhythm RhythmOfWork(const GroupRecord& record) {
  const bool never = record.role == Role::kReceiver && record.staged_epoch == Epoch();
  return record.by_passes || never ? Rhythm::kOnce : Rhythm::kService;
}

}  // namespace lakeferry::plan
