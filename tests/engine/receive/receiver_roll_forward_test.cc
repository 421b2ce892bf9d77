// What a receiver does with a half-applied epoch whose files, staged copies or parts are gone meanwhile, and the times
// of what it writes later.
#include <fmt/format.h>

#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr Millis kTenDays{864'000'000};
constexpr const char* kVector =
    R"(,"deletionVector":{"storageType":"i","pathOrInlineDv":"wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L",)"
    R"("sizeInBytes":40,"cardinality":6})";

class RollForwardTest : public GroupReceiverTest {
 protected:
  using GroupReceiverTest::GroupReceiverTest;
  static std::string Staged(const std::string& path) { return "orders/data/00000000000000000002/" + path; }
  // Epoch 2, which adds f1 to both tables, journaled; the crash comes before the first commit to `table`, and to b in
  // any case.
  void CrashBeforeTheCommitOf(const std::string& table) {
    world_.FirstEpoch();
    world_.AppendAll("r1", "f1");
    ExpectSent(2);
    CrashBeforeItsCommit(table);
  }
  void CrashBeforeItsCommit(const std::string& table) {
    CrashAt(table, StoreOperation::kCommit, 1);
    CrashAt("b", StoreOperation::kCommit, 1);
    ASSERT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "crash"));
    ASSERT_NE(Journal(), "");
    Repair(table);
    Repair("b");
    world_.Restart();
  }
  // The pass names `words`, says what to do, and leaves everything as it was, waiting.
  void ExpectStuck(const std::string& words) {
    const auto before = Targets();
    const auto received = world_.Receive();
    ASSERT_THAT(received, FailedWith(ErrorCode::kCorruptData, words));
    EXPECT_THAT(received.error().remedy, HasSubstr("restore what is named"));
    EXPECT_THAT(received.error().remedy, Not(HasSubstr("next cut")));
    EXPECT_EQ(Targets(), before);
    EXPECT_FALSE(world_.ReceiptOf(2));
    EXPECT_NE(Journal(), "");
    NoteFailure();
  }
};

class RollForwardInEitherModeTest : public RollForwardTest,
                                    public ::testing::WithParamInterface<delta::ReplicationMode> {
 protected:
  RollForwardInEitherModeTest() : RollForwardTest(GetParam()) {}
};

TEST_P(RollForwardInEitherModeTest, PlacedFilesThatAreGoneArePlacedAgain) {
  CrashBeforeTheCommitOf("a");
  for (const auto* table : {"a", "b"}) ASSERT_EQ(world_.target(table).objects().erase("f1"), 1U);
  ExpectReceived(2);
  ExpectAllSame();
  EXPECT_EQ(Journal(), "");
}

TEST_P(RollForwardInEitherModeTest, PlacedFileOfTheSecondTableIsPlacedAgain) {
  CrashBeforeTheCommitOf("b");
  ASSERT_EQ(world_.target("b").objects().erase("f1"), 1U);
  ExpectReceived(2);
  ExpectAllSame();
}

// VACUUM between placing and the commit takes files that are old and that no log names.
TEST_P(RollForwardInEitherModeTest, PlacedFilesAreAsYoungAsTheAttemptThatKeepsThem) {
  CrashBeforeTheCommitOf("a");
  world_.clock.Advance(kTenDays);
  const TimeMs later = world_.clock.WallTime();
  // The staged copy may be gone by then.
  ASSERT_EQ(world_.staging().objects().erase(Staged("b/f1")), 1U);
  ExpectReceived(2);
  for (const auto* table : {"a", "b"}) EXPECT_GE(world_.target(table).objects().at("f1").modified, later) << table;
}

TEST_P(RollForwardInEitherModeTest, PlacedFileThatVanishesWhileItIsKeptIsBroughtByTheNextPass) {
  CrashBeforeTheCommitOf("a");
  world_.target("b").set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at == StoreOperation::kTouch) world_.target("b").objects().erase("f1");
    co_return Status{};
  }});
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "vanished from the target"));
  Repair("b");
  NoteFailure();
  ExpectReceived(2);
  ExpectAllSame();
}

