// WorkflowSource: who knows which runs of a workflow there were: the built-in ledger, Airflow, the Databricks Jobs API.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "env/task.h"

namespace lakeferry {

enum class RunState { kRunning, kSuccess, kFailed };

// "running", "success", "failed".
[[nodiscard]] std::string_view RunStateName(RunState state);
[[nodiscard]] std::optional<RunState> ParseRunState(std::string_view name);

// One execution of a workflow.
struct Run {
  std::string workflow;
  std::string run_id;         // unique within the workflow
  TimeMs start;
  std::optional<TimeMs> end;  // absent while it runs
  RunState state = RunState::kRunning;

  bool operator==(const Run&) const = default;
};

class WorkflowSource {
 public:
  virtual ~WorkflowSource() = default;
  // Every run of `workflow` that is active now or ended at or after `since`, in no particular order, complete: no page
  // is left out. kNotFound when the source knows no such workflow; a known workflow without runs is an empty answer.
  virtual Task<Result<std::vector<Run>>> RunsSince(std::string workflow, TimeMs since) = 0;
};

}  // namespace lakeferry
