// A second writer, or a second answer, between a look and an act: somebody commits to a replica at the moment of
// publishing, an answer is lost on the way, a manifest or a receipt is another one than it was. Nothing of anybody is
// written over, and the pass says whose it is.
#include <functional>
#include <string>

#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::HasSubstr;

constexpr auto kForeignCommit = R"({"commitInfo":{"timestamp":1,"operation":"WRITE"}}
{"add":{"path":"mine","partitionValues":{},"size":12,"modificationTime":1,"dataChange":true}}
)";

class SecondWriter : public GroupReceiverTest {
 protected:
  explicit SecondWriter(delta::ReplicationMode mode = delta::ReplicationMode::kClone) : GroupReceiverTest(mode) {}

  // Does something once, right before the effect of such a call.
  static void Before(MemoryStore& store, StoreOperation operation, std::string path, std::function<Status()> act) {
    auto done = std::make_shared<bool>(false);
    auto hook = [=, act = std::move(act)](std::string, StoreOperation at, ObjectPath what) -> Task<Status> {
      if (*done || at != operation || what.text() != path) co_return Status{};
      *done = true;
      co_return act();
    };
    store.set_hooks({.before_effect = hook, .after_effect = {}});
  }
  // Epoch 2 is staged, and b's next version is `version`.
  void StageSecond() {
    world_.FirstEpoch();
    world_.AppendAll("r1", "f1");
    ExpectSent(2);
  }
  // Somebody writes the version that the receiver is about to, and the receiver's answer is `answer`.
  void ForeignFirst(int64_t version, const Status& answer) {
    MemoryStore& target = world_.target("b");
    Before(target, StoreOperation::kCommit, TestTable::LogName(version), [&target, version, answer] {
      target.Set(TestTable::LogName(version), kForeignCommit);
      return answer;
    });
  }
  // The group stands until the commit is taken away, and goes on then.
  void ExpectDivergedUntilMended(int64_t version, const std::string& said) {
    EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, said));
    Repair("b");
    const auto after = Targets();
    for (int again = 0; again < 2; ++again) {
      NoteFailure();
      if (again == 1) world_.Restart();
      EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, said));
      EXPECT_EQ(Targets(), after) << "nothing is written while it is there";
    }
    EXPECT_EQ(world_.Text(world_.target("b"), TestTable::LogName(version)), kForeignCommit);
    world_.target("b").objects().erase(TestTable::LogName(version));
    world_.Restart();
    ExpectReceived(2);
    ExpectAllSame();
  }
  void Change(int64_t epoch, const std::function<void(plan::Manifest&)>& change) {
    const std::string name = plan::StagingLayout("orders").Manifest(Epoch(epoch)).text();
    plan::Manifest manifest = world_.ManifestOf(epoch);
    change(manifest);
    world_.staging().Set(name, plan::WriteManifest(manifest));
  }
};

class SecondWriterAtAMirror : public SecondWriter {
 protected:
  SecondWriterAtAMirror() : SecondWriter(delta::ReplicationMode::kMirror) {}
};

Status AnswerIsLost() { return Fail(ErrorCode::kOutcomeUnknown, "the answer was lost"); }

TEST_F(SecondWriter, CommitOfSomebodyElseAtTheMomentOfOursIsNoneOfOurs) {
  StageSecond();
  ForeignFirst(1, {});
  ExpectDivergedUntilMended(1, "somebody else has written version 1 of the replica");
}

TEST_F(SecondWriter, CommitOfSomebodyElseIsNotOursBecauseTheAnswerWasLost) {
  StageSecond();
  ForeignFirst(1, AnswerIsLost());
  ExpectDivergedUntilMended(1, "somebody else has written version 1 of the replica");
}

TEST_F(SecondWriterAtAMirror, CommitOfSomebodyElseAtTheMomentOfOursIsAFork) {
  StageSecond();
  ForeignFirst(2, {});
  ExpectDivergedUntilMended(2, "version 2 of the mirror is not the source's");
}

