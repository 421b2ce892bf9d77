// What the live files of tables come to: carried by both roles from epoch to epoch, and compared at each.
#include "tests/engine/compare/live_set_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_P(LiveSetEpochs, SayWhatReplaysSay) {
  world_.FirstEpoch();
  Next({a().Add("f1")});
  ExpectEpoch(2);
  Next({Sized("f0", 10), a().Add("f2")});
  ExpectEpoch(3);
  Next({Sized("f1", 10), a().Add("f3"), Sized("f2", 10)});
  Next({Sized("f3", 10), a().Add("f4")});
  ExpectEpoch(4);
}

TEST_P(LiveSetEpochs, SayItWhereARemoveDoesNotTellWhatItTakesOut) {
  world_.FirstEpoch();
  Next({a().Add("f1")});
  ExpectEpoch(2);
  Next({TestTable::Remove("f0")});
  ExpectEpoch(3);
}

TEST_P(LiveSetEpochs, SayItWhereAFileOfTheBaseIsNamedAgain) {
  world_.FirstEpoch();
  Next({Again(a(), "f0")});
  ExpectEpoch(2);
  Next({a().AddAgain("f0"), a().Add("f1")});  // by a writer that came back to its commit
  ExpectEpoch(3);
}

TEST_P(LiveSetEpochs, SayItWhereWhatIsRemovedWasNotThere) {
  world_.FirstEpoch();
  Next({TestTable::Remove("never")});
  ExpectEpoch(2);
}

TEST_P(LiveSetEpochs, SayItOfAWholeTableAfterTheLogWasCleaned) {
  world_.FirstEpoch();
  Next({a().Add("f1")});
  Next({Sized("f0", 10), a().Add("f2")});
  if (GetParam() == delta::ReplicationMode::kMirror) return;  // its versions in between would be lost
  a().CleanLog();
  ExpectEpoch(2);
}

TEST_P(LiveSetEpochs, AreCarriedWithoutAReplayOfTheTable) {
  world_.FirstEpoch();
  CountReplays(world_.source("a"));
  Next({Sized("f0", 10), a().Add("f1")});
  ExpectSent(2);
  EXPECT_EQ(replays_, 0);
  CountReplays(world_.target("a"));
  ExpectReceived(2);
  EXPECT_EQ(replays_, 0);
}

// What was carried is in doubt: it is asked for again, by a replay.
TEST_P(LiveSetEpochs, ThatSayOtherThanTheReceiverFindsAreNotCommitted) {
  world_.FirstEpoch();
  Next({a().Add("f1")});
  ExpectSent(2);
  Falsify(2, false);
  const std::vector<std::string> before = Logs();
  const auto received = world_.Receive();
  EXPECT_THAT(received, FailedWith(ErrorCode::kCorruptData, "table 'a': with epoch 2 the replica would hold 2 files"));
  EXPECT_THAT(received, FailedWith(ErrorCode::kCorruptData, "and the source's commits tell of 3 files"));
  EXPECT_EQ(Journal(), "");
  EXPECT_EQ(Logs(), before);
  ASSERT_TRUE(world_.ReceiptOf(2));
  EXPECT_THAT(world_.ReceiptOf(2)->asks.replay_live_set, ElementsAre("a"));
  EXPECT_THAT(world_.ReceiptOf(2)->asks.restage_whole, IsEmpty());
}

// Two replays that differ prove that one of the logs is another one.
TEST_P(LiveSetEpochs, ThatWereReplayedAndDifferStopTheGroup) {
  world_.FirstEpoch();
  Next({a().Add("f1")});
  ExpectSent(2);
  Falsify(2, true);
  const std::vector<std::string> before = Logs();
  const auto received = world_.Receive();
  EXPECT_THAT(received, FailedWith(ErrorCode::kDiverged, "table 'a': with epoch 2 the replica would hold 2 files"));
  EXPECT_THAT(received, FailedWith(ErrorCode::kDiverged, "and the source holds 3 files"));
  EXPECT_EQ(Journal(), "");
  EXPECT_EQ(Logs(), before);
  EXPECT_FALSE(world_.ReceiptOf(2));
}

