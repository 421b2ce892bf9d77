#include "daemon/output/sync_output.h"

#include <fmt/format.h>

#include "daemon/config/text_bytes.h"
#include "daemon/output/human.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

std::string_view WithoutEpoch(GroupState state) {
  switch (state) {
    case GroupState::kHeld: return "held back";
    case GroupState::kWaiting: return "waiting";
    case GroupState::kRestaging: return "restaging";
    case GroupState::kUnknown:
    case GroupState::kIdle:
    case GroupState::kStaging:
    case GroupState::kApplying:
    case GroupState::kFailed:
    case GroupState::kDiverged:
    case GroupState::kHalted: return "nothing to do";
  }
  return "nothing to do";
}

}  // namespace

std::string ToJson(const std::vector<SyncedGroup>& groups) {
  json::Writer json(json::Texts::kShown);
  json.Objects("groups", groups, [&](const SyncedGroup& synced) {
    json.Field("group", synced.group);
    json.Field("role", RoleName(synced.role));
    json.Field("epoch", synced.pass.epoch);
    json.Field("files", synced.pass.files);
    json.Field("bytes", synced.pass.bytes);
    json.Field("state", GroupStateName(synced.pass.state));
    json.Field("reason", synced.pass.reason);
  });
  return json.FinishLine();
}

std::string ToText(const std::vector<SyncedGroup>& groups) {
  std::string text;
  for (const SyncedGroup& synced : groups) {
    const engine::PassResult& pass = synced.pass;
    const std::string_view done = synced.role == Role::kSender ? "staged" : "applied";
    const std::string what = pass.epoch ? fmt::format("epoch {} {}, {}, {}", pass.epoch->value(), done,
                                                      HumanCount(pass.files, "file"), HumanBytes(pass.bytes))
                                        : fmt::format("{}: {}", WithoutEpoch(pass.state), pass.reason);
    text += OneLine(fmt::format("{} ({}): {}", synced.group, RoleName(synced.role), what)) + "\n";
  }
  return text;
}

}  // namespace lakeferry