TEST_F(SecondWriterAtAMirror, CommitOfSomebodyElseIsNotOursBecauseTheAnswerWasLost) {
  StageSecond();
  ForeignFirst(2, AnswerIsLost());
  ExpectDivergedUntilMended(2, "version 2 of the mirror is not the source's");
}

// The same bytes are the same commit, whoever put them there.
TEST_F(SecondWriterAtAMirror, OurOwnCommitByAnotherReceiverCounts) {
  StageSecond();
  MemoryStore& target = world_.target("b");
  const std::string name = TestTable::LogName(2);
  Before(target, StoreOperation::kCommit, name, [&]() -> Status {
    target.Set(name, world_.Text(world_.source("b"), name), world_.source("b").objects().at(name).modified);
    return {};
  });
  ExpectReceived(2);
  ExpectAllSame();
}

TEST_F(SecondWriter, CommitThatWasLostOnItsWayIsWrittenByTheNextPass) {
  StageSecond();
  Before(world_.target("b"), StoreOperation::kCommit, TestTable::LogName(1), AnswerIsLost);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "the commit was lost on its way"));
  NoteFailure();
  ExpectReceived(2);
  ExpectAllSame();
}

TEST_F(SecondWriter, CommitThatCannotBeReadBackIsNotSettled) {
  StageSecond();
  const std::string name = TestTable::LogName(1);
  bool committed = false;
  world_.target("b").set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
    if (path.text() != name) co_return Status{};
    if (committed && at == StoreOperation::kOpen) co_return Fail(ErrorCode::kUnauthorized, "not now");
    if (at != StoreOperation::kCommit) co_return Status{};
    committed = true;
    co_return AnswerIsLost();
  }});
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnauthorized, "not now"));
}

TEST_F(SecondWriter, ManifestUnderAHalfAppliedEpochThatIsAnotherIsRefused) {
  HalfApplySecondEpoch();
  world_.Restart();
  Change(2, [](plan::Manifest& manifest) { manifest.created += Millis(1); });
  const auto before = Targets();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "epoch 2, which is half applied, is gone or another"));
  EXPECT_EQ(Targets(), before);
}

// Behind a refusal the manifest before is not the one that is applied: its digest still has to be the one named.
TEST_F(SecondWriter, ManifestThatIsNotChainedToARefusedOneIsRefused) {
  StageSecond();
  for (auto& [path, object] : world_.staging().objects()) {
    if (path.starts_with("orders/data/") && path.ends_with("/f1")) object.bytes = std::make_shared<std::string>("x");
  }
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "not what left"));
  NoteFailure();
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  const std::string whole = world_.Text(world_.staging(), "orders/epochs/00000000000000000003/manifest");
  Change(3, [](plan::Manifest& manifest) { manifest.previous_sha256 = std::string(64, '0'); });
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "not chained to the one before it"));
  NoteFailure();
  world_.staging().Set("orders/epochs/00000000000000000003/manifest", whole);
  ExpectReceived(3);
  ExpectAllSame();
}

TEST_F(SecondWriter, ManifestOfAnOlderGenerationIsRefused) {
  StageSecond();
  Change(2, [](plan::Manifest& manifest) { manifest.generation = Generation(0); });
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "of an older generation"));
  EXPECT_FALSE(world_.ReceiptOf(2));
  NoteFailure();
  Change(2, [](plan::Manifest& manifest) { manifest.generation = Generation(1); });
  ExpectReceived(2);
}

