// gc of mirrors: what no version within retention needs goes, and nothing else.
#include "engine/tend/reclaimer.h"

#include <fmt/format.h>

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using std::chrono::days;
using ::testing::ElementsAre;

class ReclaimerTest : public ::testing::Test {
 protected:
  // Version 1 holds f0, 2 f0 and f1, and 3, written eight days later, f1 and f2; two days have passed since.
  void SetUp() override {
    world_.FirstEpoch();
    world_.AppendAll("r1", "f1");
    Sync();
    world_.clock.Advance(days(8));
    target().Set("young.parquet", "x");
    world_.InRun("r2", [&] {
      world_.source().Set("_change_data/c3", "change");
      table().Commit({TestTable::Remove("f0"), table().Add("f2"),
                      R"({"cdc":{"path":"_change_data/c3","partitionValues":{},"size":6,"dataChange":false}})"});
    });
    Sync();
    world_.clock.Advance(days(2));
  }
  void Sync() {
    ASSERT_THAT(world_.Send(), Succeeded());
    ASSERT_THAT(world_.Receive(), Succeeded());
  }
  Result<ReclaimReport> Run(Millis retention, bool remove = true, std::stop_token stop = {}) {
    const Reclaimer reclaimer(world_.east, world_.spec);
    return world_.Run(reclaimer.Run(Call{.stop = std::move(stop)}, {.retention = retention, .remove = remove}));
  }
  TestTable& table() { return world_.table(); }
  MemoryStore& target() { return world_.target(); }
  // Objects of the target that are not in the log.
  std::vector<std::string> Data() {
    std::vector<std::string> names;
    for (const auto& [name, object] : target().objects()) {
      if (!name.starts_with("_delta_log/")) names.push_back(name);
    }
    return names;
  }
  void ExpectRefused(ErrorCode code, std::string_view words, Millis retention = Millis(0)) {
    const auto before = Data();
    EXPECT_THAT(Run(retention), FailedWith(code, std::string(words)));
    EXPECT_EQ(Data(), before);
  }

  World world_{{"t"}, delta::ReplicationMode::kMirror};
};

TEST_F(ReclaimerTest, LeavesLinksAloneAndNamesThem) {
  for (const auto* link : {"part=1/link", "link", "_hidden/link"}) target().links().insert(link);
  const auto report = Run(days(4));
  ASSERT_THAT(report, Succeeded());
  EXPECT_THAT(report->tables[0].links, ElementsAre("link", "part=1/link"));
  EXPECT_EQ(target().links().size(), 3U);
}

TEST_F(ReclaimerTest, StopsBetweenTwoFoldersOfItsWalk) {
  std::stop_source stop;
  target().Set("x/y/z/old.parquet", "x");
  target().set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
    if (at == StoreOperation::kList && path.text() == "x/y") stop.request_stop();
    co_return Status{};
  }});
  EXPECT_THAT(Run(Millis(0), false, stop.get_token()), FailedWith(ErrorCode::kCancelled, "looking"));
}

TEST_F(ReclaimerTest, TellsWhatWouldGoAndTouchesNothing) {
  target().objects().erase("young.parquet");
  const auto before = Data();
  const auto report = Run(days(1), false);
  ASSERT_THAT(report, Succeeded());
  ASSERT_EQ(report->tables.size(), 1U);
  EXPECT_FALSE(report->removed);
  EXPECT_EQ(report->readable_from, world_.clock.WallTime() - days(1));
  EXPECT_EQ(report->tables[0].table, "t");
  EXPECT_EQ(report->tables[0].oldest_readable, Version(3));
  EXPECT_EQ(report->tables[0].files, 2) << "f0, and the change file of version 3";
  EXPECT_EQ(report->tables[0].bytes, 10 + 6);
  EXPECT_EQ(Data(), before);
}

