// DatabricksWarehouse: a SQL warehouse of a Databricks workspace, by the SQL Statement Execution API 2.0. Remembers
// nothing. (The open-source Unity Catalog has no such API, and is told from one that has.)
#pragma once

#include <memory>
#include <string>

#include "catalog/databricks/statement_document.h"
#include "env/sql_warehouse.h"
#include "http/service/service_client.h"

namespace lakeferry::databricks {

// On the engine thread; outlives whoever waits.
class DatabricksWarehouse final : public SqlWarehouse {
 public:
  // `server`: the workspace, without /api. `id`: the warehouse's, as the workspace shows it.
  DatabricksWarehouse(ServiceContext context, Url server, std::shared_ptr<Authorizer> authorizer, std::string id);

  // kCorruptData also for a result of more than 10,000 rows.
  Task<Result<SqlRows>> Run(Call call, std::string statement, SqlPulse pulse) override;
  Task<Result<WarehouseInfo>> Look(Call call) override;
  [[nodiscard]] std::string name() const override;

 private:
  Task<Result<StatementAnswer>> Begin(const Call& call, std::string statement);
  // Until it is at its end. What does not answer for a while is asked on: the statement goes on without us.
  Task<Result<StatementAnswer>> Await(Call call, StatementAnswer answer, SqlPulse pulse);
  Task<Result<StatementAnswer>> Ask(Call call, std::string id);
  Task<void> Cancel(const Call& call, std::string id);
  Task<Result<SqlRows>> ReadAll(Call call, StatementAnswer answer);
  Task<Result<ResultChunk>> ReadNext(Call call, const StatementAnswer& answer, int64_t index);
  [[nodiscard]] Result<StatementAnswer> StatementIn(const std::string& text, std::string_view id) const;
  // Of a refusal with a status from 400 to 499; `what` is "statement 17".
  [[nodiscard]] std::unexpected<Error> Refusal(const ServiceText& answer, std::string_view what) const;
  [[nodiscard]] std::unexpected<Error> Wrong(const Error& error) const { return client_.WrongAnswer(error.message); }

  Clock& clock_;
  const std::string id_;
  ServiceClient client_;
};

}  // namespace lakeferry::databricks
