#include "daemon/output/sync_output.h"

#include <fmt/format.h>

#include "base/shown_text.h"
#include "daemon/output/human.h"
#include "daemon/output/lines.h"
#include "engine/run/pass_runner.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

std::string_view WithoutEpoch(GroupState state) {
  switch (state) {
    case GroupState::kHeld: return "held back";
    case GroupState::kWaiting: return "waiting";
    case GroupState::kRestaging: return "restaging";
    case GroupState::kPaused: return "paused";
    case GroupState::kUnknown:
    case GroupState::kIdle:
    case GroupState::kStaging:
    case GroupState::kApplying:
    case GroupState::kFailed:
    case GroupState::kDiverged:
    case GroupState::kHalted:
    case GroupState::kStopped: return "nothing to do";
  }
  return "nothing to do";
}

}  // namespace

std::string ToJson(const std::vector<SyncedGroup>& groups) {
  json::Writer json(json::Texts::kShown);
  json.Objects("groups", groups, [&](const SyncedGroup& synced) {
    const engine::PassResult pass = ReportOf(synced.pass);
    const Error* const error = synced.pass.result ? nullptr : &synced.pass.result.error();
    json.Field("group", synced.pass.group);
    json.Field("role", RoleName(synced.role));
    json.Field("epoch", pass.epoch);
    json.Field("files", pass.files);
    json.Field("bytes", pass.bytes);
    json.Field("state", GroupStateName(error == nullptr ? pass.state : engine::StateAfter(error->code)));
    json.Field("reason", FitToShow(error == nullptr ? pass.reason : error->message));
    WriteErrorOf(json, synced.pass);
  });
  return json.FinishLine();
}

std::string ToText(const std::vector<SyncedGroup>& groups) {
  std::string text;
  for (const SyncedGroup& synced : groups) {
    const std::string who = fmt::format("{} ({})", synced.pass.group, RoleName(synced.role));
    if (!synced.pass.result) {
      text += FailureText(who, synced.pass.result.error());
      continue;
    }
    const engine::PassResult& pass = *synced.pass.result;
    const std::string_view done = synced.role == Role::kSender ? "staged" : "applied";
    const std::string what = pass.epoch ? fmt::format("epoch {} {}, {}, {}", pass.epoch->value(), done,
                                                      HumanCount(pass.files, "file"), HumanBytes(pass.bytes))
                                        : fmt::format("{}: {}", WithoutEpoch(pass.state), pass.reason);
    text += Wrapped(fmt::format("{}: {}", who, what));
  }
  return text;
}

}  // namespace lakeferry
