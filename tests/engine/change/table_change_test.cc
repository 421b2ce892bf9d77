// What a cut comes to.
#include "engine/change/table_change.h"
#include "engine/change/read_change.h"

#include "engine/spill/action_shelf.h"
#include "tests/engine/change/table_change_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(TableChangeTest, WholeTableHoldsWhatIsLive) {
  Plain();
  t().Commit({TestTable::Remove("f0"), t().Add("f2")});
  const auto change = Read({});
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Files(*change), ElementsAre("f1", "f2"));
  EXPECT_EQ(Adds(*change).size(), 2U);
  EXPECT_THAT(Removes(*change), IsEmpty());
  EXPECT_TRUE(change->protocol && change->metadata);
  EXPECT_EQ(change->table.base_version, std::nullopt);
  EXPECT_EQ(change->table.source_version, Version(3));
  EXPECT_EQ(change->table.table_id, "id-of-mem://west/t");
  EXPECT_EQ(change->table.commit_sha256, Sha256Hex(world_.Text(world_.source(), TestTable::LogName(3))));
}

TEST_F(TableChangeTest, SinceABaseItIsTheNetOfTheCommits) {
  Plain();
  t().Commit({t().Add("between")});
  t().Commit({TestTable::Remove("between"), TestTable::Remove("f0"), t().Add("f2")});
  const auto change = Read(2);
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Files(*change), ElementsAre("f2"));
  EXPECT_EQ(change->table.adds, 1);
  EXPECT_EQ(change->table.removes, 1);
  EXPECT_FALSE(change->protocol || change->metadata);
  EXPECT_EQ(change->table.base_version, Version(2));
  EXPECT_FALSE(change->Empty());
}

TEST_F(TableChangeTest, NothingSinceTheBaseIsEmpty) {
  Plain();
  const auto change = Read(2);
  ASSERT_THAT(change, Succeeded());
  EXPECT_TRUE(change->Empty());
  EXPECT_THAT(Files(*change), IsEmpty());
}

TEST_F(TableChangeTest, NewVectorSendsItsFileAndNotTheDataFile) {
  Plain();
  world_.source().Set(kVectorFile, "vector");
  t().Commit({TestTable::Remove("f0"), t().AddAgain("f0", std::string(kVector))});
  const auto change = Read(2);
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Files(*change), ElementsAre(kVectorFile));
  EXPECT_THAT(Present(*change), ElementsAre("f0")) << "the receiver looks for it before it commits";
  const auto mirror = Mirror(2);
  ASSERT_THAT(mirror, Succeeded());
  EXPECT_THAT(Files(*mirror), ElementsAre(kVectorFile));
  EXPECT_TRUE(IsRequired(*mirror, kVectorFile));
  EXPECT_THAT(Present(*mirror), ElementsAre("f0"));
  const auto whole = Read({});
  ASSERT_THAT(whole, Succeeded());
  EXPECT_THAT(Files(*whole), ElementsAre(kVectorFile, "f0", "f1"));
}

TEST_F(TableChangeTest, FileThatIsNamedAgainIsNotSentAgain) {
  Plain();
  t().Commit({Unchanged(t().AddAgain("f0"))});
  for (const auto mode : {delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror}) {
    const auto change = Read(2, mode);
    ASSERT_THAT(change, Succeeded());
    EXPECT_THAT(Files(*change), IsEmpty());
    EXPECT_THAT(Present(*change), ElementsAre("f0"));
  }
}

TEST_F(TableChangeTest, AppendThatSaysItChangesNoDataIsSent) {
  Plain();
  // One that was written before the base, and committed after it.
  t().written_["f3"] = FromEpochMs(1);
  t().Commit({Unchanged(t().Add("f2")), Unchanged(t().Add("f3"))});
  for (const auto mode : {delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror}) {
    const auto change = Read(2, mode);
    ASSERT_THAT(change, Succeeded());
    EXPECT_THAT(Files(*change), ElementsAre("f2", "f3"));
    EXPECT_THAT(Present(*change), IsEmpty());
    EXPECT_TRUE(std::ranges::all_of(Sent(*change), &plan::FileToSend::required));
  }
}