// Nor does one that cannot be made young again count as kept.
TEST_P(RollForwardInEitherModeTest, PlacedFileThatCannotBeReadOnceIsNotTakenForAnother) {
  CrashBeforeTheCommitOf("a");
  for (const StoreOperation failing : {StoreOperation::kOpen, StoreOperation::kTouch}) {
    bool failed = false;
    world_.target("b").set_hooks(
        {.before_effect = [&](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
          if (failed || at != failing || path.text() != "f1") co_return Status{};
          failed = true;
          co_return Fail(ErrorCode::kUnavailable, "not now");
        }});
    EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "not now"));
    Repair("b");
    NoteFailure();
  }
  ExpectReceived(2);
  ExpectAllSame();
}

TEST_P(RollForwardInEitherModeTest, FileThatIsGoneFromBothIsNamedAndNothingIsCommitted) {
  CrashBeforeTheCommitOf("a");
  ASSERT_EQ(world_.target("b").objects().erase("f1"), 1U);
  ASSERT_EQ(world_.staging().objects().erase(Staged("b/f1")), 1U);
  ExpectStuck(Staged("b/f1"));
  world_.target("b").Set("f1", "data of f1");
  ExpectReceived(2);
  ExpectAllSame();
}

TEST_P(RollForwardInEitherModeTest, FileThatIsInItsPlaceNeedsNoStagedCopy) {
  CrashBeforeTheCommitOf("a");
  for (const auto* table : {"a/f1", "b/f1"}) ASSERT_EQ(world_.staging().objects().erase(Staged(table)), 1U);
  ExpectReceived(2);
  ExpectAllSame();
}

TEST_P(RollForwardInEitherModeTest, LostPartIsNamedAndRestoredByHand) {
  CrashBeforeTheCommitOf("b");
  const std::string part = PartOf(2, 1);
  const MemoryStore::Object lost = world_.staging().objects().at(part);
  world_.staging().objects().erase(part);
  ExpectStuck(part);
  world_.staging().objects().emplace(part, lost);
  ExpectReceived(2);
  ExpectAllSame();
}

INSTANTIATE_TEST_SUITE_P(Modes, RollForwardInEitherModeTest,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror));

TEST_F(RollForwardTest, FileThatAVacuumOnTheCloneTookIsPlacedAgain) {
  CrashBeforeTheCommitOf("a");
  TestTable vacuum(&world_.target("a"), &world_.clock);
  vacuum.next_ = 1;
  vacuum.Commit({});
  world_.target("a").objects().erase("f1");
  ExpectReceived(2);
  ExpectAllSame();
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).version, Version(2));
}

TEST_F(RollForwardTest, OtherFileInThePlaceOfAPlacedOneIsDiverged) {
  CrashBeforeTheCommitOf("a");
  world_.target("b").Set("f1", "DATA OF f1");
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "another file of this name (mem://east/b/f1)"));
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).version, Version(0));
}

TEST_F(RollForwardTest, FileFromAnEpochBeforeThatIsGoneIsNamedAndNothingIsCommitted) {
  world_.FirstEpoch();
  world_.InRun("r1",
               [&] { world_.table("b").Commit({TestTable::Remove("f0"), world_.table("b").AddAgain("f0", kVector)}); });
  ExpectSent(2);
  CrashBeforeItsCommit("b");
  world_.target("b").objects().erase("f0");
  ExpectStuck("the replica has lost an object that the epoch builds upon (mem://east/b/f0)");
  world_.target("b").Set("f0", "data of f0");
  ExpectReceived(2);
  ExpectAllSame();
}

