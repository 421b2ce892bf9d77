// Run: one execution of a workflow, as its scheduler or the built-in ledger tells it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace lakeferry {

enum class RunState { kRunning, kSuccess, kFailed };

// "running", "success", "failed".
[[nodiscard]] std::string_view RunStateName(RunState state);
[[nodiscard]] std::optional<RunState> ParseRunState(std::string_view name);

// The most bytes of a workflow's name or a run's id.
inline constexpr size_t kRunNameBytesMax = 1024;

// Whether `name` can stand in every document and output: not empty, UTF-8 without control characters, and within
// kRunNameBytesMax. kInvalidArgument, with what is wrong and the name as far as it can be shown.
[[nodiscard]] Status CheckRunName(std::string_view name);

struct Run {
  std::string workflow;
  std::string run_id;  // unique within the workflow
  TimeMs start;
  std::optional<TimeMs> end;  // absent while it runs
  RunState state = RunState::kRunning;
  // So much later it may have ended: what told the end had cut the time off, to whole seconds as `date` writes them.
  Millis end_slack{0};

  // The last instant at which it can have ended; absent while it runs.
  [[nodiscard]] std::optional<TimeMs> latest_end() const {
    return end ? std::optional(*end + end_slack) : std::nullopt;
  }

  bool operator==(const Run&) const = default;
};

}  // namespace lakeferry
