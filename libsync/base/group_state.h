// GroupState: how one role stands with one sync group, from the engine to every output. What each value means to people
// is decided here: whether it alarms, whether it is mailed. docs/operations.md and docs/json.md hold the same table;
// group_state_test compares them.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace lakeferry {

enum class GroupState {
  kUnknown,    // the role has not worked on it, or what is stored says nothing this program knows
  kIdle,       // nothing to do until the next look
  kWaiting,    // for a run to end or succeed, or for the other side's answer
  kStaging,    // sender: copies a cut to staging
  kApplying,   // receiver: places and commits an epoch
  kRestaging,  // a target was moved away: the table is brought whole again
  kPaused,     // somebody has paused it: nothing is done until it is resumed
  kHeld,       // something stands in the way of every cut that is due
  kFailed,     // the last attempt failed in a way that may pass
  kDiverged,   // source or replica are not what was left there: a person must act
  kHalted,     // any other error that only a person can mend
  kStopped,    // no state of a pass: the role's service does not run, as whoever looks at the record finds
};

inline constexpr std::array kGroupStates{GroupState::kUnknown,  GroupState::kIdle,     GroupState::kWaiting,
                                         GroupState::kStaging,  GroupState::kApplying, GroupState::kRestaging,
                                         GroupState::kPaused,   GroupState::kHeld,     GroupState::kFailed,
                                         GroupState::kDiverged, GroupState::kHalted,   GroupState::kStopped};

// "idle", "restaging", …: the stable name in the metadata store, JSON and text. Empty for what is no value.
[[nodiscard]] std::string_view GroupStateName(GroupState state);
// Absent for any other text.
[[nodiscard]] std::optional<GroupState> ParseGroupState(std::string_view name);

// When `status --check` complains of a group in a state.
enum class AlarmRule {
  kAtOnce,        // the state itself is the alarm
  kWhenLate,      // only when finished work waits for longer than the group's bound
  kWhenPromised,  // the same, but only where the group's rpo is configured
};
[[nodiscard]] AlarmRule AlarmOf(GroupState state);

// Whether a pass that ends in a state is an incident, which has one mail.
enum class MailRule {
  kNever,
  kAtOnce,        // only a person can help
  kAfterRetries,  // once it has failed more often in a row than sync_max_retries allows
};
[[nodiscard]] MailRule MailOf(GroupState state);

}  // namespace lakeferry
