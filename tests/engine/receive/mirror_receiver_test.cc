// A receiver's passes in mirror mode.
#include <algorithm>

#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::IsEmpty;

class MirrorReceiverTest : public GroupReceiverTest {
 protected:
  MirrorReceiverTest() : GroupReceiverTest(delta::ReplicationMode::kMirror) {}
  static std::optional<TimeMs> Time(MemoryStore& store, const std::string& name) {
    const auto found = store.objects().find(name);
    return found == store.objects().end() ? std::nullopt : std::optional(found->second.modified);
  }
  void TakeOutB() {
    b_ = world_.spec.tables.back();
    world_.spec.tables.Edit().pop_back();
    world_.Restart();
  }
  void PutBackB() {
    world_.spec.tables.Edit().push_back(b_);
    world_.Restart();
  }
  // Commits that are there, or not yet, but never with another time than the source's.
  void ExpectNoOtherTimes() {
    for (const auto* table : {"a", "b"}) {
      for (const auto& [name, object] : world_.source(table).objects()) {
        const auto there = name.starts_with("_delta_log/") ? Time(world_.target(table), name) : std::nullopt;
        if (there) EXPECT_EQ(*there, object.modified) << table << name;
      }
    }
  }
  void ExpectSameLogs() {
    for (const auto* table : {"a", "b"}) {
      for (int64_t version = 0; version <= world_.table(table).newest().value(); ++version) {
        const std::string name = TestTable::LogName(version);
        EXPECT_EQ(world_.Text(world_.target(table), name), world_.Text(world_.source(table), name)) << table << name;
        EXPECT_EQ(Time(world_.target(table), name), Time(world_.source(table), name)) << table << name;
      }
    }
  }

  plan::TableSpec b_;
};

// By its own limits, which may be another machine's than the sender's.
TEST_F(MirrorReceiverTest, ChangeOfMoreFilesThanAReceiverHoldsIsRefused) {
  world_.FirstEpoch();
  world_.InRun("r1", [&] { a().Commit({a().Add("f1"), a().Add("f2"), a().Add("f3")}); });
  ExpectSent(2);
  world_.east.limits.changed_files_max = 2;
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "more files than go over as a change"));
  EXPECT_FALSE(world_.target("a").objects().contains(TestTable::LogName(2)));
}

TEST_F(MirrorReceiverTest, StopWhileStagedCommitsAreVerifiedCommitsNothing) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  const std::string log = "orders/data/00000000000000000002/a/_delta_log/";
  std::stop_source stop;
  world_.staging().set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
    if (at == StoreOperation::kOpen && path.text().starts_with(log)) stop.request_stop();
    co_return Status{};
  }});
  EXPECT_THAT(world_.Receive(stop.get_token()), FailedWith(ErrorCode::kCancelled, "stopped"));
  EXPECT_TRUE(stop.stop_requested());
  for (const auto* table : {"a", "b"}) {
    EXPECT_FALSE(world_.target(table).objects().contains(TestTable::LogName(2))) << table;
  }
  world_.staging().set_hooks({});
  NoteFailure();
  ExpectReceived(2);
}

// Far stores keep, and charge for, what nobody gives up.
TEST_F(MirrorReceiverTest, CommitsThatWereWrittenAheadAndAreNotPublishedAreGivenUp) {
  world_.FirstEpoch();
  world_.InRun("r1", [&] {
    for (const auto* file : {"f1", "f2", "f3", "f4"}) a().Commit({a().Add(file)});
  });
  ExpectSent(2);
  std::map<std::string, std::vector<StoreOperation>> done;
  world_.target("a").set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
    using enum StoreOperation;
    if (at == kBegin || at == kCommit || at == kAbort) done[path.text()].push_back(at);
    if (at == kCommit && path.text() == TestTable::LogName(3)) co_return Fail(ErrorCode::kUnavailable, "crash");
    co_return Status{};
  }});
  EXPECT_FALSE(world_.Receive());
  size_t given_up = 0;
  for (const auto& [path, operations] : done) {
    ASSERT_EQ(operations.size(), 2U) << path << " was begun, and neither committed nor given up, or both";
    EXPECT_EQ(operations.front(), StoreOperation::kBegin);
    if (operations.back() == StoreOperation::kAbort) ++given_up;
  }
  EXPECT_EQ(given_up, 2U) << "versions 4 and 5";
  Repair("a");
  NoteFailure();
  ExpectReceived(2);
  ExpectSameLogs();
}

