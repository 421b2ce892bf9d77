#include "plan/group/group_stage.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>

namespace lakeferry::plan {
namespace {

using enum GroupStage;

// The table of PROTOCOL.md section 4: every legal move but those into failed and halted, which are legal from
// everywhere.
std::map<GroupStage, std::set<GroupStage>> ReadTable() {
  std::ifstream page(LAKEFERRY_PROTOCOL_PAGE);
  std::map<GroupStage, std::set<GroupStage>> moves;
  for (std::string line; std::getline(page, line);) {
    std::ranges::replace_if(line, [](char c) { return c == '|' || c == ','; }, ' ');
    std::istringstream words(line);
    std::string word;
    words >> word;
    const std::optional<GroupStage> from = ParseGroupStage(word);
    if (!from) continue;
    std::set<GroupStage> to;
    while (words >> word && ParseGroupStage(word)) to.insert(*ParseGroupStage(word));
    if (!to.empty()) moves[*from].insert(to.begin(), to.end());
  }
  return moves;
}

TEST(GroupStage, EveryMoveIsAsTheTableSays) {
  const auto moves = ReadTable();
  ASSERT_EQ(moves.size(), AllGroupStages().size()) << LAKEFERRY_PROTOCOL_PAGE;
  for (const GroupStage from : AllGroupStages()) {
    for (const GroupStage to : AllGroupStages()) {
      const bool legal = to == kFailed || to == kHalted || moves.at(from).contains(to);
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
}

TEST(GroupStage, OtherNamesAreNone) {
  for (const std::string_view name : {"", "Idle", "held", "idle "}) EXPECT_EQ(ParseGroupStage(name), std::nullopt);
}

}  // namespace
}  // namespace lakeferry::plan
