// What `relocate` has found of a table that is to have another place, and what it has done, as text and JSON.
#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "daemon/output/step_output.h"
#include "engine/tend/table_relocation.h"
#include "plan/record/role.h"

namespace lakeferry {

struct RelocateReport {
  std::string group;
  std::string table;
  Role role = Role::kSender;
  engine::Relocation found;
  bool done = false;  // nothing of it is left to do on this side
  std::vector<Step> steps;
  std::vector<std::string> next;  // what is left to do, here and on the other side
};

[[nodiscard]] std::string ToJson(const RelocateReport& report);
[[nodiscard]] std::string ToText(const RelocateReport& report);

}  // namespace lakeferry