TEST_F(TableChangeTest, OldFileIsSentWhereTheLogDoesNotHoldTheBaseAnyMore) {
  Plain();
  t().Commit({Unchanged(t().AddAgain("f0"))});
  for (int64_t version = 0; version < 2; ++version) world_.source().objects().erase(TestTable::LogName(version));
  for (const auto mode : {delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror}) {
    const auto change = Read(2, mode);
    ASSERT_THAT(change, Succeeded());
    EXPECT_THAT(Files(*change), ElementsAre("f0"));
  }
}

TEST_F(TableChangeTest, HistoryHoldsAnAppendWithoutChangeOfDataThatWasCompactedAway) {
  Plain();
  t().written_["f2"] = FromEpochMs(1);
  t().Commit({Unchanged(t().Add("f2"))});
  t().Commit({TestTable::Remove("f2"), t().Add("f3")});
  const auto change = Mirror(2);
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Files(*change), ElementsAre("f2", "f3"));
  EXPECT_FALSE(IsRequired(*change, "f2"));
}

// The writer's clock is ahead of the store's, so that a file of the base seems to be of the change.
TEST_F(TableChangeTest, FileOfTheBaseWithATimeToComeThatIsNamedAgainAndRemovedIsRemoved) {
  t().Create();
  t().written_["f0"] = FromEpochMs(ToEpochMs(world_.clock.WallTime()) + 3'600'000);
  t().Commit({t().Add("f0"), t().Add("f1")});
  const auto whole = Read({});
  ASSERT_THAT(whole, Succeeded());
  EXPECT_EQ(whole->table.newest_file_ms, ToEpochMs(t().written_["f0"]));
  t().Commit({t().AddAgain("f0", R"(,"tags":{"a":"b"})")});
  t().Commit({TestTable::Remove("f0")});
  const auto change = Read(1, delta::ReplicationMode::kClone, whole->table.newest_file_ms);
  ASSERT_THAT(change, Succeeded());
  ASSERT_EQ(Removes(*change).size(), 1U);
  EXPECT_EQ(Removes(*change)[0].path, "f0");
  EXPECT_EQ(change->table.newest_file_ms, whole->table.newest_file_ms);
}

// Readers of the clone's changes would get its rows twice.
TEST_F(TableChangeTest, OnlyWhatIsNamedAgainChangesNoData) {
  Plain();
  t().Commit({Unchanged(t().AddAgain("f0"))});
  t().Commit({t().Add("f2")});
  const auto change = Read(2);
  ASSERT_THAT(change, Succeeded());
  ASSERT_EQ(Adds(*change).size(), 2U);
  EXPECT_FALSE(Adds(*change)[0].data_change) << Adds(*change)[0].path;
  EXPECT_TRUE(Adds(*change)[1].data_change) << Adds(*change)[1].path;
  EXPECT_TRUE(change->table.data_change);
}

TEST_F(TableChangeTest, RemovesOfAnAppendOnlyTableChangeNoData) {
  Plain();
  t().Commit({TestTable::Remove("f0")});
  const auto removes = Read(2);
  ASSERT_THAT(removes, Succeeded());
  EXPECT_TRUE(removes->table.removes_change_data);
  const std::string before = world_.Text(world_.source(), TestTable::LogName(0));
  std::string metadata = before.substr(before.find("{\"metaData\""));
  metadata = metadata.substr(0, metadata.find('\n'));
  const size_t open = metadata.find("\"configuration\":{") + 17;
  metadata.insert(open, R"("delta.appendOnly":"true")");
  t().Commit({metadata});
  for (const std::optional<int64_t> base : {std::optional<int64_t>(2), std::optional<int64_t>()}) {
    const auto change = Read(base);
    ASSERT_THAT(change, Succeeded());
    EXPECT_FALSE(change->table.removes_change_data) << "from version " << base.value_or(-1);
  }
}