// Another receiver refuses what this one has just applied.
TEST_F(SecondWriter, ReceiptOfAnotherReceiverThatSaysOtherwiseStopsThisOne) {
  StageSecond();
  MemoryStore& staging = world_.staging();
  const std::string name = plan::StagingLayout("orders").Receipt(Epoch(2)).text();
  std::string other;
  Before(staging, StoreOperation::kPutIfAbsent, name, [&]() -> Status {
    plan::Receipt receipt{.group = "orders",
                          .epoch = Epoch(2),
                          .manifest_sha256 = std::string(64, '1'),
                          .applied = true,
                          .reason = {},
                          .answered = world_.clock.WallTime(),
                          .tables = {}};
    other = plan::WriteReceipt(receipt);
    staging.Set(name, other);
    return {};
  });
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "another receiver has answered this epoch otherwise"));
  EXPECT_EQ(world_.Text(staging, name), other);
  staging.set_hooks({});
  // The sender does not take it for the answer to its own manifest, and releases nothing.
  const auto staged = world_.Staged("orders/data/00000000000000000002/");
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kRefused, "the receipt of epoch 2 answers another manifest"));
  EXPECT_EQ(world_.Staged("orders/data/00000000000000000002/"), staged);
}

// What an epoch builds upon has the size that it had, or the table has to come whole.
TEST_F(SecondWriter, FileOfAnEpochBeforeThatWasWrittenOverIsNotPresent) {
  world_.FirstEpoch();
  world_.InRun("r1", [&] { world_.table("b").Commit({world_.table("b").AddAgain("f0", R"(,"tags":{"x":"y"})")}); });
  ExpectSent(2);
  world_.target("b").Set("f0", "longer than it was");
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "lost an object that the epoch builds upon"));
  ASSERT_TRUE(world_.ReceiptOf(2));
  EXPECT_THAT(world_.ReceiptOf(2)->asks.restage_whole, ::testing::ElementsAre("b"));
}

// The sender's answer was lost, and another sender's manifest is there.
TEST_F(SecondWriter, ManifestOfAnotherSenderIsNotOursBecauseTheAnswerWasLost) {
  world_.CreateAll();
  MemoryStore& staging = world_.staging();
  const std::string name = plan::StagingLayout("orders").Manifest(Epoch(1)).text();
  Before(staging, StoreOperation::kPutIfAbsent, name, [&]() -> Status {
    staging.Set(name, "another");
    return AnswerIsLost();
  });
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kRefused, "another sender has staged epoch 1"));
  EXPECT_EQ(world_.Text(staging, name), "another");
}

TEST_F(SecondWriter, EpochsOfTwoSendersAreOneChain) {
  world_.FirstEpoch();
  GroupSender other(world_.west, world_.spec);
  world_.AppendAll("r1", "f1");
  ASSERT_THAT(world_.Run(other.RunOnce({})), Succeeded());
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  world_.AppendAll("r3", "f3");
  ASSERT_THAT(world_.Run(other.RunOnce({})), Succeeded());
  ExpectReceived(4);
  ExpectAllSame();
}

// Of an epoch that does not touch the table.
TEST_F(SecondWriterAtAMirror, CommitOfSomebodyElseBehindATableThatDidNotChangeIsAFork) {
  world_.FirstEpoch();
  world_.InRun("r1", [&] { a().Commit({a().Add("f1")}); });
  ExpectSent(2);
  world_.target("b").Set(TestTable::LogName(2), kForeignCommit);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "version 2 of the mirror is not the source's"));
}

// A commit of ours may itself change nothing that readers see.
TEST_F(SecondWriter, OurOwnCommitThatChangesNothingIsOurs) {
  world_.FirstEpoch();
  world_.InRun("r1", [&] {
    for (const auto* name : {"a", "b"}) world_.table(name).Commit({R"({"txn":{"appId":"stream","version":7}})"});
  });
  ExpectSent(2);
  ExpectReceived(2);
  EXPECT_EQ(world_.SnapshotOf(world_.target("b")).version, Version(1));
}

// Without its metadata store the receiver finds an epoch of other manifests, and somebody's commit behind it: that is
// said first, because a table that is copied anew mends both.
TEST_F(SecondWriter, CommitOfSomebodyElseIsSaidBeforeTheLogIsSaidToBeAhead) {
  world_.FirstEpoch();
  world_.staging().objects().erase(plan::StagingLayout("orders").Receipt(Epoch(1)).text());
  Change(1, [](plan::Manifest& manifest) { manifest.created += Millis(1); });
  world_.east_state.Clear();
  world_.Restart();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "the replica holds epoch 1 of other manifests"));
  NoteFailure();
  world_.target("a").Set(TestTable::LogName(1), kForeignCommit);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "somebody else has written version 1"));
}

