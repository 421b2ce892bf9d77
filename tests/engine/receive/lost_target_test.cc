// Targets that were moved away, wholly or in part: a replica that is gone is made anew, one of which a part is left
// waits for people. In both modes.
#include <functional>
#include <string>

#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LostTargetTest : public GroupReceiverTest, public ::testing::WithParamInterface<delta::ReplicationMode> {
 protected:
  LostTargetTest() : GroupReceiverTest(GetParam()) {}

  // Two epochs are there, a third is staged, and the target of b is as `lose` leaves it.
  void LoseTarget(const std::function<void(MemoryStore&)>& lose) {
    world_.FirstEpoch();
    world_.AppendAll("r1", "f1");
    ExpectSent(2);
    ExpectReceived(2);
    world_.AppendAll("r2", "f2");
    ExpectSent(3);
    lose(world_.target("b"));
  }
  static void MoveAway(MemoryStore& target) { target.objects().clear(); }
  static void MoveLogAway(MemoryStore& target) {
    std::erase_if(target.objects(), [](const auto& object) { return object.first.starts_with("_delta_log/"); });
  }
  void ExpectRefused(int64_t epoch) {
    ExpectRestaging();
    ASSERT_TRUE(world_.ReceiptOf(epoch));
    EXPECT_FALSE(world_.ReceiptOf(epoch)->applied);
    EXPECT_THAT(world_.ReceiptOf(epoch)->asks.restage_whole, ElementsAre("b"));
    EXPECT_EQ(Journal(), "");
  }
  // A step that was to come, and no fault.
  void ExpectRestaging() {
    const auto received = world_.Receive();
    ASSERT_THAT(received, Succeeded());
    EXPECT_EQ(received->state, GroupState::kRestaging);
    EXPECT_EQ(received->epoch, std::nullopt);
    EXPECT_THAT(received->reason, HasSubstr("the target of table 'b' is gone"));
  }
  void SendOneMore() {
    const std::string next = std::to_string(world_.table("b").newest().Next().value());
    world_.AppendAll("of " + next, "g" + next);
    ASSERT_THAT(world_.Send(), Succeeded());
  }
  void SendAndReceiveOneMore() {
    SendOneMore();
    ASSERT_THAT(world_.Receive(), Succeeded());
  }
  // The epoch that the receiver asks for where it finds b gone.
  void SendUntilWhole() {
    SendOneMore();
    ExpectRestaging();
    ASSERT_THAT(world_.Send(), Succeeded());
  }
  // Whether a crash came to pass while the epoch was applied; with what it left the next pass has to go on.
  bool CrashOnce(StoreOperation operation, int nth, bool after, bool forgets) {
    CrashAt("b", operation, nth, after);
    const bool crashed = !world_.Receive();
    Repair("b");
    if (forgets) world_.east_state.Clear();
    world_.Restart();
    EXPECT_THAT(world_.Receive(), Succeeded());
    ExpectAllSame();
    if (GetParam() == delta::ReplicationMode::kClone) {
      EXPECT_EQ(world_.SnapshotOf(world_.target("b")).version, Version(0)) << "no commit twice";
    }
    return crashed;
  }
};

TEST_P(LostTargetTest, TableWhoseTargetWasMovedAwayIsCopiedAnew) {
  LoseTarget(MoveAway);
  const auto before = Targets();
  ExpectRefused(3);
  EXPECT_EQ(Targets(), before) << "nothing was placed";
  ExpectSent(4);
  const auto manifest = world_.ManifestOf(4);
  EXPECT_NE(manifest.tables[0].base_version, std::nullopt) << "the other table goes on";
  EXPECT_EQ(manifest.tables[1].base_version, std::nullopt);
  ExpectReceived(4);
  ExpectAllSame();
  world_.AppendAll("r3", "f3");
  ExpectSent(5);
  EXPECT_NE(world_.ManifestOf(5).tables[1].base_version, std::nullopt);
  ExpectReceived(5);
  ExpectAllSame();
}

TEST_P(LostTargetTest, TargetThatIsMovedAwayAfterAForeignCommitIsCopiedAnew) {
  LoseTarget([this](MemoryStore& target) {
    TestTable foreign(&target, &world_.clock);
    foreign.next_ = GetParam() == delta::ReplicationMode::kMirror ? 3 : 2;
    foreign.Commit({foreign.Add("mine")});
  });
  const auto before = Targets();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "move the target away"));
  EXPECT_EQ(Targets(), before);
  EXPECT_FALSE(world_.ReceiptOf(3));
  NoteFailure();
  MoveAway(world_.target("b"));
  ExpectRefused(3);
  ExpectSent(4);
  ExpectReceived(4);
  ExpectAllSame();
}