TEST_F(TableChangeTest, AbsolutePathBelowTheRootIsMadeRelativeInAClone) {
  t().Create();
  world_.source().Set("abs", "data of mem://west/t/abs");
  t().Commit({t().AddAgain("mem://west/t/abs")});
  const auto change = Read({});
  ASSERT_THAT(change, Succeeded());
  ASSERT_EQ(Adds(*change).size(), 1U);
  EXPECT_EQ(Adds(*change)[0].path, "abs");
  EXPECT_THAT(Mirror({}), FailedWith(ErrorCode::kUnsupportedTable, "absolute path"));
}

// To an engine they are two files; a commit of a clone may not remove and add one.
TEST_F(TableChangeTest, FileThatComesBackByItsOtherPathIsAdded) {
  Plain();
  t().Commit({TestTable::Remove("f0")});
  t().Commit({t().AddAgain("mem://west/t/f0")});
  const auto change = Read(2);
  ASSERT_THAT(change, Succeeded());
  ASSERT_EQ(Adds(*change).size(), 1U);
  EXPECT_EQ(Adds(*change)[0].path, "f0");
  EXPECT_FALSE(Adds(*change)[0].data_change) << "the clone has its rows";
  EXPECT_THAT(Removes(*change), IsEmpty());
}

TEST_F(TableChangeTest, FileThatLeavesByBothItsPathsIsRemovedOnce) {
  Plain();
  t().Commit({TestTable::Remove("f0")});
  t().Commit({TestTable::Remove("mem://west/t/f0")});
  const auto change = Read(2);
  ASSERT_THAT(change, Succeeded());
  EXPECT_EQ(Removes(*change).size(), 1U);
  EXPECT_EQ(change->table.removes, 1);
}

TEST_F(TableChangeTest, FileThatIsLiveByBothItsPathsIsRefused) {
  Plain();
  t().Commit({t().AddAgain("mem://west/t/f1")});
  EXPECT_THAT(Read({}), FailedWith(ErrorCode::kUnsupportedTable, "the file f1 twice"));
  EXPECT_THAT(Read(1), FailedWith(ErrorCode::kUnsupportedTable, "the file f1 twice"));
}

// A replay that begins anew has handed on files before.
TEST_F(TableChangeTest, NothingOfADamagedCheckpointGoesOver) {
  Plain();
  t().Commit({t().Add("f2")});
  for (const auto mode : {delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror}) {
    const auto sound = Read({}, mode);
    ASSERT_THAT(sound, Succeeded());
    world_.source().Set("_delta_log/00000000000000000002.checkpoint.parquet",
                        t().AddAgain("ghost") + "\n" + t().AddAgain("f0") + "\n" + "{\n");
    const auto change = Read({}, mode);
    ASSERT_THAT(change, Succeeded());
    EXPECT_TRUE(world_.log.Has("checkpoint unreadable"));
    EXPECT_THAT(Files(*change), ElementsAre("f0", "f1", "f2"));
    EXPECT_EQ(change->table, sound->table);
    EXPECT_EQ(Adds(*change), Adds(*sound));
    world_.source().objects().erase("_delta_log/00000000000000000002.checkpoint.parquet");
  }
}

TEST_F(TableChangeTest, PathsThatCannotBeCarriedAreRefused) {
  const auto refused = [&](const std::string& path, ErrorCode code) {
    world_.source().objects().clear();
    t().next_ = 0;
    t().Create();
    t().Commit({t().AddAgain(path)});
    for (const auto mode : {delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror}) {
      const auto change = Read({}, mode);
      EXPECT_THAT(change, FailedWith(code, path));
    }
  };
  refused("mem://elsewhere/f", ErrorCode::kUnsupportedTable);
  refused("_delta_log/00000000000000000000.json", ErrorCode::kRefused);
}

TEST_F(TableChangeTest, UnknownFeatureIsRefusedByName) {
  t().Create(
      "",
      R"({"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["warpDrive"],"writerFeatures":["warpDrive"]})");
  EXPECT_THAT(Read({}), FailedWith(ErrorCode::kUnsupportedTable, "warpDrive"));
  EXPECT_THAT(Mirror({}), FailedWith(ErrorCode::kUnsupportedTable, "warpDrive"));
}

