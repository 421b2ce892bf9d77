// Run: one execution of a workflow, as its scheduler or the built-in ledger tells it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace lakeferry {

enum class RunState { kRunning, kSuccess, kFailed };

// "running", "success", "failed".
[[nodiscard]] std::string_view RunStateName(RunState state);
[[nodiscard]] std::optional<RunState> ParseRunState(std::string_view name);

struct Run {
  std::string workflow;
  std::string run_id;  // unique within the workflow
  TimeMs start;
  std::optional<TimeMs> end;  // absent while it runs
  RunState state = RunState::kRunning;

  bool operator==(const Run&) const = default;
};

}  // namespace lakeferry
