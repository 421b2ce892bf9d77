#include "daemon/service/control_requests.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "daemon/output/instruct_event.h"
#include "daemon/output/instruct_output.h"
#include "daemon/setup/process_identity.h"

namespace lakeferry::service {
namespace {

Instruction SaidOver(const ControlHooks& hooks, control::Request request, uid_t user) {
  return {.kind = request.instruction,
          .role = hooks.role,
          .group = request.groups.front(),
          .table = std::move(request.table),
          .by = setup::UserText(user),
          .why = std::move(request.why),
          .given = hooks.clock->WallTime()};
}

// A sync that says why is kept. What cannot be kept is no reason not to make the pass, which says what is wrong.
Task<void> KeepSync(const ControlHooks& hooks, Logger& log, control::Request request, uid_t user) {
  const std::vector<std::string> groups = request.groups;
  for (const std::string& group : groups) {
    Instruction said = SaidOver(hooks, {.name = {}, .groups = {group}, .why = request.why}, user);
    said.kind = InstructionKind::kSync;
    LogTold(log, said);
    const Result<GroupRecord> kept = co_await hooks.instruct(std::move(said));
    if (kept) continue;
    log.Write(LogLevel::kWarning, "a sync is not on record", {{"group", group}, {"error", ToString(kept.error())}});
  }
}

Task<std::string> AnswerSync(const ControlHooks& hooks, Logger& log, control::Request request, uid_t user) {
  log.Write(LogLevel::kInfo, "sync asked for", {{"groups", fmt::format("{}", fmt::join(request.groups, " "))}});
  if (!request.why.empty()) co_await KeepSync(hooks, log, request, user);
  const std::vector<engine::GroupOutcome> outcomes = co_await hooks.sync(std::move(request.groups), request.claim);
  co_return control::WriteSyncAnswer(hooks.role, outcomes);
}

Task<std::string> AnswerInstruct(const ControlHooks& hooks, Logger& log, control::Request request, uid_t user) {
  Instruction said = SaidOver(hooks, std::move(request), user);
  LogTold(log, said);
  const Result<GroupRecord> record = co_await hooks.instruct(said);
  if (!record) co_return control::WriteRefusal(record.error());
  co_return ToJson(InstructedGroup{.instruction = std::move(said), .paused = record->paused, .resync = record->resync});
}

}  // namespace

Task<std::string> AnswerRequest(const ControlHooks& hooks, Logger& log, std::string line, control::Peer peer) {
  Result<control::Request> request = control::ReadRequest(line);
  if (!request) co_return control::WriteRefusal(request.error());
  if (request->name == control::kSync) {
    std::string answer = co_await AnswerSync(hooks, log, *std::move(request), peer.user);
    co_return answer;
  }
  if (request->name == control::kInstruct) {
    std::string answer = co_await AnswerInstruct(hooks, log, *std::move(request), peer.user);
    co_return answer;
  }
  co_return control::WriteRefusal(control::UnknownRequest(request->name));
}

}  // namespace lakeferry::service
