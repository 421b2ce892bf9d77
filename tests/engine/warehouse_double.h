// WarehouseDouble: a SQL warehouse in memory, for tests of the engine: it knows the statements of
// plan/managed/clone_sql.h and keeps a history of each managed table.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "env/clock.h"
#include "env/sql_warehouse.h"
#include "tests/support/memory_store.h"

namespace lakeferry::engine {

class WarehouseDouble final : public SqlWarehouse, public SqlWarehouses {
 public:
  struct Entry {
    std::string operation;
    TimeMs time;
    std::string parameters = "{}";
  };
  using Hook = std::function<Task<Status>(std::string statement)>;

  WarehouseDouble(MemoryStoreFactory& stores, Clock& clock) : stores_(stores), clock_(clock) {}

  Hook before;                                       // of each statement; an error is its own, and nothing is done
  Hook after;                                        // an error is its own, and all is done
  std::map<std::string, std::vector<Entry>> tables;  // by name, version by version
  std::vector<std::string> statements;
  std::vector<std::optional<Millis>> deadlines;  // of these, by the same index
  WarehouseInfo info{.name = "dr", .state = "RUNNING"};
  std::optional<Error> missing;  // what Look says
  bool configured = true;

  Task<Result<SqlRows>> Run(Call call, std::string statement, SqlPulse pulse) override {
    if (call.stopped()) co_return Fail(ErrorCode::kCancelled, "asked to stop");
    statements.push_back(statement);
    deadlines.push_back(call.deadline);
    if (pulse) co_await pulse();
    if (before) LF_CO_TRY_OK(co_await before(statement));
    Result<SqlRows> rows = Do(statement);
    if (after) LF_CO_TRY_OK(co_await after(statement));
    co_return rows;
  }
  Task<Result<WarehouseInfo>> Look(Call) override {
    if (missing) co_return std::unexpected(*missing);
    co_return info;
  }
  [[nodiscard]] std::string name() const override { return "the test's warehouse"; }
  [[nodiscard]] SqlWarehouse* WarehouseOf(const std::string& /*group*/) override { return configured ? this : nullptr; }

  void Write(const std::string& table, const std::string& operation) {
    tables[table].push_back({.operation = operation, .time = clock_.WallTime()});
  }
  [[nodiscard]] int64_t Count(const std::string& text) const {
    return std::ranges::count_if(statements, [&](const std::string& one) { return one.find(text) != one.npos; });
  }
  // The version of the replica that the newest entry is a clone of; -1 where it is none.
  [[nodiscard]] int64_t CloneOf(const std::string& table) const {
    const auto found = tables.find(table);
    std::smatch match;
    static const std::regex kVersion(R"re("sourceVersion":"(\d+)")re");
    if (found == tables.end() || !std::regex_search(found->second.back().parameters, match, kVersion)) return -1;
    return std::stoll(match[1]);
  }

 private:
  static std::string Bare(std::string text) {
    std::erase(text, '`');
    return text;
  }
  bool HasVersion(const std::string& uri, int64_t version) {
    return stores_.At(uri).objects().contains(fmt::format("_delta_log/{:020}.json", version));
  }
  Result<SqlRows> Do(const std::string& statement) {
    static const std::regex kClone(R"(CREATE OR REPLACE TABLE (.+) DEEP CLONE delta\.`(.+)` VERSION AS OF (\d+))");
    static const std::regex kReplica(R"(DESCRIBE HISTORY delta\.`(.+)` LIMIT 1)");
    static const std::regex kHistory(R"(DESCRIBE HISTORY (.+) LIMIT \d+)");
    std::smatch match;
    if (statement == "SELECT 1") return SqlRows{.columns = {"1"}, .rows = {{"1"}}};
    if (std::regex_match(statement, match, kClone)) return Clone(Bare(match[1]), match[2], std::stoll(match[3]));
    if (std::regex_match(statement, match, kReplica)) {
      if (HasVersion(match[1], 0)) return SqlRows();
      return Fail(ErrorCode::kNotFound, "no table there");
    }
    if (std::regex_match(statement, match, kHistory)) return History(Bare(match[1]));
    return Fail(ErrorCode::kInvalidArgument, "no SQL: " + statement);
  }
  Result<SqlRows> Clone(const std::string& name, const std::string& uri, int64_t version) {
    if (!HasVersion(uri, version)) return Fail(ErrorCode::kInvalidArgument, "the replica has no such version");
    tables[name].push_back(
        {.operation = "CLONE",
         .time = clock_.WallTime(),
         .parameters = fmt::format(R"({{"source":"delta.`{}`","sourceVersion":"{}"}})", uri, version)});
    return SqlRows();
  }
  Result<SqlRows> History(const std::string& name) {
    const auto found = tables.find(name);
    if (found == tables.end()) return Fail(ErrorCode::kNotFound, "TABLE_OR_VIEW_NOT_FOUND");
    SqlRows rows{.columns = {"version", "timestamp", "userName", "operation", "operationParameters"}, .rows = {}};
    for (size_t i = found->second.size(); i > 0; --i) {
      const Entry& entry = found->second[i - 1];
      rows.rows.push_back(
          {std::to_string(i - 1), FormatUtc(entry.time), "somebody", entry.operation, entry.parameters});
    }
    return rows;
  }

  MemoryStoreFactory& stores_;
  Clock& clock_;
};

}  // namespace lakeferry::engine