TEST_F(ReclaimerTest, DeletesWhatOnlyOlderVersionsNeedAndTheGroupGoesOn) {
  target().objects().erase("young.parquet");
  ASSERT_THAT(Run(days(1)), Succeeded());
  EXPECT_THAT(Data(), ElementsAre("f1", "f2"));
  for (int64_t version = 0; version <= 3; ++version) {
    EXPECT_TRUE(target().objects().contains(TestTable::LogName(version))) << "commits stay";
  }
  world_.ExpectSame();
  world_.AppendAll("r3", "f3");
  Sync();
  world_.ExpectSame();
}

TEST_F(ReclaimerTest, TakesAwayWhatCopiesLeftThatBrokeOffWhereItDeletes) {
  target().unfinished()["f9"][0] = "a part";
  ASSERT_THAT(Run(days(1), false), Succeeded());
  EXPECT_EQ(target().unfinished().size(), 1U);
  ASSERT_THAT(Run(days(1)), Succeeded());
  EXPECT_TRUE(target().unfinished().empty());
}

TEST_F(ReclaimerTest, VersionWithinRetentionKeepsAllThatItNeeds) {
  target().objects().erase("young.parquet");
  const auto before = Data();
  const auto report = Run(days(3));
  ASSERT_THAT(report, Succeeded());
  EXPECT_EQ(report->tables[0].oldest_readable, Version(2)) << "three days ago it was the newest";
  EXPECT_EQ(report->tables[0].files, 0);
  EXPECT_EQ(Data(), before) << "f0 is of version 2, the change file of version 3";
  const auto all = Run(days(100));
  ASSERT_THAT(all, Succeeded());
  EXPECT_EQ(all->tables[0].oldest_readable, Version(0));
  EXPECT_EQ(Data(), before);
}

