// A receiver after a crash in the middle of an epoch, after the loss of its metadata store or of receipts, and beside
// a second one.
#include <fmt/format.h>

#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::HasSubstr;

using ReceiverRecoveryTest = GroupReceiverTest;

TEST_F(ReceiverRecoveryTest, CrashBetweenTwoTablesIsRolledForwardBeforeAnythingElse) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  CrashAt("b", StoreOperation::kCommit, 1);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "crash"));
  EXPECT_NE(Journal(), "");
  EXPECT_FALSE(world_.ReceiptOf(2));
  Repair("b");
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  world_.Restart();
  const auto received = world_.Receive();
  ASSERT_THAT(received, Succeeded());
  EXPECT_EQ(received->epoch, Epoch(3));
  ExpectAllSame();
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).version, Version(2)) << "no commit twice";
  EXPECT_TRUE(world_.ReceiptOf(2)->applied);
  EXPECT_EQ(Journal(), "");
}

TEST_F(ReceiverRecoveryTest, RolledForwardCommitHasTheTimeThatWasJournaled) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  CrashAt("b", StoreOperation::kCommit, 1);
  const TimeMs drawn = world_.clock.WallTime();
  ASSERT_FALSE(world_.Receive());
  Repair("b");
  world_.clock.Advance(Millis(100'000));
  world_.Restart();
  ExpectReceived(2);
  EXPECT_THAT(world_.Text(world_.target("b"), TestTable::LogName(1)),
              HasSubstr(fmt::format(R"("timestamp":{})", ToEpochMs(drawn))));
}

TEST_F(ReceiverRecoveryTest, LostAnswerOfACommitIsRecognisedAsOurs) {
  world_.CreateAll();
  ExpectSent(1);
  auto lose = [](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at == StoreOperation::kCommit) co_return Fail(ErrorCode::kOutcomeUnknown, "lost");
    co_return Status{};
  };
  world_.target("a").set_hooks({.after_effect = lose});
  ExpectReceived(1);
  ExpectAllSame();
}

// VACUUM writes such commits, and may do so between the receiver's look at the log and its own commit.
TEST_F(ReceiverRecoveryTest, CommitThatChangesNothingAndComesFirstIsNoDivergence) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  MemoryStore& target = world_.target("a");
  const std::string next = TestTable::LogName(1);
  target.set_hooks({.before_effect = [&](std::string, StoreOperation, ObjectPath path) -> Task<Status> {
    const bool vacuum = path.text() == next && !target.objects().contains(next);
    if (vacuum) target.Set(next, R"({"commitInfo":{"timestamp":1,"operation":"VACUUM START"}})");
    co_return Status{};
  }});
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "came first"));
  NoteFailure();
  ExpectReceived(2);
  ExpectAllSame();
  EXPECT_EQ(world_.SnapshotOf(target).version, Version(2));
}

TEST_F(ReceiverRecoveryTest, ManifestThatChangesUnderAHalfAppliedEpochIsRefused) {
  HalfApplySecondEpoch();
  world_.Restart();
  world_.staging().objects().erase("orders/epochs/00000000000000000002/manifest");
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "epoch 2, which is half applied, is gone or another"));
}

// Once a log may hold the epoch, an error is not answered with a refusal: half of the group would stand beyond it.
TEST_F(ReceiverRecoveryTest, DamageThatIsFoundAfterTheJournalIsNoRefusal) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  bool journaled = false;
  world_.east_state.set_hooks({.after_save = [&]() -> Task<Status> {
    const auto journal = co_await world_.east_state.Journal({}, "orders");
    journaled = journaled || !journal->empty();
    co_return Status{};
  }});
  world_.target("a").set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (journaled && at == StoreOperation::kCommit) co_return Fail(ErrorCode::kCorruptData, "damaged meanwhile");
    co_return Status{};
  }});
  const auto received = world_.Receive();
  ASSERT_THAT(received, FailedWith(ErrorCode::kCorruptData, "damaged meanwhile"));
  EXPECT_THAT(received.error().remedy, HasSubstr("restore what is named"));
  EXPECT_FALSE(world_.ReceiptOf(2));
  EXPECT_NE(Journal(), "");
  Repair("a");
  world_.Restart();
  ExpectReceived(2);
  ExpectAllSame();
}

TEST_F(ReceiverRecoveryTest, ReceiptThatACrashPreventedIsWrittenByTheNextPass) {
  world_.CreateAll();
  ExpectSent(1);
  world_.staging().set_hooks({.before_effect = [](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at == StoreOperation::kPutIfAbsent) co_return Fail(ErrorCode::kUnavailable, "crash");
    co_return Status{};
  }});
  ASSERT_FALSE(world_.Receive());
  EXPECT_FALSE(world_.ReceiptOf(1));
  world_.staging().set_hooks({});
  world_.Restart();
  ASSERT_THAT(world_.Receive(), Succeeded());
  ASSERT_TRUE(world_.ReceiptOf(1));
  EXPECT_TRUE(world_.ReceiptOf(1)->applied);
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).version, Version(0));
}

