// What a service does when it is asked over its control socket: one function for each request it knows.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "async/task.h"
#include "daemon/control/control_message.h"
#include "daemon/control/control_peer.h"
#include "env/clock.h"
#include "env/logger.h"

namespace lakeferry::service {

// What does what is asked for.
struct ControlHooks {
  Role role = Role::kSender;
  const Clock* clock = nullptr;
  // A pass over each of the groups that begins after this call.
  std::function<Task<std::vector<engine::GroupOutcome>>(std::vector<std::string>, engine::Claim)> sync;
  // What a person wants of a group, on record when it is answered.
  std::function<Task<Result<GroupRecord>>(Instruction)> instruct;
};

// The line that answers `line` of `peer`. `hooks` and `log` must outlive it.
[[nodiscard]] Task<std::string> AnswerRequest(const ControlHooks& hooks, Logger& log, std::string line,
                                              control::Peer peer);

}  // namespace lakeferry::service