TEST_F(MirrorReceiverTest, MirrorHasTheSourcesCommitsByteForByte) {
  world_.FirstEpoch();
  ExpectSameLogs();
  world_.InRun("r1", [&] {
    a().Commit({a().Add("f1")});
    a().Commit({TestTable::Remove("f1")});
  });
  ExpectSent(2);
  ExpectReceived(2);
  ExpectSameLogs();
  ExpectAllSame();
  EXPECT_EQ(world_.Text(world_.target("a"), "f1"), "data of f1") << "older versions can be read";
}

TEST_F(MirrorReceiverTest, ForeignCommitOnAMirrorIsDivergedUntouched) {
  world_.FirstEpoch();
  TestTable foreign(&world_.target("b"), &world_.clock);
  foreign.next_ = 2;
  foreign.Commit({});
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  const auto before = Targets();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "version 2 of the mirror is not the source's"));
  EXPECT_EQ(Targets(), before);
}

TEST_F(MirrorReceiverTest, TargetThatIsNotEmptyAndNotOursIsRefused) {
  TestTable foreign(&world_.target("b"), &world_.clock);
  foreign.next_ = 7;
  foreign.Commit({});
  world_.CreateAll();
  ExpectSent(1);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "does not hold this table's commits"));
  EXPECT_THAT(world_.target("a").objects(), IsEmpty());
}

// As after a crash in the middle of a first epoch.
TEST_F(MirrorReceiverTest, ForeignCommitBehindTheSourcesOwnIsNamed) {
  world_.CreateAll();
  for (const int64_t version : {0, 1}) {
    const std::string name = TestTable::LogName(version);
    world_.target("b").Set(name, world_.Text(world_.source("b"), name));
  }
  TestTable foreign(&world_.target("b"), &world_.clock);
  foreign.next_ = 2;
  foreign.Commit({});
  ExpectSent(1);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "version 2 of the mirror is not the source's"));
  EXPECT_THAT(world_.target("a").objects(), IsEmpty());
}

// Taken out of the group and put in again: meanwhile the source has cleaned the beginning of its log.
TEST_F(MirrorReceiverTest, TableThatComesBackGoesOnWhereItsMirrorStands) {
  world_.FirstEpoch();
  TakeOutB();
  world_.InRun("r1", [&] { a().Commit({a().Add("f1")}); });
  ExpectSent(2);
  ExpectReceived(2);
  world_.table("b").CleanLog();
  PutBackB();
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  ExpectReceived(3);
  ExpectAllSame();
  EXPECT_EQ(world_.Text(world_.target("b"), TestTable::LogName(2)),
            world_.Text(world_.source("b"), TestTable::LogName(2)));
}

// Nothing of what both hold is left to compare: what this receiver left is on record.
TEST_F(MirrorReceiverTest, TableThatComesBackBehindAGapGoesOnWhereItsMirrorStands) {
  world_.FirstEpoch();
  TakeOutB();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  ExpectReceived(2);
  world_.table("b").CleanLog();
  PutBackB();
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  ExpectReceived(3);
  ExpectAllSame();
}

TEST_F(MirrorReceiverTest, LogThatEndsBeforeTheSourcesBeginsIsNotThisTable) {
  TestTable foreign(&world_.target("b"), &world_.clock);
  foreign.Create();
  world_.CreateAll();
  world_.table("b").CleanLog();
  ExpectSent(1);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "does not hold this table's commits"));
}

// Whoever staged it: what is applied already is not said to be at an older version.
TEST_F(MirrorReceiverTest, EpochOfAnOlderVersionThanTheMirrorHasIsRefused) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  ExpectReceived(2);
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  const std::string name = plan::StagingLayout("orders").Manifest(Epoch(3)).text();
  auto manifest = plan::ReadManifest(world_.Text(world_.staging(), name), "here");
  ASSERT_THAT(manifest, Succeeded());
  for (plan::ManifestTable& table : manifest->tables) {
    table.base_version.reset();
    table.source_version = Version(0);
  }
  world_.staging().Set(name, plan::WriteManifest(*manifest));
  EXPECT_THAT(world_.Receive(),
              FailedWith(ErrorCode::kCorruptData, "at version 0, and its mirror stands at version 2"));
  EXPECT_FALSE(world_.ReceiptOf(3)->applied);
  EXPECT_FALSE(world_.target("a").objects().contains(TestTable::LogName(3)));
}

TEST_F(MirrorReceiverTest, CorruptStagedCommitIsFoundBeforeAnyTableMoves) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  world_.staging().Set("orders/data/00000000000000000002/b/" + TestTable::LogName(2), "damaged");
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "not what left"));
  EXPECT_EQ(world_.Text(world_.target("a"), TestTable::LogName(2)), "(missing)");
  EXPECT_EQ(Journal(), "");
  ASSERT_TRUE(world_.ReceiptOf(2));
  EXPECT_FALSE(world_.ReceiptOf(2)->applied);
  NoteFailure();
  ExpectSent(3);
  ExpectReceived(3);
  ExpectSameLogs();
}

