#include "plan/group_stage.h"

#include <map>
#include <set>

namespace lakeferry::plan {
namespace {

using enum GroupStage;

// Every legal move but those into failed and halted, which are legal from everywhere.
const std::map<GroupStage, std::set<GroupStage>> kMoves{{kIdle, {kReleasing, kRecovering}},
                                                        {kFailed, {kReleasing, kRecovering}},
                                                        {kHalted, {kReleasing, kRecovering}},
                                                        {kReleasing, {kCutting, kIdle}},
                                                        {kCutting, {kCopying, kIdle}},
                                                        {kCopying, {kPublishing}},
                                                        {kPublishing, {kIdle}},
                                                        {kRecovering, {kIntake, kCommitting, kAnswering, kIdle}},
                                                        {kIntake, {kPlacing, kAnswering, kIdle}},
                                                        {kPlacing, {kCommitting}},
                                                        {kCommitting, {kAnswering}},
                                                        {kAnswering, {kIntake, kIdle}}};

TEST(GroupStage, EveryMoveIsAsTheTableSays) {
  for (const GroupStage from : AllGroupStages()) {
    for (const GroupStage to : AllGroupStages()) {
      const bool legal = to == kFailed || to == kHalted || kMoves.at(from).contains(to);
      EXPECT_EQ(IsLegal(from, to), legal) << GroupStageName(from) << " to " << GroupStageName(to);
    }
  }
}

TEST(GroupStage, NothingIsPublishedThatWasNotCopiedNorCommittedThatWasNotPlaced) {
  for (const GroupStage from : AllGroupStages()) {
    EXPECT_EQ(IsLegal(from, kPublishing), from == kCopying) << GroupStageName(from);
    EXPECT_EQ(IsLegal(from, kCommitting), from == kPlacing || from == kRecovering) << GroupStageName(from);
  }
}

TEST(GroupStage, NamesAreDistinctAndReadBack) {
  std::set<std::string_view> names;
  for (const GroupStage stage : AllGroupStages()) {
    names.insert(GroupStageName(stage));
    EXPECT_EQ(ParseGroupStage(GroupStageName(stage)), stage);
  }
  EXPECT_EQ(names.size(), AllGroupStages().size());
  EXPECT_EQ(names.size(), kMoves.size());
}

TEST(GroupStage, OtherNamesAreNone) {
  for (const std::string_view name : {"", "Idle", "held", "idle "}) EXPECT_EQ(ParseGroupStage(name), std::nullopt);
}

}  // namespace
}  // namespace lakeferry::plan
