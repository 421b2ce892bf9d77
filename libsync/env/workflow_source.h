// WorkflowSource: who knows which runs of a workflow there were: the built-in ledger, Airflow, the Databricks Jobs API.
// Each group names one. Calls end within the deadline they are given.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "base/run.h"
#include "base/time.h"

namespace lakeferry {

class WorkflowSource {
 public:
  virtual ~WorkflowSource() = default;
  // A run must be known here before its first commit, else its work may be taken for that of the run before it.
  // Every run of `workflow` that is active now or ended at or after `since`, in no particular order, complete: no page
  // is left out. kNotFound when the source knows no such workflow; a known workflow without runs is an empty answer.
  virtual Task<Result<std::vector<Run>>> RunsSince(Call call, std::string workflow, TimeMs since) = 0;
  // What the clock says that times of runs are taken from; absent where that is this machine's.
  virtual Task<Result<std::optional<TimeMs>>> PresentTime(Call call) = 0;
  // "run ledger": what people call it.
  [[nodiscard]] virtual std::string_view name() const = 0;
  // How a person ends a run that is dead, or corrects one that is wrong: one clause that can follow a semicolon.
  [[nodiscard]] virtual std::string HowToCorrect(const Run& run) const = 0;
  // How the first run of a workflow comes to be known.
  [[nodiscard]] virtual std::string HowToEnter(const std::string& workflow) const = 0;
};

// Which source the runs of a group come from.
class WorkflowSources {
 public:
  virtual ~WorkflowSources() = default;
  // Of a group of the configuration, by its name. Lives as long as this.
  [[nodiscard]] virtual WorkflowSource& Of(const std::string& group) = 0;
};

// Where all groups have the same.
class OneWorkflowSource final : public WorkflowSources {
 public:
  // `source` must outlive it.
  explicit OneWorkflowSource(WorkflowSource& source) : source_(source) {}
  [[nodiscard]] WorkflowSource& Of(const std::string& /*group*/) override { return source_; }

 private:
  WorkflowSource& source_;
};

}  // namespace lakeferry
