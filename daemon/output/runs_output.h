// Runs of the built-in ledger as JSON documents (docs/json.md, the stable contract) and as text for people. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "env/state_store.h"

namespace lakeferry {

// `lakeferry runs add`, `list`, `remove`.
struct RunsReport {
  std::string workflow;
  std::vector<Run> runs;
  std::optional<std::vector<RunRemoval>> removed;  // where they were asked for
  TimeMs now = {};                                 // ages are as of then
  std::vector<std::string> warnings = {};          // why nobody may ever look at these runs; in JSON alone
};
[[nodiscard]] std::string ToJson(const RunsReport& report);
[[nodiscard]] std::string ToText(const RunsReport& report);
// Of several workflows: {"workflows": [the document of each]}.
[[nodiscard]] std::string ToJson(const std::vector<RunsReport>& workflows);

}  // namespace lakeferry