TEST_P(LostTargetTest, TheGroupIsRestagingUntilTheTableIsThere) {
  LoseTarget(MoveAway);
  world_.AppendAll("r3", "f3");
  ExpectSent(4);
  ExpectRestaging();
  ASSERT_TRUE(world_.ReceiptOf(4)) << "what was staged upon the refused epoch goes the same way";
  EXPECT_FALSE(world_.ReceiptOf(4)->applied);
  EXPECT_EQ(world_.receiver->book().record().state, GroupState::kIdle) << "PassRunner enters what the pass says";
  ExpectRestaging();
  const auto cut = world_.ManifestOf(3).cut_time;
  EXPECT_EQ(world_.receiver->book().record().waiting_since, cut);
  std::vector<GroupState> states;
  world_.staging().set_hooks({.before_effect = [&](std::string, StoreOperation, ObjectPath path) -> Task<Status> {
    if (path.text().contains("/data/")) states.push_back(world_.sender->book().record().state);
    co_return Status{};
  }});
  ExpectSent(5);
  world_.staging().set_hooks({});
  EXPECT_THAT(states, Contains(GroupState::kRestaging));
  EXPECT_EQ(world_.sender->book().record().restaging, "");
  world_.target("b").set_hooks({.before_effect = [&](std::string, StoreOperation operation,
                                                     ObjectPath) -> Task<Status> {
    if (operation == StoreOperation::kCommit) {
      EXPECT_EQ(world_.receiver->book().record().state, GroupState::kRestaging);
      EXPECT_GT(world_.receiver->book().record().progress.files_total, 0);
      EXPECT_EQ(world_.receiver->book().record().progress.files, world_.receiver->book().record().progress.files_total);
    }
    co_return Status{};
  }});
  const auto received = world_.Receive();
  ASSERT_THAT(received, Succeeded());
  EXPECT_EQ(received->state, GroupState::kIdle);
  EXPECT_EQ(world_.receiver->book().record().restaging, "");
  EXPECT_EQ(world_.receiver->book().record().waiting_since, std::nullopt);
  ExpectAllSame();
}

TEST_P(LostTargetTest, LostMetadataStoreMakesNoDifference) {
  LoseTarget(MoveAway);
  world_.east_state.Clear();
  world_.Restart();
  ExpectRefused(3);
  world_.east_state.Clear();
  world_.Restart();
  ExpectSent(4);
  ExpectReceived(4);
  ExpectAllSame();
}

TEST_P(LostTargetTest, LogThatLacksTheVersionWeLeftWaitsUntouched) {
  LoseTarget([](MemoryStore& target) {
    std::erase_if(target.objects(), [](const auto& object) {
      return object.first.starts_with("_delta_log/") && object.first != TestTable::LogName(0);
    });
  });
  const auto before = Targets();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "restore the target, or move it away"));
  EXPECT_EQ(Targets(), before);
  EXPECT_FALSE(world_.ReceiptOf(3));
}

TEST_P(LostTargetTest, DataFilesWithoutALogAreKeptAndBuiltUpon) {
  LoseTarget(MoveLogAway);
  ExpectRefused(3);
  ExpectSent(4);
  ExpectReceived(4);
  ExpectAllSame();
}

TEST_P(LostTargetTest, ForeignFilesInAMovedTargetAreNotBuiltUpon) {
  LoseTarget([](MemoryStore& target) {
    MoveAway(target);
    target.Set("notes.txt", "mine");
  });
  ExpectRefused(3);
  ExpectSent(4);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "it holds 'notes.txt', which is not ours"));
  EXPECT_FALSE(world_.ReceiptOf(4));
  EXPECT_EQ(world_.target("b").objects().size(), 1U);
  NoteFailure();
  MoveAway(world_.target("b"));
  ExpectReceived(4);
  ExpectAllSame();
}

// Whatever a crash leaves of the new replica is recognised, though the receiver remembers versions of the old one.
TEST_P(LostTargetTest, CrashWhileTheReplicaIsMadeAnewIsRolledForward) {
  world_.FirstEpoch();
  world_.target("b").set_batch(1);  // there is something between one file and the next
  int crashes = 0;
  for (const auto operation : {StoreOperation::kCopy, StoreOperation::kCommit}) {
    for (const bool after : {false, true}) {
      for (const bool advanced : {false, true}) {
        for (const bool forgets : {false, true}) {
          SCOPED_TRACE(crashes);
          if (advanced) SendAndReceiveOneMore();
          MoveAway(world_.target("b"));
          SendUntilWhole();
          const bool one_commit = operation == StoreOperation::kCommit && GetParam() == delta::ReplicationMode::kClone;
          crashes += CrashOnce(operation, one_commit || forgets ? 1 : 2, after, forgets) ? 1 : 0;
        }
      }
    }
  }
  EXPECT_EQ(crashes, 16);
}

TEST_P(LostTargetTest, CrashBehindTheCheckpointThatAReplicaBeginsWithIsRolledForward) {
  world_.FirstEpoch();
  MoveAway(world_.target("b"));
  world_.AppendAll("r1", "f1");
  world_.table("b").CleanLog();
  ExpectSent(2);
  ASSERT_EQ(world_.ManifestOf(2).tables[1].base_version, std::nullopt);
  EXPECT_TRUE(CrashOnce(StoreOperation::kCommit, 1, true, false));
}

