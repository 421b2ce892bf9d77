#include "base/run.h"

namespace lakeferry {

std::string_view RunStateName(RunState state) {
  switch (state) {
    case RunState::kRunning: return "running";
    case RunState::kSuccess: return "success";
    case RunState::kFailed: return "failed";
  }
  return "failed";
}

std::optional<RunState> ParseRunState(std::string_view name) {
  for (const RunState state : {RunState::kRunning, RunState::kSuccess, RunState::kFailed}) {
    if (RunStateName(state) == name) return state;
  }
  return std::nullopt;
}

}  // namespace lakeferry