// What its commits meant may not be known; the table at the cut is.
TEST_F(TableChangeTest, WindowWithAnUnknownFeatureThatIsDroppedAgainGoesOverWhole) {
  Plain();
  t().Commit({R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7,)"
              R"("readerFeatures":["warpDrive"],"writerFeatures":["warpDrive"]}})",
              t().Add("f2")});
  t().Commit({R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})"});
  const auto change = Read(2);
  ASSERT_THAT(change, Succeeded());
  EXPECT_EQ(change->table.base_version, std::nullopt);
  EXPECT_THAT(Files(*change), ElementsAre("f0", "f1", "f2"));
  EXPECT_THAT(Mirror(2), FailedWith(ErrorCode::kUnsupportedTable, "warpDrive"));
}

TEST_F(TableChangeTest, FeatureThatComesLaterIsRefusedWhenItComes) {
  Plain();
  t().Commit({R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7,)"
              R"("readerFeatures":["warpDrive"],"writerFeatures":["warpDrive"]}})"});
  EXPECT_THAT(Read(2), FailedWith(ErrorCode::kUnsupportedTable, "warpDrive"));
  EXPECT_THAT(Mirror(2), FailedWith(ErrorCode::kUnsupportedTable, "warpDrive"));
}

TEST_F(TableChangeTest, PropertyThatCannotBeCarriedIsRefusedWhenItComes) {
  Plain();
  t().Commit({R"({"metaData":{"id":"id-of-mem://west/t","format":{"provider":"parquet","options":{}},)"
              R"("schemaString":"s","partitionColumns":[],)"
              R"("configuration":{"delta.coordinatedCommits.commitCoordinator-preview":"x"}}})"});
  EXPECT_THAT(Read(2), FailedWith(ErrorCode::kUnsupportedTable, "commitCoordinator"));
  EXPECT_THAT(Mirror(2), FailedWith(ErrorCode::kUnsupportedTable, "commitCoordinator"));
}

// The same versions of another table: its commits must not be taken for the next ones of this.
TEST_F(TableChangeTest, TableThatIsCreatedAnewMeanwhileIsNoChangeOfTheOldOne) {
  for (const auto mode : {delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror}) {
    world_.source().objects().clear();
    t().next_ = 0;
    Plain();
    plan::ManifestTable base{.name = "t",
                             .source_version = Version(1),
                             .table_id = "id-of-mem://west/t",
                             .commit_sha256 = Sha256Hex(world_.Text(world_.source(), TestTable::LogName(1))),
                             .parts = {}};
    auto scan =
        world_.Run(ScanTable({}, world_.west, world_.spec.tables[0], std::move(base), {.runs = {}, .from = {}}));
    ASSERT_THAT(scan, Succeeded());
    t().next_ = 1;
    t().Commit({t().Add("other")});
    t().Commit({t().Add("another")});
    const auto change =
        world_.Run(ReadChange({}, world_.west, {.scan = *std::move(scan), .version = Version(2)}, mode));
    EXPECT_THAT(change, FailedWith(ErrorCode::kDiverged, "version 1 has another content now"));
  }
}

TEST_F(TableChangeTest, CommitThatVanishesMeanwhileMeansTheSourceMovedOn) {
  Plain();
  auto scan = world_.Run(ScanTable({}, world_.west, world_.spec.tables[0], {}, {.runs = {}, .from = {}}));
  ASSERT_THAT(scan, Succeeded());
  world_.source().objects().erase(TestTable::LogName(1));
  const auto change = world_.Run(
      ReadChange({}, world_.west, {.scan = *std::move(scan), .version = Version(2)}, delta::ReplicationMode::kClone));
  EXPECT_THAT(change, FailedWith(ErrorCode::kSourceMovedOn, "version 1 of the table is gone"));
}

// Commits that carry much, in several of the ways there are.
void WriteHeavy(TestTable& table) {
  const std::string more = R"(,"tags":{"note":")" + std::string(500, 'n') + R"("},"stats":"{\"numRecords\":7}")";
  table.Commit({table.Add("g1", more), table.Add("g0", more), table.Add("light")});
  table.Commit({table.Add("mem://west/t/g2", more), table.AddAgain("f1", more)});
  table.Commit({TestTable::Remove("f0", more), TestTable::Remove("g1", more)});
  table.Commit({table.Add("g1", more)});
}

