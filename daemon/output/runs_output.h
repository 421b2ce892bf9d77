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
};
[[nodiscard]] std::string ToJson(const RunsReport& report);
[[nodiscard]] std::string ToText(const RunsReport& report);

}  // namespace lakeferry
