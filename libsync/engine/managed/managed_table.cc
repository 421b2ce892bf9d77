#include "engine/managed/managed_table.h"

#include <fmt/format.h>

#include <utility>

#include "plan/managed/clone_sql.h"

namespace lakeferry::engine {
namespace {

Error OfManaged(Error error, const plan::TableSpec& table) {
  // Corrupt data has a meaning of its own where an epoch is applied: what was staged.
  if (error.code == ErrorCode::kCorruptData || error.code == ErrorCode::kCorruptLog) {
    error.code = ErrorCode::kUnavailable;
  }
  error.message = fmt::format("managed table '{}': {}", table.name, error.message);
  if (error.where.empty()) error.where = table.target_uri;
  return error;
}

Task<Result<SqlRows>> Question(Call call, const Environment& env, SqlWarehouse& warehouse, std::string statement,
                               SqlPulse pulse) {
  const Call bounded = call.Within(env.clock.Monotonic(), env.limits.warehouse_answers_within);
  co_return co_await warehouse.Run(bounded, std::move(statement), std::move(pulse));
}

Result<std::optional<plan::CloneMark>> MarkIn(const SqlRows& rows, const plan::TableSpec& table,
                                              std::optional<Version> left) {
  LF_TRY(const auto history, plan::ReadHistory(rows));
  return plan::NewestClone(history, table.name, table.target_uri, left);
}

}  // namespace

Task<Result<std::optional<plan::CloneMark>>> LookAtManaged(Call call, const Environment& env, SqlWarehouse& warehouse,
                                                           plan::TableSpec table, std::optional<Version> left,
                                                           SqlPulse pulse) {
  LF_CO_TRY(std::string statement, plan::HistoryStatement(table.name));
  const Result<SqlRows> rows =
      co_await Question(std::move(call), env, warehouse, std::move(statement), std::move(pulse));
  if (!rows && rows.error().code == ErrorCode::kNotFound) co_return std::optional<plan::CloneMark>();
  if (!rows) co_return std::unexpected(OfManaged(rows.error(), table));
  auto mark = MarkIn(*rows, table, left);
  if (!mark) co_return std::unexpected(OfManaged(std::move(mark).error(), table));
  co_return mark;
}

Task<Result<plan::CloneMark>> CloneManaged(Call call, const Environment& env, SqlWarehouse& warehouse,
                                           plan::TableSpec table, Version version, SqlPulse pulse) {
  LF_CO_TRY(std::string statement, plan::CloneStatement(table.name, table.target_uri, version));
  const Call whole = call.Within(env.clock.Monotonic(), env.limits.clone_within);
  const Result<SqlRows> made = co_await warehouse.Run(whole, std::move(statement), pulse);
  if (!made) co_return std::unexpected(OfManaged(made.error(), table));
  LF_CO_TRY(const std::optional<plan::CloneMark> mark,
            co_await LookAtManaged(std::move(call), env, warehouse, table, std::nullopt, std::move(pulse)));
  if (mark && mark->source_version == version) co_return *mark;
  const std::string shown = mark ? fmt::format("a clone of version {}", mark->source_version.value()) : "no clone";
  co_return std::unexpected(
      OfManaged(Error{.code = ErrorCode::kUnavailable,
                      .message = fmt::format("it was cloned of version {} of its replica, and its history shows {}",
                                             version.value(), shown),
                      .remedy = "it is tried again; see who else writes the table"},
                table));
}

Task<Status> TryWarehouse(Call call, const Environment& env, SqlWarehouse& warehouse) {
  LF_CO_TRY(const SqlRows rows, co_await Question(std::move(call), env, warehouse, "SELECT 1", {}));
  const bool one = rows.rows.size() == 1 && rows.rows.front().size() == 1 && rows.rows.front().front() == "1";
  if (one) co_return Status{};
  co_return Fail(ErrorCode::kCorruptData, "SELECT 1 does not give 1", {}, "see what answers at the catalog's url");
}

Task<Status> ReadReplicaBy(Call call, const Environment& env, SqlWarehouse& warehouse, plan::TableSpec table) {
  LF_CO_TRY(std::string statement, plan::ReplicaStatement(table.target_uri));
  const Result<SqlRows> rows = co_await Question(std::move(call), env, warehouse, std::move(statement), {});
  if (rows) co_return Status{};
  co_return std::unexpected(OfManaged(rows.error(), table));
}

}  // namespace lakeferry::engine
