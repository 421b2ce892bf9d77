#include "delta/state_room.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "delta/commit_collector.h"
#include "delta/log_replay.h"
#include "delta/replay_sinks.h"
#include "tests/delta/delta_matchers.h"

namespace lakeferry::delta {
namespace {

constexpr std::string_view kTooMuch = "take more than 32 MiB";

DomainMetadata Domain(std::string name, size_t bytes) {
  return {.domain = std::move(name), .configuration = std::string(bytes, 'c'), .removed = false};
}

TEST(StateRoomTest, WhatTakesThePlaceOfAnEarlierOneTakesItsRoom) {
  StateRoom room;
  std::map<std::string, DomainMetadata> kept;
  for (int i = 0; i < 100; ++i) ASSERT_THAT(KeepNewest(room, kept, "a", Domain("a", 10 << 20)), Succeeded());
  ASSERT_THAT(KeepNewest(room, kept, "b", Domain("b", 10 << 20)), Succeeded());
  EXPECT_THAT(KeepNewest(room, kept, "c", Domain("c", 12 << 20)), FailedWith(ErrorCode::kUnsupportedTable, kTooMuch));
  EXPECT_EQ(kept.size(), 2U);
}

TEST(StateRoomTest, NamesTakeRoomHoweverShort) {
  StateRoom room;
  int count = 0;
  while (count < 200'000 && room.Take(Txn{.app_id = "a", .version = 1, .last_updated = {}})) ++count;
  EXPECT_GT(count, 100'000);
  EXPECT_LT(count, 140'000);
}

// A commit of one form of line, again and again.
std::string Lines(bool domains, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    const std::string name = "name-" + std::to_string(i);
    text += domains ? ToLine(Domain(name, 100)) : ToLine(Txn{.app_id = name, .version = i, .last_updated = {}});
    text += '\n';
  }
  return text;
}

TEST(StateRoomTest, ACommitOfMillionsOfThemIsRefused) {
  for (const bool domains : {false, true}) {
    EXPECT_THAT(ParseCommit(Lines(domains, 50'000), "here"), Succeeded());
    EXPECT_THAT(ParseCommit(Lines(domains, 150'000), "here"), FailedWith(ErrorCode::kUnsupportedTable, kTooMuch));
  }
}

Status ReplayOf(const std::vector<std::string>& newest_first, bool as_checkpoint) {
  NoFiles none;
  LogReplay replay(none, 1);
  for (const std::string& text : newest_first) {
    LF_TRY_OK(ReadActions(text, "here", as_checkpoint ? replay.BeginCheckpoint(Version(0)) : replay.BeginCommit("c")));
    if (!as_checkpoint) replay.EndCommit();
  }
  return {};
}

TEST(StateRoomTest, AReplayKeepsNoMoreThanThat) {
  for (const bool domains : {false, true}) {
    const std::string few = Lines(domains, 80'000);
    const std::string many = Lines(domains, 150'000);
    EXPECT_THAT(ReplayOf({few, few, few}, false), Succeeded()) << "the same names again";
    EXPECT_THAT(ReplayOf({few, many}, false), FailedWith(ErrorCode::kUnsupportedTable, kTooMuch));
    EXPECT_THAT(ReplayOf({few}, true), Succeeded());
    EXPECT_THAT(ReplayOf({many}, true), FailedWith(ErrorCode::kUnsupportedTable, kTooMuch));
  }
}

}  // namespace
}  // namespace lakeferry::delta
