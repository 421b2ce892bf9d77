// What a service does when it is asked over its control socket: one function for each request it knows.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "async/task.h"
#include "daemon/control/control_message.h"
#include "env/logger.h"

namespace lakeferry::service {

// What does what is asked for.
struct ControlHooks {
  Role role = Role::kSender;
  // A pass over each of the groups that begins after this call.
  std::function<Task<std::vector<engine::GroupOutcome>>(std::vector<std::string>, engine::Claim)> sync;
};

// The line that answers `line`. `hooks` and `log` must outlive it.
[[nodiscard]] Task<std::string> AnswerRequest(const ControlHooks& hooks, Logger& log, std::string line);

}  // namespace lakeferry::service
