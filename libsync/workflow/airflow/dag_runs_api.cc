#include "workflow/airflow/dag_runs_api.h"

#include <fmt/format.h>

#include "json/reader.h"
#include "workflow/airflow/dag_run.h"

namespace lakeferry::airflow {
namespace {

// What Airflow gives at most, as it comes (api.maximum_page_limit); a smaller page is taken as it is.
constexpr int kPageLimit = 100;

std::unexpected<Error> NoSuchDag(const std::string& dag, const std::string& where) {
  return Fail(ErrorCode::kNotFound, fmt::format("Airflow at {} has no DAG '{}'", where, dag),
              RunSpot{.workflow = dag, .run_id = {}},
              "write the DAG's id as Airflow has it; one that the login may not see is not there for it");
}

Result<DagRunsPage> ReadPage(const json::Fields& fields, const std::string& dag) {
  DagRunsPage page;
  LF_TRY(const std::vector<json::Fields> entries, fields.Objects("dag_runs"));
  LF_TRY(page.total, fields.Count("total_entries"));
  for (const json::Fields& entry : entries) {
    DagEntry read;
    LF_TRY(read.run, ReadDagRun(entry, dag));
    read.id = entry.String("dag_run_id").value_or(std::string());
    page.entries.push_back(std::move(read));
  }
  return page;
}

}  // namespace

std::string DagRunsApi::Path(std::string_view rest) const {
  return fmt::format("/api/{}/{}", api_ == Api::kV1 ? "v1" : "v2", rest);
}

Task<Status> DagRunsApi::Find(Call call) {
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

Task<Status> DagRunsApi::CheckDag(Call call, std::string dag) {
  LF_CO_TRY(const ServiceText answer, co_await client_.Get(std::move(call), Path("dags/" + PercentEncode(dag))));
  co_return CheckOfDag(answer, dag);
}

Status DagRunsApi::CheckOfDag(const ServiceText& answer, const std::string& dag) const {
  if (answer.status == 404) return NoSuchDag(dag, client_.where());
  if (!answer.ok()) return client_.Refusal(answer);
  return {};
}

Task<Result<DagRunsPage>> DagRunsApi::List(Call call, std::string dag, std::string words) {
  const std::string path = fmt::format("dags/{}/dagRuns?limit={}&{}", PercentEncode(dag), kPageLimit, words);
  LF_CO_TRY(const ServiceText answer, co_await client_.Get(std::move(call), Path(path)));
  LF_CO_TRY_OK(CheckOfDag(answer, dag));
  json::Reader reader(kServiceBytesMax);
  const auto fields = reader.Read(answer.text, "the list of runs", client_.where());
  if (!fields) co_return client_.WrongAnswer(fields.error().message);
  auto page = ReadPage(*fields, dag);
  if (!page) co_return client_.WrongAnswer(page.error().message);
  co_return *std::move(page);
}

Task<Result<DagRunsPage>> DagRunsApi::ListActive(Call call, std::string dag, int64_t offset) {
  co_return co_await List(std::move(call), std::move(dag),
                          fmt::format("offset={}&order_by=id&state=running&state=queued", offset));
}

// By state too: Airflow 3 takes one that has not ended for one that ends now.
Task<Result<DagRunsPage>> DagRunsApi::ListEnded(Call call, std::string dag, TimeMs from, int64_t offset) {
  co_return co_await List(std::move(call), std::move(dag),
                          fmt::format("offset={}&order_by=end_date&state=success&state=failed&end_date_gte={}", offset,
                                      PercentEncode(FormatUtc(from))));
}

Task<Result<TimeMs>> DagRunsApi::PresentTime(Call call) {
  LF_CO_TRY(const ServiceText answer, co_await client_.Get(std::move(call), Path("version")));
  if (!answer.ok()) co_return client_.Refusal(answer);
  const std::optional<TimeMs> date = client_.date();
  if (!date) co_return client_.WrongAnswer("it does not say its time (Date)");
  co_return *date;
}

}  // namespace lakeferry::airflow
