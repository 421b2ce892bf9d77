// JobsApi: the Jobs API of one Databricks workspace, version 2.2, and 2.1 where the workspace knows no other: what is
// asked of it and what its answers hold. Remembers nothing but the version.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/service/service_client.h"
#include "workflow/databricks/job_run.h"

namespace lakeferry::databricks {

struct Job {
  int64_t id = 0;
  std::string name;
  std::vector<int64_t> calls = {};  // jobs that tasks of it run (run_job_task), also those within a for-each task
};

struct RunsQuery {
  int64_t job = 0;
  bool active_only = false;
  std::optional<TimeMs> from = {};  // of its start; absent: all
  std::optional<TimeMs> to = {};    // the same
  std::string page = {};            // empty: the first
};

struct RunsPage {
  std::vector<JobRun> runs;
  std::string next;  // empty: it was the last
};

// On the engine thread; outlives whoever waits. Errors of ServiceClient::Get, kCorruptData for an answer that is none,
// and kInvalidArgument for what the workspace refuses.
class JobsApi {
 public:
  JobsApi(ServiceContext context, Url workspace, std::shared_ptr<Authorizer> authorizer)
      : client_(context, "the Databricks workspace", std::move(workspace), std::move(authorizer)) {}

  // All whose name is exactly this, without `calls`.
  Task<Result<std::vector<Job>>> JobsNamed(Call call, std::string name);
  // Absent where there is none of that id any more.
  Task<Result<std::optional<Job>>> FindJob(Call call, int64_t id);
  Task<Result<RunsPage>> ListRuns(Call call, RunsQuery query);
  // Absent where the workspace has forgotten it: after 60 days, or because somebody deleted it.
  Task<Result<std::optional<JobRun>>> FindRun(Call call, int64_t id);
  // What the workspace's clock shows.
  Task<Result<TimeMs>> PresentTime(Call call);

  [[nodiscard]] const std::string& where() const { return client_.where(); }

 private:
  Task<Result<ServiceText>> Ask(Call call, std::string path);
  Task<Result<std::optional<std::string>>> Find(Call call, std::string path);
  [[nodiscard]] std::unexpected<Error> Wrong(const Error& error) const { return client_.WrongAnswer(error.message); }

  ServiceClient client_;
  std::string version_ = "2.2";
};

}  // namespace lakeferry::databricks
