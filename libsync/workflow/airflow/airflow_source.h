// AirflowSource: runs of DAGs from the REST API of Airflow 3 (api/v2) or 2 (api/v1). A workflow is a DAG by its id.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "env/workflow_source.h"
#include "http/service/service_client.h"

namespace lakeferry::airflow {

// On the engine thread. Outlives whoever waits. Remembers nothing but which API there is.
class AirflowSource final : public WorkflowSource {
 public:
  // `airflow`: its address, with a path where one stands before "/api".
  AirflowSource(ServiceContext context, Url airflow, std::shared_ptr<Authorizer> authorizer)
      : client_(context, "Airflow", std::move(airflow), std::move(authorizer)) {}

  // Runs of every kind: scheduled, manual, of a backfill, of assets. One that was cleared, or has a task that was, is
  // active again. Errors of ServiceClient::Get; kNotFound where Airflow has no such DAG; kCorruptData for an answer
  // that is none, and where its pages do not fit each other however often they are read; kRefused for too many.
  Task<Result<std::vector<Run>>> RunsSince(Call call, std::string workflow, TimeMs since) override;
  Task<Result<std::optional<TimeMs>>> PresentTime(Call call) override;
  [[nodiscard]] std::string_view name() const override { return "Airflow"; }
  [[nodiscard]] std::string HowToCorrect(const Run& run) const override;
  [[nodiscard]] std::string HowToEnter(const std::string& workflow) const override;

 private:
  enum class Api : uint8_t { kUnknown, kV1, kV2 };
  struct Listed {
    std::vector<Run> runs;
    bool whole = false;  // nothing moved between its pages
  };
  Task<Status> FindApi(Call call);
  Task<Result<Listed>> ListOnce(Call call, std::string dag, std::string filter);
  Task<Result<std::vector<Run>>> List(Call call, std::string dag, std::string filter);
  Task<Status> CheckDag(Call call, std::string dag);
  // The error of an answer about a DAG that is none of its own.
  [[nodiscard]] Status CheckOfDag(const ServiceText& answer, const std::string& dag) const;
  [[nodiscard]] std::string Path(std::string_view rest) const;

  ServiceClient client_;
  Api api_ = Api::kUnknown;
};

}  // namespace lakeferry::airflow
