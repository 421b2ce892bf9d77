#include "workflow/databricks/databricks_source.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace lakeferry::databricks {
namespace {

constexpr std::string_view kById = "job_id:";
// For so long it is taken for granted which job has a name, and which jobs that one runs.
constexpr Millis kJobHolds{60'000};
constexpr size_t kCalledJobsMax = 200;

std::string NameOf(int64_t job) { return fmt::format("{}{}", kById, job); }

constexpr int64_t kNoId = -1;

// Absent for a name; kNoId for what begins as an id and is none.
std::optional<int64_t> IdIn(std::string_view workflow) {
  if (!workflow.starts_with(kById)) return std::nullopt;
  workflow.remove_prefix(kById.size());
  int64_t id = 0;
  const auto [end, error] = std::from_chars(workflow.data(), workflow.data() + workflow.size(), id);
  if (error != std::errc() || end != workflow.data() + workflow.size() || id <= 0) return kNoId;
  return id;
}

std::unexpected<Error> NoSuchJob(const std::string& workflow, const std::string& where, std::string_view since) {
  return Fail(ErrorCode::kNotFound,
              fmt::format("the Databricks workspace at {} has no job '{}'{}", where, workflow, since),
              RunSpot{.workflow = workflow, .run_id = {}},
              "write the job's name as the workspace has it, or job_id: and its number; a job that the login may not "
              "view is not there for it");
}

bool IsWanted(const JobRun& run, TimeMs since) {
  if (run.phase == Phase::kActive) return true;
  return run.phase == Phase::kEnded && *run.end >= since;
}

}  // namespace

DatabricksSource::DatabricksSource(ServiceContext context, Url workspace, std::shared_ptr<Authorizer> authorizer,
                                   SourceSettings settings)
    : context_(context), settings_(std::move(settings)), api_(context, std::move(workspace), std::move(authorizer)) {}

DatabricksSource::Watched& DatabricksSource::Of(const std::string& workflow) {
  auto& watched = watched_[workflow];
  if (watched == nullptr) watched = std::make_unique<Watched>(api_, context_.clock);
  return *watched;
}

Task<Result<Job>> DatabricksSource::Look(Call call, std::string workflow, std::optional<Job> known) {
  std::optional<int64_t> id = IdIn(workflow);
  if (id == kNoId) {
    co_return Fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is no id of a job", workflow), {},
                   "write job_id:123");
  }
  const bool by_id = id.has_value();
  if (!id && known) id = known->id;
  if (id) {
    LF_CO_TRY(std::optional<Job> job, co_await api_.FindJob(call, *id));
    if (job && (by_id || job->name == workflow)) co_return *std::move(job);
    if (by_id) co_return NoSuchJob(workflow, api_.where(), known ? " any more" : "");
  }
  LF_CO_TRY(const std::vector<Job> named, co_await api_.JobsNamed(call, workflow));
  if (named.empty() && known) {
    co_return NoSuchJob(workflow, api_.where(),
                        fmt::format(" any more: job {}, which was called so, was renamed or deleted", known->id));
  }
  if (named.empty()) co_return NoSuchJob(workflow, api_.where(), "");
  if (named.size() > 1) {
    std::vector<std::string> ids;
    ids.reserve(named.size());
    for (const Job& job : named) ids.push_back(NameOf(job.id));
    co_return Fail(ErrorCode::kInvalidArgument,
                   fmt::format("{} jobs of the Databricks workspace at {} are called '{}': {}", named.size(),
                               api_.where(), workflow, fmt::join(ids, ", ")),
                   RunSpot{.workflow = workflow, .run_id = {}}, "write one of these in place of the name");
  }
  LF_CO_TRY(std::optional<Job> whole, co_await api_.FindJob(call, named.front().id));
  if (!whole) co_return NoSuchJob(workflow, api_.where(), ": it went away just now");
  co_return *std::move(whole);
}

Task<Result<Job>> DatabricksSource::JobOf(Call call, std::string workflow) {
  Watched& watched = Of(workflow);
  const Millis now = context_.clock.Monotonic();
  if (watched.job && now - watched.looked < kJobHolds) co_return *watched.job;
  Result<Job> job = co_await Look(std::move(call), workflow, watched.job);
  if (!job) co_return job;
  watched.job = *job;
  watched.looked = now;
  co_return job;
}