// A tombstone that had expired when it was written would let the next VACUUM take a file that was live until then.
TEST_F(RollForwardTest, TombstonesAreAsYoungAsTheCommitThatComesLate) {
  world_.FirstEpoch();
  world_.InRun("r1", [&] {
    for (const auto* table : {"a", "b"}) world_.table(table).Commit({TestTable::Remove("f0")});
  });
  ExpectSent(2);
  const int64_t drawn = ToEpochMs(world_.clock.WallTime());
  CrashBeforeItsCommit("b");
  world_.clock.Advance(kTenDays);
  const int64_t later = ToEpochMs(world_.clock.WallTime());
  ExpectReceived(2);
  ExpectAllSame();
  EXPECT_THAT(world_.Text(world_.target("a"), TestTable::LogName(1)),
              HasSubstr(fmt::format(R"("deletionTimestamp":{})", drawn)));
  const std::string late = world_.Text(world_.target("b"), TestTable::LogName(1));
  EXPECT_THAT(late, HasSubstr(fmt::format(R"("deletionTimestamp":{})", later)));
  EXPECT_THAT(late, HasSubstr(fmt::format(R"("commitInfo":{{"timestamp":{})", drawn)))
      << "one time for the whole epoch";
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).version, Version(1)) << "no commit twice";
}

TEST_F(RollForwardTest, NoTombstoneIsOlderThanTheJournalThoughTheClockWentBack) {
  world_.FirstEpoch();
  world_.InRun("r1", [&] { world_.table("b").Commit({TestTable::Remove("f0")}); });
  ExpectSent(2);
  const TimeMs drawn = world_.clock.WallTime();
  CrashBeforeItsCommit("b");
  world_.clock.Set(drawn - kTenDays);
  ExpectReceived(2);
  EXPECT_THAT(world_.Text(world_.target("b"), TestTable::LogName(1)),
              HasSubstr(fmt::format(R"("deletionTimestamp":{})", ToEpochMs(drawn))));
}

// The whole table over a replica: what it does not hold any more is removed by the receiver.
TEST_F(RollForwardTest, TombstonesOfAWholeTableAreAsYoungAsTheCommitThatComesLate) {
  world_.FirstEpoch();
  world_.target("b").objects().erase("f0");
  TestTable& b = world_.table("b");
  world_.InRun("r1", [&] { b.Commit({TestTable::Remove("f0"), b.AddAgain("f0", kVector), b.Add("f1")}); });
  ExpectSent(2);
  ASSERT_FALSE(world_.Receive());
  NoteFailure();
  world_.InRun("r2", [&] { b.Commit({TestTable::Remove("f0", kVector)}); });
  ExpectSent(3);
  ASSERT_EQ(world_.ManifestOf(3).tables[1].base_version, std::nullopt);
  CrashBeforeItsCommit("b");
  world_.clock.Advance(kTenDays);
  const int64_t later = ToEpochMs(world_.clock.WallTime());
  ExpectReceived(3);
  EXPECT_THAT(world_.Text(world_.target("b"), TestTable::LogName(1)),
              HasSubstr(fmt::format(R"("deletionTimestamp":{})", later)));
}

TEST_F(RollForwardTest, TimeThatPlacingTakesDoesNotMakeTombstonesOlder) {
  world_.FirstEpoch();
  world_.InRun("r1", [&] { a().Commit({TestTable::Remove("f0"), a().Add("f1")}); });
  ExpectSent(2);
  world_.target("a").set_hooks({.after_effect = [&](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at == StoreOperation::kCopy) world_.clock.Advance(kTenDays);
    co_return Status{};
  }});
  const TimeMs begun = world_.clock.WallTime();
  ExpectReceived(2);
  EXPECT_THAT(world_.Text(world_.target("a"), TestTable::LogName(1)),
              HasSubstr(fmt::format(R"("deletionTimestamp":{})", ToEpochMs(begun + kTenDays))));
}

}  // namespace
}  // namespace lakeferry::engine