TEST_F(MirrorReceiverTest, MissingPartOfAManifestIsARefusal) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  const std::string part = PartOf(2, 1);
  world_.staging().objects().erase(part);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, part));
  ASSERT_TRUE(world_.ReceiptOf(2));
  EXPECT_FALSE(world_.ReceiptOf(2)->applied);
  NoteFailure();
  ExpectSent(3);
  ExpectReceived(3);
  ExpectSameLogs();
}

TEST_F(MirrorReceiverTest, CrashBetweenTwoTablesIsRolledForward) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  CrashAt("b", StoreOperation::kCommit, 1, true);
  ASSERT_FALSE(world_.Receive());
  Repair("b");
  world_.Restart();
  ExpectReceived(2);
  ExpectSameLogs();
  ExpectAllSame();
}

// Readers of the mirror level out times that fall or are equal, from the same raw times as those of the source.
TEST_F(MirrorReceiverTest, TimesThatFallOrAreEqualArriveAsTheyAre) {
  world_.CreateAll();
  world_.AppendAll("r1", "f1");
  world_.AppendAll("r2", "f2");
  const std::vector<int64_t> times = {1'600'000'000'999, 1'600'000'000'999, 1'500'000'000'001, 1'600'000'000'500};
  for (size_t version = 0; version < times.size(); ++version) {
    world_.source("a").objects().at(TestTable::LogName(static_cast<int64_t>(version))).modified =
        FromEpochMs(times[version]);
  }
  ExpectSent(1);
  ExpectReceived(1);
  ExpectSameLogs();
}

TEST_F(MirrorReceiverTest, CheckpointsHaveTheSourcesTimesAndTheHintItsOwn) {
  world_.CreateAll();
  a().CleanLog();
  const std::string checkpoint = "_delta_log/00000000000000000001.checkpoint.parquet";
  const std::string hint = "_delta_log/_last_checkpoint";
  world_.source("a").Set(hint, R"({"version":1,"size":3})");
  ExpectSent(1);
  world_.clock.Advance(Millis(1'000'000));
  ExpectReceived(1);
  EXPECT_EQ(Time(world_.target("a"), checkpoint), Time(world_.source("a"), checkpoint));
  EXPECT_EQ(Time(world_.target("a"), TestTable::LogName(1)), Time(world_.source("a"), TestTable::LogName(1)));
  ASSERT_TRUE(Time(world_.target("a"), hint));
  EXPECT_GT(*Time(world_.target("a"), hint), *Time(world_.source("a"), hint));
  EXPECT_EQ(Time(world_.target("a"), "f0"), world_.clock.WallTime()) << "VACUUM goes by the times of data files";
}

TEST_F(MirrorReceiverTest, NoCrashLeavesACommitWithAnotherTime) {
  world_.CreateAll();
  world_.AppendAll("r1", "f1");
  ExpectSent(1);
  int crashes = 0;
  for (const auto operation : {StoreOperation::kSetModified, StoreOperation::kCommit}) {
    for (const bool after : {false, true}) {
      for (const auto* table : {"a", "b"}) CrashAt(table, operation, 1, after);
      crashes += world_.Receive() ? 0 : 1;
      ExpectNoOtherTimes();
      for (const auto* table : {"a", "b"}) Repair(table);
      world_.clock.Advance(Millis(100'000));
      world_.Restart();
    }
  }
  EXPECT_EQ(crashes, 4);
  ASSERT_THAT(world_.Receive(), Succeeded());
  ExpectSameLogs();
}

TEST_F(MirrorReceiverTest, StoreThatRefusesTimesGetsTheEpochAndOneWarning) {
  world_.target("b").set_hooks({.before_effect = [](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at == StoreOperation::kSetModified) co_return Fail(ErrorCode::kUnauthorized, "not the owner");
    co_return Status{};
  }});
  world_.CreateAll();
  ExpectSent(1);
  ExpectReceived(1);
  ExpectAllSame();
  EXPECT_NE(Time(world_.target("b"), TestTable::LogName(0)), Time(world_.source("b"), TestTable::LogName(0)));
  const auto told = std::ranges::count_if(world_.log.lines, [](const std::string& line) {
    return line.find("time of their arrival") != std::string::npos;
  });
  EXPECT_EQ(told, 1);
  EXPECT_TRUE(world_.log.Has("table=b files=2 error=not the owner"));
}

}  // namespace
}  // namespace lakeferry::engine
