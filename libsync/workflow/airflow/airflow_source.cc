#include "workflow/airflow/airflow_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "http/service/page_watch.h"
#include "json/reader.h"
#include "workflow/airflow/dag_run.h"

namespace lakeferry::airflow {
namespace {

// What Airflow gives at most, as it comes (api.maximum_page_limit); a smaller page is taken as it is.
constexpr int kPageLimit = 100;
// So often a list is read whose entries move between its pages.
constexpr int kReadingsMax = 4;

std::unexpected<Error> NoSuchDag(const std::string& dag, const std::string& where) {
  return Fail(ErrorCode::kNotFound, fmt::format("Airflow at {} has no DAG '{}'", where, dag),
              RunSpot{.workflow = dag, .run_id = {}},
              "write the DAG's id as Airflow has it; one that the login may not see is not there for it");
}

// Of a list that was read in part: how far it came says whether there is too much of it.
std::unexpected<Error> Broken(Error error, const std::string& dag, int64_t read, std::optional<int64_t> total) {
  if (total) {
    error.message = fmt::format("{} of {} runs of DAG '{}' were read: {}", read, *total, dag, error.message);
  }
  return std::unexpected(std::move(error));
}

}  // namespace

std::string AirflowSource::Path(std::string_view rest) const {
  return fmt::format("/api/{}/{}", api_ == Api::kV1 ? "v1" : "v2", rest);
}

Task<Status> AirflowSource::FindApi(Call call) {
  if (api_ != Api::kUnknown) co_return Status();
  for (const Api api : {Api::kV2, Api::kV1}) {
    const std::string path = fmt::format("/api/{}/version", api == Api::kV1 ? "v1" : "v2");
    LF_CO_TRY(const ServiceText answer, co_await client_.Get(call, path));
    json::Reader reader(kServiceBytesMax);
    const bool known = answer.ok() && reader.Read(answer.text, "the version", "").has_value();
    if (known) api_ = api;
    if (known) co_return Status();
    if (answer.ok()) co_return client_.WrongAnswer("not a JSON object");
    if (answer.status != 404) co_return client_.Refusal(answer);
  }
  co_return Fail(ErrorCode::kInvalidArgument, "what answers has the REST API of Airflow neither as v2 nor as v1",
                 client_.where(), "check the url: it is that of Airflow's page, without /api");
}

Task<Status> AirflowSource::CheckDag(Call call, std::string dag) {
  LF_CO_TRY(const ServiceText answer, co_await client_.Get(std::move(call), Path("dags/" + PercentEncode(dag))));
  co_return CheckOfDag(answer, dag);
}

Status AirflowSource::CheckOfDag(const ServiceText& answer, const std::string& dag) const {
  if (answer.status == 404) return NoSuchDag(dag, client_.where());
  if (!answer.ok()) return client_.Refusal(answer);
  return {};
}

namespace {

// Each once, of those that count.
Status TakeRuns(const std::vector<json::Fields>& entries, const std::string& dag, std::set<std::string>& seen,
                std::vector<Run>& runs) {
  for (const json::Fields& entry : entries) {
    LF_TRY(const auto run, ReadDagRun(entry, dag));
    const std::string id = entry.String("dag_run_id").value_or("");
    if (seen.insert(id).second && run) runs.push_back(*run);
  }
  return {};
}

}  // namespace

// Pages are counted by entries: one that joins or leaves the list in between moves all others.
Task<Result<AirflowSource::Listed>> AirflowSource::ListOnce(Call call, std::string dag, std::string filter) {
  Listed listed;
  std::set<std::string> seen;
  std::optional<int64_t> total;
  int64_t offset = 0;
  bool still = true;
  for (;;) {
    const std::string path = fmt::format("dags/{}/dagRuns?limit={}&offset={}&order_by=id&{}", PercentEncode(dag),
                                         kPageLimit, offset, filter);
    Result<ServiceText> asked = co_await client_.Get(call, Path(path));
    if (!asked) co_return Broken(std::move(asked).error(), dag, offset, total);
    const ServiceText answer = *std::move(asked);
    LF_CO_TRY_OK(CheckOfDag(answer, dag));
    json::Reader reader(kServiceBytesMax);
    const auto page = reader.Read(answer.text, "the list of runs", client_.where());
    if (!page) co_return client_.WrongAnswer(page.error().message);
    const auto entries = page->Objects("dag_runs");
    const auto count = page->Count("total_entries");
    if (!entries || !count) co_return client_.WrongAnswer((entries ? count.error() : entries.error()).message);
    if (*count > static_cast<int64_t>(kListedRunsMax)) {
      co_return Fail(ErrorCode::kRefused,
                     fmt::format("DAG '{}' has {} runs to look at, more than {}", dag, *count, kListedRunsMax),
                     client_.where(), "let a cut be made sooner: force_sync_after, or a success");
    }
    still = still && (!total || *total == *count);
    total = *count;
    const Status taken = TakeRuns(*entries, dag, seen, listed.runs);
    if (!taken) co_return client_.WrongAnswer(taken.error().message);
    offset += static_cast<int64_t>(entries->size());
    if (entries->empty() || offset >= *count) break;
  }
  listed.whole = still && std::cmp_equal(seen.size(), *total);
  co_return listed;
}

Task<Result<std::vector<Run>>> AirflowSource::List(Call call, std::string dag, std::string filter) {
  for (int reading = 0; reading < kReadingsMax; ++reading) {
    LF_CO_TRY(Listed listed, co_await ListOnce(call, dag, filter));
    if (listed.whole) co_return std::move(listed.runs);
  }
  co_return client_.WrongAnswer(
      fmt::format("its pages of runs of '{}' do not fit each other, or the list says of more "
                  "entries than it has",
                  dag));
}

// Those that are active first: one that ends meanwhile is in both lists, and none is in neither.
Task<Result<std::vector<Run>>> AirflowSource::RunsSince(Call call, std::string workflow, TimeMs since) {
  LF_CO_TRY_OK(co_await FindApi(call));
  LF_CO_TRY_OK(co_await CheckDag(call, workflow));
  LF_CO_TRY(const std::vector<Run> active, co_await List(call, workflow, "state=running&state=queued"));
  // An end within a millisecond counts as the next, and is asked for by this one.
  const std::string from = FormatUtc(std::max(TimeMs(), since - Millis(1)));
  LF_CO_TRY(const std::vector<Run> ended, co_await List(call, workflow, "end_date_gte=" + PercentEncode(from)));
  std::map<std::string, Run> runs;
  for (const std::vector<Run>* list : {&active, &ended}) {
    for (const Run& run : *list) runs.insert_or_assign(run.run_id, run);
  }
  std::vector<Run> all;
  for (auto& [id, run] : runs) {
    if (!run.end || *run.end >= since) all.push_back(std::move(run));
  }
  co_return all;
}

Task<Result<std::optional<TimeMs>>> AirflowSource::PresentTime(Call call) {
  LF_CO_TRY_OK(co_await FindApi(call));
  LF_CO_TRY(const ServiceText answer, co_await client_.Get(std::move(call), Path("version")));
  if (!answer.ok()) co_return client_.Refusal(answer);
  const std::optional<TimeMs> date = client_.date();
  if (!date) co_return client_.WrongAnswer("it does not say its time (Date)");
  co_return date;
}

std::string AirflowSource::HowToCorrect(const Run& run) const {
  if (!run.end)
    return fmt::format("if it is dead, mark run '{}' as failed in Airflow at {}", run.run_id, client_.where());
  return fmt::format("clear run '{}' in Airflow at {}, or let another one succeed", run.run_id, client_.where());
}

std::string AirflowSource::HowToEnter(const std::string& workflow) const {
  return fmt::format("let the DAG '{}' run once: its runs are asked for at {}", workflow, client_.where());
}

}  // namespace lakeferry::airflow