// The workflow, and the jobs that its tasks run, and those that theirs do. What the group names by itself is read then.
Task<Result<std::vector<std::string>>> DatabricksSource::WithCalled(Call call, std::string workflow) {
  LF_CO_TRY(const Job first, co_await JobOf(call, workflow));
  std::vector<std::string> all{workflow};
  if (first.calls.empty()) co_return all;
  std::set<int64_t> known{first.id};
  for (const std::string& other : settings_.workflows) {
    const auto job = co_await JobOf(call, other);
    if (job) known.insert(job->id);  // what is wrong with it is said when its own runs are asked for
  }
  std::vector<int64_t> open = first.calls;
  while (!open.empty()) {
    const int64_t id = open.back();
    open.pop_back();
    if (!known.insert(id).second) continue;
    if (known.size() > kCalledJobsMax) {
      co_return Fail(ErrorCode::kRefused, fmt::format("job '{}' runs more than {} others", workflow, kCalledJobsMax),
                     RunSpot{.workflow = workflow, .run_id = {}}, "name the jobs that write the group's tables");
    }
    const Result<Job> called = co_await JobOf(call, NameOf(id));
    if (!called && called.error().code == ErrorCode::kNotFound) continue;  // a task that names it can run nothing
    LF_CO_TRY_OK(called);
    all.push_back(NameOf(id));
    open.insert(open.end(), called->calls.begin(), called->calls.end());
  }
  co_return all;
}

// Those that were active and are not listed: they began long ago, or their job is gone.
Task<Status> DatabricksSource::Follow(Call call, Watched& watched, RunsById& runs, TimeMs since) {
  for (const auto& [id, last] : RunsById(watched.followed)) {
    if (runs.contains(id)) continue;
    JobRun now = last;
    if (last.phase == Phase::kActive) {
      LF_CO_TRY(const std::optional<JobRun> found, co_await api_.FindRun(call, id));
      if (found) now = *found;
      if (!found) {  // somebody deleted it, and what it came to
        now.phase = Phase::kEnded;
        now.state = RunState::kFailed;
        now.end = std::max(now.start, context_.clock.WallTime());
      }
    }
    runs.emplace(id, now);
  }
  watched.followed.clear();
  for (const auto& [id, run] : runs) {
    if (IsWanted(run, since)) watched.followed.emplace(id, run);
  }
  co_return Status();
}

// Of a run that waited for another one, which may have ended after this one's place in the queue.
Task<Status> DatabricksSource::FindBegin(Call call, Watched& watched, JobRun& run) {
  if (!run.queued || run.in_pieces || run.first_task) co_return Status();
  const auto known = watched.first_tasks.find(run.id);
  if (known != watched.first_tasks.end()) {
    run.first_task = known->second;
    co_return Status();
  }
  LF_CO_TRY(const std::optional<JobRun> whole, co_await api_.FindRun(std::move(call), run.id));
  if (!whole || whole->in_pieces || !whole->first_task) co_return Status();
  run.first_task = whole->first_task;
  watched.first_tasks.emplace(run.id, *whole->first_task);
  co_return Status();
}

Task<Status> DatabricksSource::AddRuns(Call call, std::string workflow, TimeMs since, std::vector<Run>& out) {
  LF_CO_TRY(const Job job, co_await JobOf(call, workflow));
  Watched& watched = Of(workflow);
  const std::optional<TimeMs> from =
      since > TimeMs() + settings_.look_back ? std::optional(since - settings_.look_back) : std::nullopt;
  LF_CO_TRY(RunsById runs, co_await watched.walk.Read(call, job.id, from, settings_.look_back));
  if (from && !watched.looked_far_back) {
    LF_CO_TRY(RunsById older, co_await watched.walk.ReadOlder(call, job.id, *from));
    runs.merge(older);
  }
  LF_CO_TRY_OK(co_await Follow(call, watched, runs, since));
  watched.looked_far_back = true;
  std::erase_if(watched.first_tasks, [&](const auto& entry) { return !runs.contains(entry.first); });
  for (auto& [id, run] : runs) {
    if (!IsWanted(run, since)) continue;
    LF_CO_TRY_OK(co_await FindBegin(call, watched, run));
    out.push_back({.workflow = workflow,
                   .run_id = fmt::format("{}", id),
                   .start = run.Began(),
                   .end = run.end,
                   .state = run.state});
  }
  co_return Status();
}

Task<Result<std::vector<Run>>> DatabricksSource::RunsSince(Call call, std::string workflow, TimeMs since) {
  std::vector<Run> runs;
  LF_CO_TRY(const std::vector<std::string> all, co_await WithCalled(call, workflow));
  for (const std::string& one : all) {
    LF_CO_TRY_OK(co_await AddRuns(call, one, since, runs));
  }
  co_return runs;
}

Task<Result<std::optional<TimeMs>>> DatabricksSource::PresentTime(Call call) {
  LF_CO_TRY(const TimeMs time, co_await api_.PresentTime(std::move(call)));
  co_return std::optional(time);
}

std::string DatabricksSource::HowToCorrect(const Run& run) const {
  if (!run.end) return fmt::format("if it is dead, cancel run {} in the workspace at {}", run.run_id, api_.where());
  return fmt::format("repair run {} in the workspace at {}, or run its job again", run.run_id, api_.where());
}

std::string DatabricksSource::HowToEnter(const std::string& workflow) const {
  return fmt::format("run the job '{}' once: its runs are asked for at {}", workflow, api_.where());
}

}  // namespace lakeferry::databricks