class FailedRecordTest : public GroupReceiverTest, public ::testing::WithParamInterface<bool> {};

// Parameter: whether the failed save happened all the same.
TEST_P(FailedRecordTest, EpochWhoseEndCouldNotBeRecordedIsRecordedByTheNextPass) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  bool committed = false;
  world_.target("b").set_hooks({.after_effect = [&](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    committed = committed || at == StoreOperation::kCommit;
    co_return Status{};
  }});
  auto fail = [&]() -> Task<Status> {
    if (committed) co_return Fail(ErrorCode::kOutOfSpace, "full");
    co_return Status{};
  };
  world_.east_state.set_hooks(GetParam() ? MemoryStateStore::Hooks{.after_save = fail}
                                         : MemoryStateStore::Hooks{.before_save = fail});
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kOutOfSpace, "full"));
  EXPECT_FALSE(world_.ReceiptOf(2));
  world_.east_state.set_hooks({});
  NoteFailure();
  ExpectReceived(2);
  ExpectAllSame();
  EXPECT_EQ(Records()[0].epoch, Epoch(2));
  EXPECT_EQ(Records()[0].state, EpochState::kApplied);
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).version, Version(1)) << "no commit twice";
  EXPECT_TRUE(world_.ReceiptOf(2)->applied);
  EXPECT_EQ(Journal(), "");
}

INSTANTIATE_TEST_SUITE_P(Save, FailedRecordTest, ::testing::Bool());

TEST_F(ReceiverRecoveryTest, LostMetadataStoreIsLearntFromReceiptsAndNothingIsPlacedAgain) {
  world_.FirstEpoch();
  const std::vector<EpochRecord> before = Records();
  world_.east_state.Clear();
  world_.Restart();
  const auto targets = Targets();
  const auto received = world_.Receive();
  ASSERT_THAT(received, Succeeded());
  EXPECT_EQ(received->epoch, std::nullopt);
  EXPECT_EQ(Targets(), targets);
  ASSERT_EQ(Records().size(), 1U);
  EXPECT_EQ(Records()[0].tables, before[0].tables);
  EXPECT_EQ(world_.receiver->book().record().epoch, Epoch(1));
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  ExpectReceived(2);
  ExpectAllSame();
}

TEST_F(ReceiverRecoveryTest, MetadataStoreLostInTheMiddleOfAnEpochIsHarmless) {
  HalfApplySecondEpoch();
  world_.east_state.Clear();
  world_.Restart();
  ExpectReceived(2);
  ExpectAllSame();
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).version, Version(1)) << "no commit twice";
}

// A log of a clone holds the epoch: one that builds upon the epoch before would take that commit for somebody else's.
TEST_F(ReceiverRecoveryTest, HalfAppliedEpochWithoutItsJournalIsNotRefused) {
  HalfApplySecondEpoch();
  world_.east_state.Clear();
  const auto target = world_.target("b").objects();
  world_.target("b").objects().clear();
  world_.Restart();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "in the middle of an epoch"));
  EXPECT_FALSE(world_.ReceiptOf(2));
  world_.target("b").objects() = target;
  NoteFailure();
  const auto staged = world_.staging().objects();
  world_.target("b").objects().erase("f1");
  world_.staging().objects().erase("orders/data/00000000000000000002/b/f1");
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "restore what is named"));
  EXPECT_FALSE(world_.ReceiptOf(2));
  world_.staging().objects() = staged;
  NoteFailure();
  ExpectReceived(2);
  ExpectAllSame();
}

TEST_F(ReceiverRecoveryTest, MetadataStoreLostInTheMiddleOfTheFirstEpochIsHarmless) {
  world_.CreateAll();
  ExpectSent(1);
  CrashAt("b", StoreOperation::kCommit, 1);
  ASSERT_FALSE(world_.Receive());
  Repair("b");
  world_.east_state.Clear();
  world_.Restart();
  ExpectReceived(1);
  ExpectAllSame();
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).version, Version(0));
}

TEST_F(ReceiverRecoveryTest, OlderCopyOfTheMetadataStoreDoesNotGoBackwards) {
  world_.FirstEpoch();
  const MemoryStateStore copy = world_.east_state;
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  ExpectReceived(2);
  world_.east_state = copy;
  world_.Restart();
  const auto targets = Targets();
  const auto received = world_.Receive();
  ASSERT_THAT(received, Succeeded());
  EXPECT_EQ(received->epoch, std::nullopt);
  EXPECT_EQ(Targets(), targets);
  EXPECT_EQ(world_.receiver->book().record().epoch, Epoch(2));
}