// What the record says while files are on their way.
TEST_F(SecondWriter, RecordOfTheGroupTellsWhatIsUnderWay) {
  world_.CreateAll();
  std::string sender;
  std::string receiver;
  world_.staging().set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
    if (at == StoreOperation::kPutIfAbsent && path.text().starts_with("orders/data/")) {
      const auto record = co_await world_.west_state.Group({}, Role::kSender, "orders");
      if (record && *record) sender = GroupStateName((*record)->state);
      EXPECT_TRUE(record && *record && (*record)->sync_start);
    }
    co_return Status{};
  }});
  world_.target("a").set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at == StoreOperation::kCopy) {
      const auto record = co_await world_.east_state.Group({}, Role::kReceiver, "orders");
      if (record && *record) receiver = GroupStateName((*record)->state);
    }
    co_return Status{};
  }});
  ExpectSent(1);
  ExpectReceived(1);
  EXPECT_EQ(sender, "staging");
  EXPECT_EQ(receiver, "applying");
}

// Reading what a cut comes to may take long: the record says before that it is under way.
TEST_F(SecondWriter, RecordOfTheGroupTellsThatATableIsRead) {
  world_.CreateAll();
  bool told = false;
  world_.source("a").set_hooks({.before_effect = [&](std::string, StoreOperation, ObjectPath path) -> Task<Status> {
    if (!path.text().starts_with("_delta_log/")) co_return Status{};
    const auto record = co_await world_.west_state.Group({}, Role::kSender, "orders");
    told = told || (record && *record && (*record)->sync_start);
    co_return Status{};
  }});
  ExpectSent(1);
  EXPECT_TRUE(told);
}

TEST_F(SecondWriter, PartOfThisNameWithOtherBytesIsNotTakenForOurs) {
  world_.CreateAll();
  MemoryStore& staging = world_.staging();
  std::string part;
  staging.set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
    if (part.empty() && at == StoreOperation::kPutIfAbsent && path.parent().name() == "parts") {
      part = path.text();
      staging.Set(part, "other bytes");
    }
    co_return Status{};
  }});
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kCorruptData, "a manifest part of this name has other bytes"));
  EXPECT_EQ(world_.Text(staging, part), "other bytes");
  staging.set_hooks({});
  staging.objects().erase(part);
  world_.sender->book().SetStage(plan::GroupStage::kFailed);
  ExpectSent(1);
}

// Data that a sender which came too late put beside an epoch that was released long ago.
class LateData : public SecondWriter {
 protected:
  static constexpr auto kLate = "orders/data/00000000000000000001/t/late";
  void ReachEpoch(int64_t epoch) {
    world_.FirstEpoch();
    for (int64_t n = 2; n <= epoch; ++n) {
      world_.AppendAll("r" + std::to_string(n), "f" + std::to_string(n));
      ExpectSent(n);
      ExpectReceived(n);
    }
    ASSERT_THAT(world_.Send(), Succeeded());
    world_.staging().Set(kLate, "late");
  }
};

TEST_F(LateData, GoesWithTheNextStart) {
  ReachEpoch(7);
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_TRUE(world_.staging().objects().contains(kLate)) << "nobody looks at what was released";
  world_.Restart();
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_FALSE(world_.staging().objects().contains(kLate));
}

TEST_F(LateData, GoesWithTheNextReceipt) {
  ReachEpoch(3);
  world_.AppendAll("more", "g");
  ExpectSent(4);
  ExpectReceived(4);
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_FALSE(world_.staging().objects().contains(kLate));
}

}  // namespace
}  // namespace lakeferry::engine
