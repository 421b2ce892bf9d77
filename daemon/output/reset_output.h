// What `reset` has done for a group on one side, or would do, as text and JSON.
#pragma once

#include <string>
#include <vector>

#include "plan/record/role.h"

namespace lakeferry {

enum class ResetState {
  kTodo,  // it would be done with --yes
  kDone,
  kByPerson,  // the store cannot rename: it is left to a person, and the command is to be run again
};

struct ResetStep {
  std::string what;  // "target of table a"
  std::string from;  // empty: nothing is moved, something is forgotten
  std::string to;
  ResetState state = ResetState::kTodo;
};

struct ResetReport {
  std::string group;
  Role role = Role::kSender;
  bool done = false;  // every step is
  std::vector<ResetStep> steps;
  std::vector<std::string> next;  // what is left to do, here and on the other side
};

[[nodiscard]] std::string ToJson(const ResetReport& report);
[[nodiscard]] std::string ToText(const ResetReport& report);

}  // namespace lakeferry
