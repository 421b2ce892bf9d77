// DagRunsApi: the REST API of one Airflow, of version 3 (api/v2) or 2 (api/v1): what is asked of it and what its
// answers hold. Remembers nothing but which of the two there is.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/run.h"
#include "http/service/service_client.h"

namespace lakeferry::airflow {

// An entry of a list of runs.
struct DagEntry {
  std::string id;
  std::optional<Run> run;  // as of ReadDagRun
};

struct DagRunsPage {
  std::vector<DagEntry> entries;
  int64_t total = 0;  // of the whole list
};

// On the engine thread; outlives whoever waits. Errors of ServiceClient::Get; kNotFound where Airflow has no such DAG;
// kCorruptData for an answer that is none.
class DagRunsApi {
 public:
  // `airflow`: its address, with a path where one stands before "/api".
  DagRunsApi(ServiceContext context, Url airflow, std::shared_ptr<Authorizer> authorizer)
      : client_(context, "Airflow", std::move(airflow), std::move(authorizer)) {}

  // Before anything else. kInvalidArgument where what answers has neither version.
  Task<Status> Find(Call call);
  Task<Status> CheckDag(Call call, std::string dag);
  // Those that run or are queued, whenever they began, by their numbers.
  Task<Result<DagRunsPage>> ListActive(Call call, std::string dag, int64_t offset);
  // Those that ended at or after `from`, by their ends.
  Task<Result<DagRunsPage>> ListEnded(Call call, std::string dag, TimeMs from, int64_t offset);
  // What its clock shows.
  Task<Result<TimeMs>> PresentTime(Call call);

  [[nodiscard]] const std::string& where() const { return client_.where(); }
  [[nodiscard]] std::unexpected<Error> WrongAnswer(std::string_view why) const { return client_.WrongAnswer(why); }

 private:
  enum class Api : uint8_t { kUnknown, kV1, kV2 };
  Task<Result<DagRunsPage>> List(Call call, std::string dag, std::string words);
  // The error of an answer about a DAG that is none of its own.
  [[nodiscard]] Status CheckOfDag(const ServiceText& answer, const std::string& dag) const;
  [[nodiscard]] std::string Path(std::string_view rest) const;

  ServiceClient client_;
  Api api_ = Api::kUnknown;
};

}  // namespace lakeferry::airflow
