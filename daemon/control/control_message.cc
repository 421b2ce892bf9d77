#include "daemon/control/control_message.h"

#include <fmt/format.h>

#include <utility>

#include "daemon/output/place_output.h"
#include "daemon/output/sync_output.h"
#include "json/reader.h"
#include "json/writer.h"

namespace lakeferry::control {
namespace {

constexpr char kWhere[] = "control socket";
constexpr char kOtherVersion[] = "service and command are of different versions: restart the service";

ErrorCode CodeOf(std::string_view name) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    if (ErrorCodeName(static_cast<ErrorCode>(code)) == name) return static_cast<ErrorCode>(code);
  }
  return ErrorCode::kInternal;
}

Result<Error> ReadError(const json::Fields& fields) {
  LF_TRY(const std::string kind, fields.String("kind"));
  Error error{.code = CodeOf(kind)};
  LF_TRY(error.message, fields.String("message"));
  LF_TRY(error.where, ReadWhere(fields, "where"));
  LF_TRY(error.remedy, fields.String("remedy"));
  return error;
}

Result<engine::PassResult> ReadPass(const json::Fields& fields) {
  engine::PassResult pass;
  LF_TRY(const std::optional<int64_t> epoch, fields.FindCount("epoch"));
  if (epoch) pass.epoch = Epoch(*epoch);
  LF_TRY(pass.reason, fields.String("reason"));
  LF_TRY(const std::string state, fields.String("state"));
  pass.state = ParseGroupState(state).value_or(GroupState::kUnknown);
  LF_TRY(pass.files, fields.Count("files"));
  LF_TRY(pass.bytes, fields.Count("bytes"));
  return pass;
}

Result<engine::GroupOutcome> ReadOutcome(const json::Fields& fields) {
  LF_TRY(std::string group, fields.String("group"));
  if (!fields.Has("error")) {
    LF_TRY(engine::PassResult pass, ReadPass(fields));
    return engine::GroupOutcome{.group = std::move(group), .result = std::move(pass)};
  }
  LF_TRY(const json::Fields object, fields.Object("error"));
  LF_TRY(Error error, ReadError(object));
  return engine::GroupOutcome{.group = std::move(group), .result = std::unexpected(std::move(error))};
}

Result<std::vector<engine::GroupOutcome>> ReadOutcomes(const json::Fields& answer) {
  LF_TRY(const std::vector<json::Fields> groups, answer.Objects("groups"));
  std::vector<engine::GroupOutcome> outcomes;
  outcomes.reserve(groups.size());
  for (const json::Fields& group : groups) {
    LF_TRY(engine::GroupOutcome outcome, ReadOutcome(group));
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

Result<Request> ReadFields(const json::Fields& fields) {
  Request request;
  LF_TRY(request.name, fields.String("request"));
  if (fields.Has("groups")) {
    LF_TRY(request.groups, fields.Strings("groups"));
  }
  if (fields.Has("take_over")) {
    LF_TRY(const bool takes_over, fields.Bool("take_over"));
    if (takes_over) request.claim = engine::Claim::kTakeOver;
  }
  if (request.name != kInstruct && fields.Has("why")) {
    LF_TRY(request.why, fields.String("why"));
  }
  if (request.name != kInstruct) return request;
  LF_TRY(const std::string instruction, fields.String("instruction"));
  const auto kind = ParseInstruction(instruction);
  if (!kind || request.groups.size() != 1) return Fail(ErrorCode::kInvalidArgument, "no such instruction to one group");
  request.instruction = *kind;
  LF_TRY(request.table, fields.String("table"));
  LF_TRY(request.why, fields.String("why"));
  return request;
}

// What was answered, by `read` from its fields; the error that was answered instead.
template <typename Answer, typename Read>
Result<Answer> ReadAnswer(std::string_view line, Read read) {
  json::Reader reader(kAnswerBytesMax);
  const auto whole = [&]() -> Result<Answer> {
    LF_TRY(const json::Fields answer, reader.Read(line, "the answer", kWhere));
    if (!answer.Has("error")) return read(answer);
    LF_TRY(const json::Fields object, answer.Object("error"));
    LF_TRY(Error error, ReadError(object));
    return std::unexpected(std::move(error));
  };
  auto answer = whole();
  const bool broken = !answer && answer.error().code == ErrorCode::kCorruptLog && answer.error().where.text() == kWhere;
  if (!broken) return answer;
  return Fail(ErrorCode::kInternal, answer.error().message, kWhere, kOtherVersion);
}

}  // namespace

std::string WriteRequest(const Request& request) {
  json::Writer json(json::Texts::kAsTheyAre);
  json.Field("request", request.name);
  json.Field("groups", request.groups);
  json.Field("take_over", request.claim == engine::Claim::kTakeOver);
  if (request.name == kInstruct) {
    json.Field("instruction", InstructionName(request.instruction));
    json.Field("table", request.table);
  }
  if (request.name == kInstruct || !request.why.empty()) json.Field("why", request.why);
  return json.FinishLine();
}

std::string WriteRefusal(const Error& error) {
  json::Writer json(json::Texts::kShown);
  WriteErrorObject(json, error);
  return json.FinishLine();
}

Result<Request> ReadRequest(std::string_view line) {
  json::Reader reader(kRequestBytesMax);
  const Result<json::Fields> fields = reader.Read(line, "the request", kWhere);
  Result<Request> request = fields ? ReadFields(*fields) : Result<Request>(std::unexpected(fields.error()));
  if (request) return request;
  return Fail(ErrorCode::kInvalidArgument, request.error().message, kWhere, kOtherVersion);
}

Error UnknownRequest(const std::string& name) {
  return {.code = ErrorCode::kInvalidArgument,
          .message = fmt::format("the running service knows no request '{}'", name),
          .where = kWhere,
          .remedy = kOtherVersion};
}

std::string WriteSyncAnswer(Role role, const std::vector<engine::GroupOutcome>& outcomes) {
  std::vector<SyncedGroup> groups;
  groups.reserve(outcomes.size());
  for (const engine::GroupOutcome& outcome : outcomes) {
    groups.push_back({.role = role, .pass = {.group = outcome.group, .result = outcome.result}});
  }
  return ToJson(groups);
}

Result<std::vector<engine::GroupOutcome>> ReadSyncAnswer(std::string_view line) {
  return ReadAnswer<std::vector<engine::GroupOutcome>>(line, ReadOutcomes);
}

Result<InstructedGroup> ReadInstructAnswer(std::string_view line) {
  return ReadAnswer<InstructedGroup>(line, ReadInstructed);
}

}  // namespace lakeferry::control