TEST_P(LostTargetTest, TargetThatIsMovedAwayInTheMiddleOfAnEpochIsNeverRefused) {
  LoseTarget([](MemoryStore&) {});
  CrashAt("b", StoreOperation::kCommit, 1);
  ASSERT_FALSE(world_.Receive());
  Repair("b");
  ASSERT_NE(Journal(), "");
  const auto kept = world_.target("b").objects();
  MoveAway(world_.target("b"));
  world_.Restart();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "table 'b', in the middle of an epoch"));
  EXPECT_FALSE(world_.ReceiptOf(3));
  EXPECT_THAT(world_.target("b").objects(), IsEmpty());
  world_.target("b").objects() = kept;
  NoteFailure();
  ExpectReceived(3);
  ExpectAllSame();
}

TEST_P(LostTargetTest, TargetThatIsMovedAwayWhileItIsMadeHasItsFilesBeforeItsLog) {
  world_.CreateAll();
  ExpectSent(1);
  CrashAt("b", StoreOperation::kCommit, 1);
  ASSERT_FALSE(world_.Receive());
  Repair("b");
  ASSERT_NE(Journal(), "");
  MoveAway(world_.target("b"));
  const auto staged = world_.staging().objects();
  world_.staging().objects().erase("orders/data/00000000000000000001/b/f0");
  world_.Restart();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "restore what is named"));
  EXPECT_FALSE(world_.ReceiptOf(1)) << "too late for a refusal";
  EXPECT_THAT(world_.target("b").objects(), IsEmpty());
  NoteFailure();
  world_.staging().objects() = staged;
  ExpectReceived(1);
  ExpectAllSame();
}

// Sidecars alone are a log of somebody, too.
TEST_P(LostTargetTest, LogOfWhichOnlyAFolderIsLeftWaitsUntouched) {
  LoseTarget([](MemoryStore& target) {
    target.objects().clear();
    target.Set("_delta_log/_sidecars/s.parquet", "rows");
  });
  const auto before = Targets();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "table 'b'"));
  EXPECT_FALSE(world_.ReceiptOf(3));
  EXPECT_EQ(Targets(), before);
}

// After the pass has looked whether the replica is as it was left, and before it makes the replica anew: beside what is
// left of a log no other one is begun.
TEST_P(LostTargetTest, TableThatComesWholeIsNotPutBesideWhatIsLeftOfALog) {
  LoseTarget(MoveAway);
  ExpectRefused(3);
  ExpectSent(4);
  MemoryStore& target = world_.target("b");
  const std::vector<std::function<void()>> rests = {[&] { target.Set("_delta_log/notes", "mine"); },
                                                    [&] { target.Set("_delta_log/_sidecars/s.parquet", "rows"); },
                                                    [&] { target.links().insert("_delta_log/notes"); }};
  const std::string manifest = plan::StagingLayout("orders").Manifest(Epoch(4)).text();
  for (const auto& leave : rests) {
    world_.staging().set_hooks({.after_effect = [&](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
      if (at == StoreOperation::kGet && path.text() == manifest) leave();
      co_return Status{};
    }});
    EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "restore the target, or move it away"));
    EXPECT_FALSE(world_.ReceiptOf(4));
    EXPECT_EQ(target.objects().size() + target.links().size(), 1U) << "nothing was placed";
    NoteFailure();
    MoveAway(target);
    target.links().clear();
  }
  world_.staging().set_hooks({});
  ExpectReceived(4);
  ExpectAllSame();
}

// A receiver that has lost targets and memory refuses an epoch for what is wrong with it, and remembers no more than
// that: the sender goes on from the epoch before, which the receipt says was applied, and which nothing here shows.
TEST_P(LostTargetTest, EpochWhoseBaseIsRememberedByItsReceiptAloneIsAskedForWhole) {
  world_.FirstEpoch();
  for (const int64_t epoch : {2, 3}) {
    world_.AppendAll("r" + std::to_string(epoch), "f" + std::to_string(epoch));
    ExpectSent(epoch);
    if (epoch == 2) ExpectReceived(epoch);
  }
  for (const auto* table : {"a", "b"}) MoveAway(world_.target(table));
  world_.east_state.Clear();
  world_.staging().objects().erase(PartOf(3, 1));
  world_.Restart();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "a staged object is missing"));
  world_.Restart();
  ExpectSent(4);
  ASSERT_EQ(world_.ManifestOf(4).base_epoch, Epoch(2));
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "what changed since epoch 2"));
  ASSERT_TRUE(world_.ReceiptOf(4));
  EXPECT_THAT(world_.ReceiptOf(4)->asks.restage_whole, ElementsAre("a", "b"));
  NoteFailure();
  ExpectSent(5);
  ExpectReceived(5);
  ExpectAllSame();
}

INSTANTIATE_TEST_SUITE_P(Modes, LostTargetTest,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror));

}  // namespace
}  // namespace lakeferry::engine
