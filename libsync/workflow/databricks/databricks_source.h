// DatabricksSource: runs of the jobs of one group, from the Jobs API of a workspace. A workflow is a job by its name,
// or as "job_id:123"; jobs that its tasks run are workflows of the group too.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "env/workflow_source.h"
#include "workflow/databricks/run_walk.h"

namespace lakeferry::databricks {

struct SourceSettings {
  std::vector<std::string> workflows;  // of the group
  // A repair of a run that had started longer before the last cut, and that began and ended between two looks of one
  // process, is not seen; every other is, but for runs of long ago of jobs that have many.
  Millis look_back = std::chrono::hours(24);
};

// On the engine thread. One call at a time; outlives whoever waits.
class DatabricksSource final : public WorkflowSource {
 public:
  DatabricksSource(ServiceContext context, Url workspace, std::shared_ptr<Authorizer> authorizer,
                   SourceSettings settings);

  // kNotFound where no job has the name; kInvalidArgument, with their ids, where several have it. Else the errors of
  // RunWalk. Also the runs of jobs that its tasks run, each as of the workflow "job_id:…", but for those that are
  // workflows of the group by themselves. Queued and skipped runs are left out: they have begun nothing.
  Task<Result<std::vector<Run>>> RunsSince(Call call, std::string workflow, TimeMs since) override;
  Task<Result<std::optional<TimeMs>>> PresentTime(Call call) override;
  [[nodiscard]] std::string_view name() const override { return "Databricks workspace"; }
  [[nodiscard]] std::string HowToCorrect(const Run& run) const override;
  [[nodiscard]] std::string HowToEnter(const std::string& workflow) const override;

 private:
  // What is known of a workflow from look to look.
  struct Watched {
    explicit Watched(JobsApi& api, const Clock& clock) : walk(api, clock) {}
    std::optional<Job> job;
    Millis looked{0};  // when that was found out
    // Those that were active at the last look, or have ended since, by the job that had the name then: a run that
    // began before all that is listed, or whose job is gone, is asked for by its id.
    RunsById followed;
    bool looked_far_back = false;           // for what was repaired while nobody looked
    std::map<int64_t, TimeMs> first_tasks;  // of runs that had stood in a queue
    RunWalk walk;
  };
  Watched& Of(const std::string& workflow);
  Task<Result<Job>> JobOf(Call call, std::string workflow);
  Task<Result<Job>> Look(Call call, std::string workflow, std::optional<Job> known);
  Task<Result<std::vector<std::string>>> WithCalled(Call call, std::string workflow);
  Task<Status> Follow(Call call, Watched& watched, RunsById& runs, TimeMs since);
  Task<Status> FindBegin(Call call, Watched& watched, JobRun& run);
  Task<Status> AddRuns(Call call, std::string workflow, TimeMs since, std::vector<Run>& out);

  const ServiceContext context_;
  const SourceSettings settings_;
  JobsApi api_;
  std::map<std::string, std::unique_ptr<Watched>> watched_;
};

}  // namespace lakeferry::databricks
