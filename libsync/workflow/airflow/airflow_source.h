// AirflowSource: runs of DAGs from the REST API of Airflow 3 (api/v2) or 2 (api/v1). A workflow is a DAG by its id.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "env/workflow_source.h"
#include "workflow/airflow/ended_runs.h"

namespace lakeferry::airflow {

// On the engine thread. Outlives whoever waits. Of a DAG with very many runs since the last cut, or whose runs took
// longer to read than one look had, it keeps what it has read: each look then reads the newest runs and those that are
// active, and some pages of the others anew, so that what somebody deletes or marks by hand is seen some looks later.
class AirflowSource final : public WorkflowSource {
 public:
  // `airflow`: its address, with a path where one stands before "/api".
  AirflowSource(ServiceContext context, Url airflow, std::shared_ptr<Authorizer> authorizer)
      : api_(context, std::move(airflow), std::move(authorizer)) {}

  // Runs of every kind: scheduled, manual, of a backfill, of assets. One that was cleared, or has a task that was, is
  // active again, however long ago it had ended. Errors of DagRunsApi and EndedRuns; after those that are transient the
  // next call goes on where this one was.
  Task<Result<std::vector<Run>>> RunsSince(Call call, std::string workflow, TimeMs since) override;
  Task<Result<std::optional<TimeMs>>> PresentTime(Call call) override;
  [[nodiscard]] std::string_view name() const override { return "Airflow"; }
  [[nodiscard]] std::string HowToCorrect(const Run& run) const override;
  [[nodiscard]] std::string HowToEnter(const std::string& workflow) const override;

 private:
  // What is active or queued now.
  struct Active {
    std::map<std::string, std::optional<Run>> entries = {};  // by id
    bool whole = false;                                      // nothing moved between its pages
  };
  // Of a DAG.
  struct Kept {
    EndedRuns ended;
    std::optional<EndedRuns> anew = {};  // takes its place once it has come to the end
    bool resumed = false;                // it took more than one look
  };
  Task<Result<Active>> ListActiveOnce(Call call, std::string dag);
  Task<Result<Active>> ListActive(Call call, std::string dag);
  Task<Result<RunsById>> Look(Call call, std::string dag, Kept& kept);
  Task<Result<RunsById>> LookOn(Call call, std::string dag, Kept& kept);
  Task<Result<bool>> Renew(Call call, std::string dag, Kept& kept);

  DagRunsApi api_;
  std::map<std::string, Kept> kept_;
};

}  // namespace lakeferry::airflow