TEST_F(TableChangeTest, WhatActionsCarryOnComesBackFromScratchAsItWas) {
  Plain();
  WriteHeavy(t());
  const auto kept = Read(2);
  ASSERT_THAT(kept, Succeeded());
  world_.west.limits.carried_bytes = 600;
  world_.west.limits.copy_buffer_bytes = 700;  // some of it in memory
  const int before = world_.scratch.opened;
  const auto spilled = Read(2);
  ASSERT_THAT(spilled, Succeeded());
  EXPECT_GT(world_.scratch.opened, before);
  EXPECT_EQ(Adds(*spilled), Adds(*kept));
  EXPECT_EQ(Removes(*spilled), Removes(*kept));
  EXPECT_EQ(Removes(*spilled).size(), 1U);
  EXPECT_EQ(spilled->table, kept->table);
  EXPECT_EQ(Adds(*spilled)[0].tags->at(0).second->size(), 500U);
}

TEST_F(TableChangeTest, LittleThatActionsCarryOnNeedsNoScratch) {
  Plain();
  WriteHeavy(t());
  const auto kept = Read(2);
  ASSERT_THAT(kept, Succeeded());
  EXPECT_EQ(world_.scratch.opened, 0);
}

TEST_F(TableChangeTest, ScratchThatFailsIsAnError) {
  Plain();
  WriteHeavy(t());
  world_.west.limits.carried_bytes = 0;
  world_.west.limits.copy_buffer_bytes = 100;
  world_.scratch.failure = Error{.code = ErrorCode::kOutOfSpace, .message = "full", .where = {}, .remedy = {}};
  EXPECT_THAT(Read(2), FailedWith(ErrorCode::kOutOfSpace, "full"));
}

TEST_F(TableChangeTest, MoreFilesThanAreHeldMakeTheTableGoOverWhole) {
  Plain();
  WriteHeavy(t());
  world_.west.limits.changed_files_max = 8;
  const auto change = Read(2);
  ASSERT_THAT(change, Succeeded());
  EXPECT_EQ(change->table.base_version, Version(2));
  world_.west.limits.changed_files_max = 7;
  const auto whole = Read(2);
  ASSERT_THAT(whole, Succeeded());
  EXPECT_EQ(whole->table.base_version, std::nullopt);
  EXPECT_EQ(whole->table.adds, 5);
  EXPECT_TRUE(world_.log.Has("too many files"));
}

TEST_F(TableChangeTest, MoreFilesThanAreHeldMakeAMirrorGoOverWhole) {
  Plain();
  t().Commit({t().Add("g0"), t().Add("g1")});
  world_.west.limits.changed_files_max = 2;
  const auto change = Mirror(2);
  ASSERT_THAT(change, Succeeded());
  EXPECT_EQ(change->commits.size(), 1U);
  world_.west.limits.changed_files_max = 1;
  const auto whole = Mirror(2);
  ASSERT_THAT(whole, Succeeded());
  EXPECT_EQ(whole->table.base_version, std::nullopt);
  EXPECT_EQ(whole->commits.size(), 4U);
  EXPECT_THAT(Files(*whole), ElementsAre("f0", "f1", "g0", "g1"));
  EXPECT_TRUE(world_.log.Has("too many files"));
}

TEST_F(TableChangeTest, FileNameThatNothingCanHaveIsRefusedWhereTheChangeIsRead) {
  Plain();
  const std::string name(kFileNameBytesMax + 1, 'n');
  t().Commit(
      {R"({"add":{"path":")" + name + R"(","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true}})"});
  EXPECT_THAT(Read(2), FailedWith(ErrorCode::kUnsupportedTable, "a file's path and deletion vector have 65537 bytes"));
  EXPECT_THAT(Mirror(2), FailedWith(ErrorCode::kUnsupportedTable, "65537 bytes"));
}

}  // namespace
}  // namespace lakeferry::engine
