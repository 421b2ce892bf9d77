// The epochs that a role has seen, as JSON documents (docs/json.md, the stable contract) and as text for people. Pure.
#pragma once

#include <string>
#include <vector>

#include "env/state_store.h"

namespace lakeferry {

// `lakeferry history`.
struct HistoryReport {
  std::string group;
  Role role = Role::kSender;
  std::vector<EpochRecord> epochs;             // newest first
  std::vector<Instruction> instructions = {};  // of people to the role, newest first
};
[[nodiscard]] std::string ToJson(const HistoryReport& report);
[[nodiscard]] std::string ToText(const HistoryReport& report);
// Of every group: {"groups": [the document of each]}.
[[nodiscard]] std::string ToJson(const std::vector<HistoryReport>& groups);
[[nodiscard]] std::string ToText(const std::vector<HistoryReport>& groups);

}  // namespace lakeferry
