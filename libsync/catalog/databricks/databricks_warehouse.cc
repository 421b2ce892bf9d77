#include "catalog/databricks/databricks_warehouse.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "http/origin.h"

namespace lakeferry::databricks {
namespace {

constexpr std::string_view kStatements = "/api/2.0/sql/statements";
constexpr std::string_view kWarehouses = "/api/2.0/sql/warehouses/";
// Only to take a statement in and say its id, which one that has stopped does at once. How long it then runs is bounded
// by whoever asks (engine/limits.h).
constexpr Millis kBeginWithin = std::chrono::minutes(2);
constexpr Millis kCancelWithin = std::chrono::seconds(20);
constexpr Millis kPauseFirst{100};
constexpr Millis kPauseMax{5'000};
constexpr Millis kPauseSilent = std::chrono::seconds(30);
constexpr int kSilentMax = 20;  // questions in a row without an answer, each asked several times
constexpr size_t kRowsMax = 10'000;

bool HasEnded(StatementState state) { return state != StatementState::kPending && state != StatementState::kRunning; }

bool MayAnswerLater(ErrorCode code) { return code == ErrorCode::kUnavailable || code == ErrorCode::kThrottled; }

std::string CodeIn(const std::string& text) {
  json::Reader reader(kServiceBytesMax);
  const auto fields = reader.Read(text, "the refusal", "");
  const auto code = fields ? fields->String("error_code") : std::unexpected(fields.error());
  return code.value_or(std::string());
}

}  // namespace

DatabricksWarehouse::DatabricksWarehouse(ServiceContext context, Url server, std::shared_ptr<Authorizer> authorizer,
                                         std::string id)
    : clock_(context.clock),
      id_(std::move(id)),
      client_(context, "the SQL API", std::move(server), std::move(authorizer), "warehouse") {}

std::string DatabricksWarehouse::name() const {
  return fmt::format("the SQL warehouse {} of {}", id_, client_.where());
}

// A status alone says nothing: whatever else stands at an address answers 404 too.
std::unexpected<Error> DatabricksWarehouse::Refusal(const ServiceText& answer, std::string_view what) const {
  const std::string code = answer.status == 404 ? CodeIn(answer.text) : std::string();
  if (answer.status == 404 && (code.empty() || code == "ENDPOINT_NOT_FOUND")) {
    auto none = client_.WrongAnswer("status 404, and no word of a statement or warehouse: it has no SQL Statement API");
    none.error().remedy =
        "apply: sql_clone takes a Databricks workspace, which the catalog's url has to name; the open-source Unity "
        "Catalog runs no SQL";
    return none;
  }
  if (answer.status == 404) {
    return Fail(ErrorCode::kNotFound, fmt::format("{} knows no {}: {}", client_.where(), what, ReasonIn(answer.text)),
                client_.where(), "see the warehouse's id in the catalog's settings, and that the login may use it");
  }
  auto refused = client_.Refusal(answer);
  refused.error().code = ErrorCode::kInvalidArgument;
  return refused;
}

Result<StatementAnswer> DatabricksWarehouse::StatementIn(const std::string& text, std::string_view id) const {
  json::Reader reader(kServiceBytesMax);
  const auto fields = reader.Read(text, "the statement", "");
  if (!fields) return Wrong(fields.error());
  auto answer = ReadStatement(*fields);
  if (!answer) return Wrong(answer.error());
  if (!id.empty() && answer->id != id) {
    return client_.WrongAnswer(fmt::format("asked for statement {}, it tells of {}", id, answer->id));
  }
  return answer;
}

// Not stopped, for what was begun has to be known to be cancelled.
Task<Result<StatementAnswer>> DatabricksWarehouse::Begin(const Call& call, std::string statement) {
  const Call whole = call.Unstoppable().Within(clock_.Monotonic(), kBeginWithin);
  LF_CO_TRY(const ServiceText answer,
            co_await client_.Post(whole, std::string(kStatements), WriteStatement(id_, statement)));
  if (!answer.ok()) {
    auto refused = Refusal(answer, fmt::format("warehouse {}", id_));
    // That there is no such warehouse must not be taken for a table that is not there.
    if (refused.error().code == ErrorCode::kNotFound) refused.error().code = ErrorCode::kInvalidArgument;
    co_return refused;
  }
  co_return StatementIn(answer.text, {});
}

Task<Result<StatementAnswer>> DatabricksWarehouse::Ask(Call call, std::string id) {
  LF_CO_TRY(const ServiceText answer,
            co_await client_.Get(std::move(call), fmt::format("{}/{}", kStatements, PercentEncode(id))));
  if (answer.ok()) co_return StatementIn(answer.text, id);
  auto refused = Refusal(answer, fmt::format("statement {}", id));
  if (refused.error().code == ErrorCode::kNotFound) refused.error().code = ErrorCode::kUnavailable;
  co_return refused;
}

Task<void> DatabricksWarehouse::Cancel(const Call& call, std::string id) {
  const Call last = call.Unstoppable().Within(clock_.Monotonic(), kCancelWithin);
  // What comes of it tells nothing: a statement may end while it is cancelled.
  (void)co_await client_.Post(last, fmt::format("{}/{}/cancel", kStatements, PercentEncode(id)), "{}");
}

Task<Result<StatementAnswer>> DatabricksWarehouse::Await(Call call, StatementAnswer answer, SqlPulse pulse) {
  Millis pause = kPauseFirst;
  int silent = 0;
  while (!HasEnded(answer.state)) {
    Status wanted = CheckWanted(call, clock_.Monotonic());
    if (!wanted) {
      co_await Cancel(call, answer.id);
      co_return FailAt(std::move(wanted).error(), client_.where());
    }
    co_await clock_.SleepFor(call, pause);
    if (pulse) co_await pulse();
    pause = std::min(pause * 2, kPauseMax);
    Result<StatementAnswer> next = co_await Ask(call, answer.id);
    if (next) {
      answer = *std::move(next);
      silent = 0;
      continue;
    }
    const Error& error = next.error();
    if (error.code == ErrorCode::kCancelled) continue;  // cancelled above
    if (!MayAnswerLater(error.code) || ++silent == kSilentMax) {
      co_await Cancel(call, answer.id);
      co_return next;
    }
    co_await clock_.SleepFor(call, std::clamp(error.retry_after.value_or(kPauseMax), kPauseMax, kPauseSilent));
  }
  co_return answer;
}

Task<Result<ResultChunk>> DatabricksWarehouse::ReadNext(Call call, const StatementAnswer& answer, int64_t index) {
  const std::string target = fmt::format("{}/{}/result/chunks/{}", kStatements, PercentEncode(answer.id), index);
  LF_CO_TRY(const ServiceText text, co_await client_.Get(std::move(call), target));
  if (!text.ok()) co_return Refusal(text, fmt::format("result of statement {}", answer.id));
  json::Reader reader(kServiceBytesMax);
  const auto fields = reader.Read(text.text, "the rows", "");
  if (!fields) co_return Wrong(fields.error());
  auto chunk = ReadChunk(*fields, answer.columns.size());
  if (!chunk) co_return Wrong(chunk.error());
  co_return chunk;
}

// Each chunk begins where the one before it ended: no circle, no gap and no other order passes.
Task<Result<SqlRows>> DatabricksWarehouse::ReadAll(Call call, StatementAnswer answer) {
  if (answer.truncated) co_return client_.WrongAnswer("a result is cut short");
  SqlRows all{.columns = answer.columns, .rows = {}};
  std::optional<ResultChunk> chunk = std::move(answer.first);
  for (int64_t index = 0; chunk; ++index) {
    const auto before = static_cast<int64_t>(all.rows.size());
    if (chunk->index != index || chunk->row_offset != before) {
      co_return client_.WrongAnswer(fmt::format("chunk {} of a result, at row {}, stands for chunk {} at row {}",
                                                chunk->index, chunk->row_offset, index, before));
    }
    std::ranges::move(chunk->rows, std::back_inserter(all.rows));
    if (all.rows.size() > kRowsMax) {
      co_return client_.WrongAnswer(fmt::format("a result has more than {} rows", kRowsMax));
    }
    if (!chunk->next) break;
    if (*chunk->next != index + 1 || before == static_cast<int64_t>(all.rows.size())) {
      co_return client_.WrongAnswer(fmt::format("chunk {} of a result leads to chunk {}", index, *chunk->next));
    }
    LF_CO_TRY(chunk, co_await ReadNext(call, answer, index + 1));
  }
  if (static_cast<int64_t>(all.rows.size()) != answer.total_rows) {
    co_return client_.WrongAnswer(fmt::format("a result of {} rows comes with {}", answer.total_rows, all.rows.size()));
  }
  co_return all;
}

Task<Result<SqlRows>> DatabricksWarehouse::Run(Call call, std::string statement, SqlPulse pulse) {
  LF_CO_TRY_OK(CheckWanted(call, clock_.Monotonic()));
  LF_CO_TRY(StatementAnswer begun, co_await Begin(call, std::move(statement)));
  LF_CO_TRY(StatementAnswer ended, co_await Await(call, std::move(begun), std::move(pulse)));
  switch (ended.state) {
    case StatementState::kSucceeded: co_return co_await ReadAll(std::move(call), std::move(ended));
    case StatementState::kFailed: co_return std::unexpected(ErrorOf(ended.failure, client_.where()));
    default: break;
  }
  co_return Fail(ErrorCode::kUnavailable,
                 fmt::format("somebody else {} the SQL statement",
                             ended.state == StatementState::kCanceled ? "cancelled" : "closed"),
                 client_.where(), "it is tried again; the query history of the warehouse says who did");
}

Task<Result<WarehouseInfo>> DatabricksWarehouse::Look(Call call) {
  LF_CO_TRY(const ServiceText answer,
            co_await client_.Get(std::move(call), std::string(kWarehouses) + PercentEncode(id_)));
  if (!answer.ok()) co_return Refusal(answer, fmt::format("warehouse {}", id_));
  json::Reader reader(kServiceBytesMax);
  const auto fields = reader.Read(answer.text, "the warehouse", "");
  if (!fields) co_return Wrong(fields.error());
  auto info = ReadWarehouse(*fields, id_);
  if (!info) co_return Wrong(info.error());
  co_return info;
}

}  // namespace lakeferry::databricks