// Nothing at the target has a part in it: it is refused as anything else that the epoch itself has wrong.
TEST_P(LiveSetEpochs, OfTheFirstEpochAreComparedToo) {
  world_.CreateAll();
  ExpectSent(1);
  Falsify(1, true);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "table 'a'"));
  EXPECT_TRUE(world_.ReceiptOf(1));
  EXPECT_EQ(Journal(), "");
  EXPECT_THAT(Logs(), IsEmpty());
}

// An epoch that names no file of a table still says what the table holds.
TEST_P(LiveSetEpochs, OfATableThatDidNotChangeAreComparedToo) {
  world_.FirstEpoch();
  world_.InRun("r", [&] { world_.table("b").Commit({world_.table("b").Add("f1")}); });
  ExpectSent(2);
  // It is as well known as it was with the first epoch, which was a whole table.
  EXPECT_TRUE(world_.ManifestOf(2).tables[0].live_set_replayed);
  EXPECT_FALSE(world_.ManifestOf(2).tables[1].live_set_replayed);
  Falsify(2, true);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "table 'a'"));
  EXPECT_EQ(Journal(), "");
}

// What the receiver did not find itself it takes from nobody.
TEST_P(LiveSetEpochs, AreReplayedWhereTheReceiverDoesNotKnowTheLast) {
  world_.FirstEpoch();
  auto records = Records();
  ASSERT_EQ(records.size(), 1U);
  for (TablePosition& table : records[0].tables) table.live_set.clear();
  ASSERT_THAT(world_.Run(world_.east_state.Save({}, {.epochs = records})), Succeeded());
  world_.Restart();
  Next({Sized("f0", 10), a().Add("f1")});
  ExpectSent(2);
  CountReplays(world_.target("a"));
  ExpectReceived(2);
  // A clone's marker is read at the start, and its properties once a process.
  EXPECT_EQ(replays_, GetParam() == delta::ReplicationMode::kClone ? 3 : 1);
  EXPECT_EQ(Records()[0].tables[0].live_set, world_.ManifestOf(2).tables[0].live_set.Fingerprint());
}

// A replica whose log was changed in the meantime is found when it is replayed, and what was carried is not taken for
// it.
TEST_P(LiveSetEpochs, OfAReplicaThatSomebodyChangedAreNotTakenForTheOnesThatWereSent) {
  world_.FirstEpoch();
  Next({a().Add("f1")});
  ExpectEpoch(2);
  const std::string first = TestTable::LogName(GetParam() == delta::ReplicationMode::kClone ? 0 : 1);
  std::string text = world_.Text(world_.target("a"), first);
  text.replace(text.find("\"size\":10"), 9, "\"size\":11");
  world_.target("a").Set(first, text);
  auto records = Records();
  for (TablePosition& table : records[0].tables) table.live_set.clear();
  ASSERT_THAT(world_.Run(world_.east_state.Save({}, {.epochs = {records[0]}})), Succeeded());
  world_.Restart();
  Next({a().Add("f2")});
  ExpectSent(3);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "table 'a'"));
  NoteFailure();
  // A log that cannot be read for a moment proves nothing.
  FailReading(world_.source("a"), 1);
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kUnavailable, "away"));
  world_.source("a").set_hooks({});
  world_.sender->book().SetStage(plan::GroupStage::kFailed);
  ExpectSent(4);
  // The last replay is of the state before the change.
  for (const int nth : {1, 2}) {
    FailReading(world_.target("a"), nth);
    EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "away")) << nth;
    NoteFailure();
  }
  world_.target("a").set_hooks({});
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "table 'a'"));
  EXPECT_EQ(Journal(), "");
}

INSTANTIATE_TEST_SUITE_P(Modes, LiveSetEpochs,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror),
                         [](const auto& mode) { return std::string(delta::ReplicationModeName(mode.param)); });

}  // namespace
}  // namespace lakeferry::engine
