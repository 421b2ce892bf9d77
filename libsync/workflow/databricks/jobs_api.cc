#include "workflow/databricks/jobs_api.h"

#include <fmt/format.h>

#include <utility>

#include "http/service/page_watch.h"
#include "json/reader.h"

namespace lakeferry::databricks {
namespace {

constexpr std::string_view kOlder = "2.1";
// The API says "less than 25" in one place and "at most 25" in another.
constexpr std::string_view kPageLimit = "24";

// Of an API that the workspace does not have, unlike a job that it does not have.
bool IsUnknownApi(const ServiceText& answer) {
  return answer.status == 404 && answer.text.find("ENDPOINT_NOT_FOUND") != std::string::npos;
}

// The API says so with either status.
bool IsGone(const ServiceText& answer) {
  return answer.status == 404 || (answer.status == 400 && answer.text.find("does not exist") != std::string::npos);
}

// What follows a page. A list that goes on and does not say where is one with its end cut off.
Result<std::string> NextIn(const json::Fields& page) {
  std::string next = page.String("next_page_token").value_or(std::string());
  if (next.empty() && page.Bool("has_more").value_or(false)) {
    return Fail(ErrorCode::kCorruptLog, "there is more of the list, and no token to ask for it");
  }
  return next;
}

Result<std::vector<json::Fields>> ListIn(const json::Fields& page, std::string_view key) {
  if (!page.Has(key)) return std::vector<json::Fields>();
  return page.Objects(key);
}

Result<RunsPage> ReadRunsPage(const json::Fields& fields, int64_t job) {
  RunsPage page;
  LF_TRY(const std::vector<json::Fields> entries, ListIn(fields, "runs"));
  for (const json::Fields& entry : entries) {
    LF_TRY(JobRun run, ReadJobRun(entry));
    if (run.job != job) {
      return Fail(ErrorCode::kCorruptLog,
                  fmt::format("run {} of job {} stands among those of job {}", run.id, run.job, job));
    }
    page.runs.push_back(run);
  }
  LF_TRY(page.next, NextIn(fields));
  return page;
}

// Of a task, or of the task that is done for each of something.
void AddCalls(const json::Fields& task, std::vector<int64_t>& calls) {
  if (const auto runs = task.Object("run_job_task")) {
    if (const auto id = runs->Count("job_id")) calls.push_back(*id);
  }
  const auto each = task.Object("for_each_task");
  if (!each) return;
  if (const auto inner = each->Object("task")) AddCalls(*inner, calls);
}

Result<std::string> ReadJobPage(const json::Fields& fields, Job& job) {
  LF_TRY(job.id, fields.Count("job_id"));
  LF_TRY(const json::Fields settings, fields.Object("settings"));
  job.name = settings.String("name").value_or(std::string());
  LF_TRY(const std::vector<json::Fields> tasks, ListIn(settings, "tasks"));
  for (const json::Fields& task : tasks) AddCalls(task, job.calls);
  return NextIn(fields);
}

}  // namespace

Task<Result<ServiceText>> JobsApi::Ask(Call call, std::string path) {
  for (;;) {
    LF_CO_TRY(ServiceText answer, co_await client_.Get(call, fmt::format("/api/{}/jobs/{}", version_, path)));
    if (!IsUnknownApi(answer)) co_return answer;
    if (version_ == kOlder) {
      co_return Fail(ErrorCode::kInvalidArgument, "what answers has the Jobs API neither as 2.2 nor as 2.1", where(),
                     "check the url: it is that of a Databricks workspace, https://<host>");
    }
    version_ = kOlder;
  }
}

Task<Result<std::optional<std::string>>> JobsApi::Find(Call call, std::string path) {
  LF_CO_TRY(ServiceText answer, co_await Ask(std::move(call), std::move(path)));
  if (answer.ok()) co_return std::optional(std::move(answer.text));
  if (IsGone(answer)) co_return std::optional<std::string>();
  co_return client_.Refusal(answer);
}

Task<Result<std::vector<Job>>> JobsApi::JobsNamed(Call call, std::string name) {
  std::vector<Job> jobs;
  PageWatch watch;
  std::string next;
  do {
    std::vector<std::pair<std::string, std::string>> query{{"name", name}, {"limit", std::string(kPageLimit)}};
    if (!next.empty()) query.emplace_back("page_token", next);
    LF_CO_TRY(const ServiceText answer, co_await Ask(call, "list" + QueryText(query)));
    if (!answer.ok()) co_return client_.Refusal(answer);
    json::Reader reader(kServiceBytesMax);
    const auto page = reader.Read(answer.text, "the list of jobs", where());
    if (!page) co_return Wrong(page.error());
    const auto entries = ListIn(*page, "jobs");
    if (!entries) co_return Wrong(entries.error());
    for (const json::Fields& entry : *entries) {
      const auto id = entry.Count("job_id");
      if (!id) co_return Wrong(id.error());
      const auto settings = entry.Object("settings");
      // The filter takes letters for the same in either case.
      if (settings && settings->View("name").value_or("") == name) jobs.push_back({.id = *id, .name = name});
    }
    const auto following = NextIn(*page);
    if (!following) co_return Wrong(following.error());
    next = *following;
    const Status turned = watch.Turn(entries->size(), next);
    if (!turned) co_return Wrong(turned.error());
  } while (!next.empty());
  co_return jobs;
}

Task<Result<std::optional<Job>>> JobsApi::FindJob(Call call, int64_t id) {
  Job job;
  PageWatch watch;
  std::string next;
  do {
    std::vector<std::pair<std::string, std::string>> query{{"job_id", fmt::format("{}", id)}};
    if (!next.empty()) query.emplace_back("page_token", next);
    LF_CO_TRY(const auto text, co_await Find(call, "get" + QueryText(query)));
    if (!text) co_return std::optional<Job>();
    json::Reader reader(kServiceBytesMax);
    const auto fields = reader.Read(*text, "the job", where());
    if (!fields) co_return Wrong(fields.error());
    const size_t before = job.calls.size();
    const auto following = ReadJobPage(*fields, job);
    if (!following) co_return Wrong(following.error());
    if (job.id != id) co_return client_.WrongAnswer(fmt::format("asked for job {}, it tells of job {}", id, job.id));
    next = *following;
    const Status turned = watch.Turn(job.calls.size() - before, next);
    if (!turned) co_return Wrong(turned.error());
  } while (!next.empty());
  co_return std::optional(std::move(job));
}

Task<Result<RunsPage>> JobsApi::ListRuns(Call call, RunsQuery query) {
  std::vector<std::pair<std::string, std::string>> words{{"job_id", fmt::format("{}", query.job)},
                                                         {"limit", std::string(kPageLimit)}};
  if (query.active_only) words.emplace_back("active_only", "true");
  if (query.from) words.emplace_back("start_time_from", fmt::format("{}", ToEpochMs(*query.from)));
  if (query.to) words.emplace_back("start_time_to", fmt::format("{}", ToEpochMs(*query.to)));
  if (!query.page.empty()) words.emplace_back("page_token", query.page);
  LF_CO_TRY(const ServiceText answer, co_await Ask(std::move(call), "runs/list" + QueryText(words)));
  if (!answer.ok()) co_return client_.Refusal(answer);
  json::Reader reader(kServiceBytesMax);
  const auto fields = reader.Read(answer.text, "the list of runs", where());
  if (!fields) co_return Wrong(fields.error());
  auto page = ReadRunsPage(*fields, query.job);
  if (!page) co_return Wrong(page.error());
  co_return *std::move(page);
}

Task<Result<std::optional<JobRun>>> JobsApi::FindRun(Call call, int64_t id) {
  LF_CO_TRY(const auto text, co_await Find(std::move(call), fmt::format("runs/get?run_id={}", id)));
  if (!text) co_return std::optional<JobRun>();
  json::Reader reader(kServiceBytesMax);
  const auto fields = reader.Read(*text, "the run", where());
  if (!fields) co_return Wrong(fields.error());
  const auto run = ReadJobRun(*fields);
  if (!run) co_return Wrong(run.error());
  if (run->id != id) co_return client_.WrongAnswer(fmt::format("asked for run {}, it tells of run {}", id, run->id));
  co_return std::optional(*run);
}

Task<Result<TimeMs>> JobsApi::PresentTime(Call call) {
  LF_CO_TRY(const ServiceText answer, co_await Ask(std::move(call), "list?limit=1"));
  if (!answer.ok()) co_return client_.Refusal(answer);
  const std::optional<TimeMs> date = client_.date();
  if (!date) co_return client_.WrongAnswer("it does not say its time (Date)");
  co_return *date;
}

}  // namespace lakeferry::databricks
