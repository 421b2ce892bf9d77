#include "base/group_state.h"

#include <algorithm>

namespace lakeferry {

std::string_view GroupStateName(GroupState state) {
  switch (state) {
    case GroupState::kUnknown: return "unknown";
    case GroupState::kIdle: return "idle";
    case GroupState::kWaiting: return "waiting";
    case GroupState::kStaging: return "staging";
    case GroupState::kApplying: return "applying";
    case GroupState::kRestaging: return "restaging";
    case GroupState::kPaused: return "paused";
    case GroupState::kHeld: return "held";
    case GroupState::kFailed: return "failed";
    case GroupState::kDiverged: return "diverged";
    case GroupState::kHalted: return "halted";
    case GroupState::kStopped: return "stopped";
  }
  return "";
}

std::optional<GroupState> ParseGroupState(std::string_view name) {
  const auto* const it = std::ranges::find(kGroupStates, name, GroupStateName);
  return it == kGroupStates.end() ? std::nullopt : std::optional(*it);
}

AlarmRule AlarmOf(GroupState state) {
  switch (state) {
    case GroupState::kIdle:
    case GroupState::kWaiting:
    case GroupState::kStaging:
    case GroupState::kApplying:
    case GroupState::kRestaging: return AlarmRule::kWhenLate;
    case GroupState::kPaused: return AlarmRule::kWhenPromised;
    case GroupState::kUnknown:
    case GroupState::kHeld:
    case GroupState::kFailed:
    case GroupState::kDiverged:
    case GroupState::kHalted:
    case GroupState::kStopped: return AlarmRule::kAtOnce;
  }
  return AlarmRule::kAtOnce;
}

MailRule MailOf(GroupState state) {
  switch (state) {
    case GroupState::kUnknown:
    case GroupState::kIdle:
    case GroupState::kWaiting:
    case GroupState::kStaging:
    case GroupState::kApplying:
    case GroupState::kRestaging:
    case GroupState::kPaused:
    case GroupState::kStopped: return MailRule::kNever;
    case GroupState::kFailed: return MailRule::kAfterRetries;
    case GroupState::kHeld:
    case GroupState::kDiverged:
    case GroupState::kHalted: return MailRule::kAtOnce;
  }
  return MailRule::kAtOnce;
}

}  // namespace lakeferry
