#include "base/group_state.h"

#include <set>

namespace lakeferry {
namespace {

TEST(GroupState, TheListHoldsEveryValueOnce) {
  for (size_t i = 0; i < kGroupStates.size(); ++i) EXPECT_EQ(static_cast<size_t>(kGroupStates[i]), i);
  // A value that was added has a name, because the compiler insists, and must stand in the list as well.
  EXPECT_EQ(GroupStateName(static_cast<GroupState>(kGroupStates.size())), "");
}

TEST(GroupState, NamesAreDistinctAndReadBack) {
  std::set<std::string_view> names;
  for (const GroupState state : kGroupStates) {
    EXPECT_FALSE(GroupStateName(state).empty());
    names.insert(GroupStateName(state));
    EXPECT_EQ(ParseGroupState(GroupStateName(state)), state);
  }
  EXPECT_EQ(names.size(), kGroupStates.size());
  for (const std::string_view other : {"", "Idle", "idle ", "copying", "at risk"}) {
    EXPECT_EQ(ParseGroupState(other), std::nullopt) << other;
  }
}

TEST(GroupState, WhatIsMailedAlarms) {
  for (const GroupState state : kGroupStates) {
    if (MailOf(state) == MailRule::kNever) continue;
    EXPECT_EQ(AlarmOf(state), AlarmRule::kAtOnce) << GroupStateName(state);
  }
}

}  // namespace
}  // namespace lakeferry