TEST_F(ReceiverRecoveryTest, JournalOfAnEpochThatWasCompletedSinceIsErased) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  CrashAt("b", StoreOperation::kCommit, 1);
  ASSERT_FALSE(world_.Receive());
  const MemoryStateStore copy = world_.east_state;
  Repair("b");
  world_.Restart();
  ExpectReceived(2);
  world_.east_state = copy;
  world_.Restart();
  const auto targets = Targets();
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(Targets(), targets);
  EXPECT_EQ(Journal(), "");
}

TEST_F(ReceiverRecoveryTest, LostReceiptsAndMetadataStoreDoNotSendTheReplicaBackwards) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  ExpectReceived(2);
  std::erase_if(world_.staging().objects(),
                [](const auto& object) { return object.first.starts_with("orders/receipts/"); });
  world_.east_state.Clear();
  world_.Restart();
  const auto targets = Targets();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "the replica holds epoch 2 of other manifests"));
  EXPECT_EQ(Targets(), targets);
}

TEST_F(ReceiverRecoveryTest, TargetOfAnEarlierLifeOfTheGroupIsNotTakenForTheNewOne) {
  world_.FirstEpoch();
  // Staging and both metadata stores begin anew; the targets stay by mistake.
  world_.staging().objects().clear();
  world_.west_state.Clear();
  world_.east_state.Clear();
  world_.Restart();
  world_.AppendAll("r1", "f1");
  ExpectSent(1);
  const auto targets = Targets();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "the replica holds epoch 1 of other manifests"));
  EXPECT_EQ(Targets(), targets);
}

// The manifest of an epoch that another receiver applied cannot be read for a moment: it is learnt by the next pass,
// and what builds upon it is not refused.
TEST_F(ReceiverRecoveryTest, AnswerOfAnotherReceiverThatWasHalfLearntIsLearntByTheNextPass) {
  world_.CreateAll();
  ExpectSent(1);
  ASSERT_THAT(world_.Receive(), Succeeded());
  MemoryStateStore ours = world_.east_state;
  std::unique_ptr<GroupReceiver> first = std::move(world_.receiver);
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  world_.receiver = std::make_unique<GroupReceiver>(world_.east, world_.spec);
  ASSERT_THAT(world_.Receive(), Succeeded());
  std::swap(world_.receiver, first);
  world_.east_state = ours;
  // The receipts are known, and their answers are not on record yet.
  const auto busy = []() -> Task<Status> { co_return Fail(ErrorCode::kUnavailable, "busy"); };
  world_.east_state.set_hooks({.before_save = busy, .after_save = {}, .before_read = {}});
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "busy"));
  world_.east_state.set_hooks({});
  NoteFailure();
  ASSERT_THAT(world_.Receive(), Succeeded());
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  const auto received = world_.Receive();
  ASSERT_THAT(received, Succeeded());
  EXPECT_EQ(received->epoch, Epoch(3));
  const auto records = world_.Run(world_.east_state.Epochs({}, Role::kReceiver, "orders", 100));
  ASSERT_THAT(records, Succeeded());
  EXPECT_EQ(records->size(), 3U);
}

// Another receiver has completed what this one began, and the epoch after it: commits that are not of the journal's
// epoch are nobody else's.
TEST_F(ReceiverRecoveryTest, AnotherReceiverThatWentOnFromAHalfAppliedEpochIsFollowed) {
  HalfApplySecondEpoch();
  const MemoryStateStore ours = world_.east_state;
  std::unique_ptr<GroupReceiver> first = std::move(world_.receiver);
  world_.receiver = std::make_unique<GroupReceiver>(world_.east, world_.spec);
  ExpectReceived(2);
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  ExpectReceived(3);
  std::swap(world_.receiver, first);
  world_.east_state = ours;
  NoteFailure();
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(Journal(), "");
  EXPECT_EQ(Records()[0].epoch, Epoch(3));
  world_.AppendAll("r3", "f3");
  ExpectSent(4);
  ExpectReceived(4);
  ExpectAllSame();
}

// Nothing is left that tells where the receiver left it, but the table's own log: of an epoch before.
TEST_F(ReceiverRecoveryTest, TableThatComesBackWithAnOlderEpochIsBroughtToTheNewOne) {
  world_.FirstEpoch();
  const plan::TableSpec b = world_.spec.tables.back();
  world_.spec.tables.Edit().pop_back();
  world_.Restart();
  world_.InRun("r1", [&] { a().Commit({a().Add("f1")}); });
  ExpectSent(2);
  ExpectReceived(2);
  world_.spec.tables.Edit().push_back(b);
  world_.AppendAll("r2", "f2");
  world_.east_state.Clear();
  world_.staging().objects().erase(plan::StagingLayout("orders").Receipt(Epoch(1)).text());
  world_.Restart();
  ExpectSent(3);
  ExpectReceived(3);
  ExpectAllSame();
}

}  // namespace
}  // namespace lakeferry::engine
