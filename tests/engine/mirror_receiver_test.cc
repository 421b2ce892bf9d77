// A receiver's passes in mirror mode.
#include "tests/engine/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::IsEmpty;

class MirrorReceiverTest : public GroupReceiverTest {
 protected:
  MirrorReceiverTest() : GroupReceiverTest(delta::ReplicationMode::kMirror) {}
  void ExpectSameLogs() {
    for (const auto* table : {"a", "b"}) {
      for (int64_t version = 0; version <= world_.table(table).newest().value(); ++version) {
        const std::string name = TestTable::LogName(version);
        EXPECT_EQ(world_.Text(world_.target(table), name), world_.Text(world_.source(table), name)) << table << name;
      }
    }
  }
};

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

TEST_F(MirrorReceiverTest, MirrorThatIsGoneIsDivergedAndNoLaterCommitIsWrittenIntoTheVoid) {
  world_.FirstEpoch();
  world_.target("b").objects().clear();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "version 1 of the mirror"));
  EXPECT_THAT(world_.target("b").objects(), IsEmpty());
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

}  // namespace
}  // namespace lakeferry::engine
