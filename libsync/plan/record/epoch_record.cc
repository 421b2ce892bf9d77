#include "plan/record/epoch_record.h"

namespace lakeferry {

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

}  // namespace lakeferry
