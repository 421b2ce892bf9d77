#include "catalog/databricks/statement_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/shown_text.h"
#include "json/writer.h"

namespace lakeferry::databricks {
namespace {

constexpr size_t kFailureBytesMax = 2'048;

std::unexpected<Error> Odd(std::string why) { return Fail(ErrorCode::kCorruptLog, std::move(why)); }

Result<StatementState> ReadState(const json::Fields& status) {
  static constexpr std::array<std::pair<std::string_view, StatementState>, 6> kStates{
      {{"PENDING", StatementState::kPending},
       {"RUNNING", StatementState::kRunning},
       {"SUCCEEDED", StatementState::kSucceeded},
       {"FAILED", StatementState::kFailed},
       {"CANCELED", StatementState::kCanceled},
       {"CLOSED", StatementState::kClosed}}};
  LF_TRY(const std::string_view name, status.View("state"));
  const auto known = std::ranges::find(kStates, name, &std::pair<std::string_view, StatementState>::first);
  if (known == kStates.end()) return Odd(fmt::format("a statement is in the state '{}'", OneLine(FitToShow(name, 64))));
  return known->second;
}

// For people: on one line, and no longer than they read.
std::string TextIn(const json::Fields& fields, std::string_view key) {
  const auto text = fields.View(key);
  return text ? OneLine(FitToShow(*text, kFailureBytesMax)) : std::string();
}

StatementFailure ReadFailure(const json::Fields& status) {
  StatementFailure failure{.code = {}, .message = {}, .sql_state = TextIn(status, "sql_state")};
  const auto error = status.Object("error");
  if (!error) return failure;
  failure.code = TextIn(*error, "error_code");
  failure.message = TextIn(*error, "message");
  if (failure.sql_state.empty()) failure.sql_state = TextIn(*error, "sql_state");
  return failure;
}

// The names of the columns, each at its position.
Result<std::vector<std::string>> ReadColumns(const json::Fields& manifest) {
  LF_TRY(const json::Fields schema, manifest.Object("schema"));
  std::vector<std::string> columns;
  if (!schema.Has("columns")) return columns;
  LF_TRY(const auto entries, schema.Objects("columns"));
  std::vector<bool> named(entries.size());
  columns.resize(entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    LF_TRY(const auto said, entries[i].FindCount("position"));
    const size_t at = said ? static_cast<size_t>(*said) : i;
    if (at >= columns.size() || named[at]) return Odd("the columns of a result have no order");
    named[at] = true;
    LF_TRY(columns[at], entries[i].String("name"));
  }
  return columns;
}

Status ReadResult(const json::Fields& fields, StatementAnswer& answer) {
  // A statement that gives nothing may say so by leaving both out.
  if (!fields.Has("manifest")) return {};
  LF_TRY(const json::Fields manifest, fields.Object("manifest"));
  LF_TRY(answer.columns, ReadColumns(manifest));
  LF_TRY(const auto total, manifest.FindCount("total_row_count"));
  answer.total_rows = total.value_or(0);
  if (manifest.Has("truncated")) {
    LF_TRY(answer.truncated, manifest.Bool("truncated"));
  }
  if (!fields.Has("result")) return {};
  LF_TRY(const json::Fields result, fields.Object("result"));
  LF_TRY(answer.first, ReadChunk(result, answer.columns.size()));
  return {};
}

bool Names(const StatementFailure& failure, std::initializer_list<std::string_view> conditions) {
  return std::ranges::any_of(conditions,
                             [&](std::string_view one) { return failure.message.find(one) != std::string::npos; });
}

ErrorCode CodeOf(const StatementFailure& failure) {
  if (failure.code == "NOT_FOUND" || failure.sql_state == "42P01" ||
      Names(failure, {"TABLE_OR_VIEW_NOT_FOUND", "PATH_NOT_FOUND", "DELTA_TABLE_NOT_FOUND", "DELTA_MISSING_DELTA_TABLE",
                      "DELTA_PATH_DOES_NOT_EXIST"})) {
    return ErrorCode::kNotFound;
  }
  if (failure.code == "UNAUTHENTICATED" || failure.sql_state == "42501" ||
      Names(failure, {"PERMISSION_DENIED", "INSUFFICIENT_PERMISSIONS", "INSUFFICIENT_PRIVILEGES"})) {
    return ErrorCode::kUnauthorized;
  }
  if (failure.code == "RESOURCE_EXHAUSTED") return ErrorCode::kThrottled;
  return failure.code == "BAD_REQUEST" || failure.code == "ALREADY_EXISTS" ? ErrorCode::kInvalidArgument
                                                                           : ErrorCode::kUnavailable;
}

std::string RemedyOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound: return "see that it is there, and that the login may see it";
    case ErrorCode::kUnauthorized:
      return "give the login what the message names: docs/security.md lists what cloning takes";
    case ErrorCode::kInvalidArgument: return "see what the message names; the query history of the warehouse has more";
    default: return "it is tried again; the query history of the warehouse has more";
  }
}

}  // namespace

