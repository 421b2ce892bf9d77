#include "env/state_store.h"

namespace lakeferry {

std::string_view RoleName(Role role) { return role == Role::kSender ? "sender" : "receiver"; }

std::string_view EpochStateName(EpochState state) {
  switch (state) {
    case EpochState::kStaging: return "staging";
    case EpochState::kStaged: return "staged";
    case EpochState::kApplying: return "applying";
    case EpochState::kApplied: return "applied";
    case EpochState::kRefused: return "refused";
  }
  return "refused";
}

std::optional<EpochState> ParseEpochState(std::string_view name) {
  for (const EpochState state :
       {EpochState::kStaging, EpochState::kStaged, EpochState::kApplying, EpochState::kApplied, EpochState::kRefused}) {
    if (EpochStateName(state) == name) return state;
  }
  return std::nullopt;
}

std::string_view LiveSetResultName(LiveSetResult result) {
  switch (result) {
    case LiveSetResult::kSame: return "same";
    case LiveSetResult::kDiffers: return "differs";
    case LiveSetResult::kNotChecked: return "not_checked";
  }
  return "not_checked";
}

std::optional<LiveSetResult> ParseLiveSetResult(std::string_view name) {
  for (const LiveSetResult result : {LiveSetResult::kSame, LiveSetResult::kDiffers, LiveSetResult::kNotChecked}) {
    if (LiveSetResultName(result) == name) return result;
  }
  return std::nullopt;
}

}  // namespace lakeferry
