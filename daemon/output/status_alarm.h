// Why `status --check` complains of a group, and what `status` warns of: a record judged by its configuration and by
// past epochs. Pure.
#pragma once

#include <optional>
#include <string>

#include "env/state_store.h"
#include "plan/group/group_spec.h"
#include "plan/group/lateness.h"

namespace lakeferry {

struct GroupJudgement {
  Millis wait_bound{0};                // how long finished work may wait
  std::optional<Millis> worst_loss;    // plan::WorstLoss
  std::optional<std::string> alarm;    // absent when all is well; one line that says it all but the place of an error
  std::optional<std::string> warning;  // no alarm: runs that stay away, mails that cannot be sent
};

// Alarms: a state whose rule is AlarmRule::kAtOnce, finished work that waits for longer than the bound, a role that
// shows no sign of life, and a risk of level error. The age of the data is none.
[[nodiscard]] GroupJudgement Judge(const GroupRecord& record, const plan::GroupSpec& spec, const plan::PastEpochs& past,
                                   TimeMs now);

}  // namespace lakeferry