std::string WriteStatement(std::string_view warehouse, std::string_view statement) {
  json::Writer json(json::Texts::kAsTheyAre);
  json.Field("warehouse_id", warehouse);
  json.Field("statement", statement);
  // At once, with the id: whoever is asked to stop while he waits for that could cancel nothing.
  json.Field("wait_timeout", "0s");
  json.Field("disposition", "INLINE");
  json.Field("format", "JSON_ARRAY");
  return json.Finish();
}

Result<StatementAnswer> ReadStatement(const json::Fields& fields) {
  StatementAnswer answer;
  LF_TRY(answer.id, fields.String("statement_id"));
  if (answer.id.empty()) return Odd("a statement has no id");
  LF_TRY(const json::Fields status, fields.Object("status"));
  LF_TRY(answer.state, ReadState(status));
  if (answer.state == StatementState::kFailed || answer.state == StatementState::kCanceled) {
    answer.failure = ReadFailure(status);
  }
  if (answer.state == StatementState::kSucceeded) LF_TRY_OK(ReadResult(fields, answer));
  return answer;
}

Result<ResultChunk> ReadChunk(const json::Fields& fields, size_t columns) {
  ResultChunk chunk;
  LF_TRY(const auto index, fields.FindCount("chunk_index"));
  chunk.index = index.value_or(0);
  LF_TRY(const auto offset, fields.FindCount("row_offset"));
  chunk.row_offset = offset.value_or(0);
  LF_TRY(chunk.next, fields.FindCount("next_chunk_index"));
  if (fields.Has("data_array")) {
    LF_TRY(chunk.rows, fields.Rows("data_array"));
  }
  for (const auto& row : chunk.rows) {
    if (row.size() != columns) {
      return Odd(fmt::format("a row of a result of {} columns has {} values", columns, row.size()));
    }
  }
  return chunk;
}

Result<WarehouseInfo> ReadWarehouse(const json::Fields& fields, std::string_view id) {
  LF_TRY(const std::string_view said, fields.View("id"));
  if (said != id)
    return Odd(fmt::format("asked for warehouse '{}', it tells of '{}'", id, OneLine(FitToShow(said, 64))));
  LF_TRY(const std::string_view state, fields.View("state"));
  if (state.empty()) return Odd("a warehouse is in no state");
  return WarehouseInfo{.name = TextIn(fields, "name"), .state = OneLine(FitToShow(state, 64))};
}

Error ErrorOf(const StatementFailure& failure, std::string where) {
  const ErrorCode code = CodeOf(failure);
  std::string said = failure.message.empty() ? "it says no reason" : failure.message;
  if (!failure.code.empty()) said = fmt::format("{}: {}", failure.code, said);
  return {.code = code,
          .message = fmt::format("the SQL statement failed: {}", said),
          .where = std::move(where),
          .remedy = RemedyOf(code)};
}

}  // namespace lakeferry::databricks
