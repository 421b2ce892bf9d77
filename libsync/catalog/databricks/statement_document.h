// What a SQL warehouse is told and says, as documents of the SQL Statement Execution API 2.0. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "env/sql_warehouse.h"
#include "json/reader.h"

namespace lakeferry::databricks {

enum class StatementState : uint8_t { kPending, kRunning, kSucceeded, kFailed, kCanceled, kClosed };

// Why a statement failed; every part may be empty.
struct StatementFailure {
  std::string code;       // of the service: "BAD_REQUEST"
  std::string message;    // begins, mostly, with the condition: "[TABLE_OR_VIEW_NOT_FOUND] …"
  std::string sql_state;  // "42P01"
};

// Some rows of a result.
struct ResultChunk {
  int64_t index = 0;
  int64_t row_offset = 0;
  std::vector<std::vector<std::optional<std::string>>> rows = {};
  std::optional<int64_t> next = {};  // the index of the one behind it; absent for the last
};

struct StatementAnswer {
  std::string id;
  StatementState state = StatementState::kPending;
  StatementFailure failure = {};
  std::vector<std::string> columns = {};  // of one that succeeded, in their order
  int64_t total_rows = 0;
  bool truncated = false;
  std::optional<ResultChunk> first = {};
};

// The document that begins a statement at a warehouse, which answers at once with its id.
[[nodiscard]] std::string WriteStatement(std::string_view warehouse, std::string_view statement);

// kCorruptLog where it lacks what every answer has.
[[nodiscard]] Result<StatementAnswer> ReadStatement(const json::Fields& fields);
// The same of some rows; each has `columns` strings.
[[nodiscard]] Result<ResultChunk> ReadChunk(const json::Fields& fields, size_t columns);
// The same of a warehouse.
[[nodiscard]] Result<WarehouseInfo> ReadWarehouse(const json::Fields& fields, std::string_view id);

// What a failed statement comes to: kNotFound, kUnauthorized, kInvalidArgument where the statement or what it is of is
// to blame, and else kUnavailable. `where`: the service's address.
[[nodiscard]] Error ErrorOf(const StatementFailure& failure, std::string where);

}  // namespace lakeferry::databricks
