// WorkflowSource: who knows which runs of a workflow there were: the built-in ledger, Airflow, the Databricks Jobs API.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/run.h"
#include "base/time.h"
#include "env/task.h"

namespace lakeferry {

class WorkflowSource {
 public:
  virtual ~WorkflowSource() = default;
  // A run must be known here before its first commit, else its work may be taken for that of the run before it.
  // Every run of `workflow` that is active now or ended at or after `since`, in no particular order, complete: no page
  // is left out. kNotFound when the source knows no such workflow; a known workflow without runs is an empty answer.
  virtual Task<Result<std::vector<Run>>> RunsSince(std::string workflow, TimeMs since) = 0;
};

}  // namespace lakeferry
