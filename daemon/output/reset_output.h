// What `reset` has done for a group on one side, or would do, as text and JSON.
#pragma once

#include <string>
#include <vector>

#include "daemon/output/step_output.h"
#include "plan/record/role.h"

namespace lakeferry {

struct ResetReport {
  std::string group;
  Role role = Role::kSender;
  bool done = false;  // every step is
  std::vector<Step> steps;
  std::vector<std::string> next;  // what is left to do, here and on the other side
};

[[nodiscard]] std::string ToJson(const ResetReport& report);
[[nodiscard]] std::string ToText(const ResetReport& report);

}  // namespace lakeferry