TEST_F(ReclaimerTest, VectorOfARemovedFileStaysAsLongAsTheFile) {
  const std::string field =
      R"(,"deletionVector":{"storageType":"u","pathOrInlineDv":"vBn[lx{q8@P<9BNH/isA","offset":1,)"
      R"("sizeInBytes":4,"cardinality":1})";
  const std::string file = "deletion_vector_61d16c75-6994-46b7-a15b-8b538852e50e.bin";
  world_.source().Set(file, "a vector");
  world_.InRun("r3", [&] { table().Commit({TestTable::Remove("f1"), table().AddAgain("f1", field)}); });
  world_.clock.Advance(days(4));
  world_.InRun("r4", [&] { table().Commit({TestTable::Remove("f1", field)}); });
  Sync();
  world_.clock.Advance(days(2));
  ASSERT_THAT(Run(days(3)), Succeeded());
  EXPECT_THAT(Data(), ::testing::IsSupersetOf({std::string("f1"), file}));
  ASSERT_THAT(Run(days(1)), Succeeded());
  EXPECT_THAT(Data(), ElementsAre("f2"));
}

TEST_F(ReclaimerTest, FilesThatNobodyKnowsGoWhenOldUnlessHiddenOrOfAnotherTable) {
  for (const auto* name :
       {"junk", "p=1/junk", "_p=1/junk", "_hidden", ".hidden", "_spark_metadata/0", "_delta_log/junk",
        "nested/_delta_log/00000000000000000000.json", "nested/data", "deep/nested/_delta_log/x", "deep/nested/data"}) {
    target().Set(name, "x", world_.clock.WallTime() - days(1));
  }
  target().Set("just now", "x");
  const auto report = Run(Millis(0));
  ASSERT_THAT(report, Succeeded());
  EXPECT_THAT(Data(),
              ElementsAre(".hidden", "_hidden", "_spark_metadata/0", "deep/nested/_delta_log/x", "deep/nested/data",
                          "f1", "f2", "just now", "nested/_delta_log/00000000000000000000.json", "nested/data"));
  EXPECT_TRUE(target().objects().contains("_delta_log/junk"));
  EXPECT_EQ(report->tables[0].young_files, 1);
  EXPECT_THAT(report->tables[0].skipped, ::testing::UnorderedElementsAre("nested", "deep/nested"));
}

// Where the sender places files itself, an epoch that is on its way is in the folder already, without a log that says
// so.
TEST_F(ReclaimerTest, WhatASenderMayHavePlacedIsSparedForAWeek) {
  world_.spec.direct = true;
  target().objects().at("young.parquet").modified = world_.clock.WallTime() - days(6);
  ASSERT_THAT(Run(days(100)), Succeeded());
  EXPECT_TRUE(target().objects().contains("young.parquet"));
  world_.clock.Advance(days(1));
  ASSERT_THAT(Run(days(100)), Succeeded());
  EXPECT_FALSE(target().objects().contains("young.parquet"));
}

TEST_F(ReclaimerTest, HalfAppliedEpochIsRolledForwardFirst) {
  StateChange change;
  change.journals.push_back({.group = "orders", .content = "half"});
  ASSERT_THAT(world_.Run(world_.east_state.Save({}, change)), Succeeded());
  ExpectRefused(ErrorCode::kRefused, "half applied");
}

TEST_F(ReclaimerTest, ReplicaThatSomebodyWritesToIsLeftAlone) {
  target().Set(TestTable::LogName(4), "{\"commitInfo\":{}}\n");
  ExpectRefused(ErrorCode::kDiverged, "its newest version is 4, and was 3");
}

TEST_F(ReclaimerTest, TableOfAnotherHistoryIsLeftAlone) {
  std::string text = world_.Text(target(), TestTable::LogName(3));
  target().Set(TestTable::LogName(3), text + "\n");
  ExpectRefused(ErrorCode::kDiverged, "version 3 has another content");
}

TEST_F(ReclaimerTest, CommitThatComesWhileTheFilesAreLookedAtStopsTheDeletion) {
  const auto before = Data();
  target().set_hooks({.before_effect = [this](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
                        if (operation == StoreOperation::kList && path.empty()) {
                          target().Set(TestTable::LogName(4), "{\"commitInfo\":{}}\n");
                        }
                        co_return Status{};
                      },
                      .after_effect = {}});
  EXPECT_THAT(Run(Millis(0)), FailedWith(ErrorCode::kDiverged, "somebody has written"));
  EXPECT_EQ(Data(), before);
}

TEST_F(ReclaimerTest, LogThatLacksACommitWithinRetentionIsNotGuessedAt) {
  target().objects().erase(TestTable::LogName(2));
  ExpectRefused(ErrorCode::kCorruptLog, "no commit 2", days(100));
}

TEST_F(ReclaimerTest, StopEndsItBetweenTwoFiles) {
  std::stop_source stop;
  stop.request_stop();
  const auto before = Data();
  EXPECT_THAT(Run(Millis(0), true, stop.get_token()), FailedWith(ErrorCode::kCancelled, "stopped"));
  EXPECT_EQ(Data(), before);
}

TEST_F(ReclaimerTest, WhatWasAppliedIsNotGuessedAtWithoutItsManifest) {
  world_.AppendAll("r3", "f3");
  ASSERT_THAT(world_.Send(), Succeeded());
  world_.staging().objects().erase(plan::StagingLayout("orders").Manifest(Epoch(3)).text());
  ExpectRefused(ErrorCode::kNotFound, "staging tells of no applied epoch");
}

TEST_F(ReclaimerTest, CloneIsForEnginesToVacuum) {
  world_.spec.mode = delta::ReplicationMode::kClone;
  ExpectRefused(ErrorCode::kInvalidArgument, "clone mode");
}

TEST(Reclaimer, BeforeTheFirstEpochThereIsNothingToGoBy) {
  World world({"t"}, delta::ReplicationMode::kMirror);
  const Reclaimer reclaimer(world.east, world.spec);
  EXPECT_THAT(world.Run(reclaimer.Run({}, {.retention = Millis(0), .remove = true})),
              FailedWith(ErrorCode::kNotFound, "no applied epoch"));
}

}  // namespace
}  // namespace lakeferry::engine
