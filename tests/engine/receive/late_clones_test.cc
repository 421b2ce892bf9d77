// A group whose managed tables are to be cloned from now on: what was applied before is cloned without an epoch, and
// the past stays what it was.
#include "tests/engine/receive/managed_clones_fixture.h"

namespace lakeferry::engine {
namespace {

using std::chrono::hours;
using ::testing::IsEmpty;

class LateClonesTest : public ManagedClonesTest {
 protected:
  // An epoch that is applied, and of which nothing was cloned; from now on its tables are to be.
  void FirstWithoutClones() {
    world_.spec.sql_clone = false;
    world_.Restart();
    First();
    EXPECT_THAT(warehouse_.tables, IsEmpty());
    EXPECT_EQ(Newest().tables[0].managed_version, std::nullopt);
    world_.spec.sql_clone = true;
    world_.Restart();
  }
};

TEST_P(LateClonesTest, AGroupThatIsToBeClonedFromNowOnHasAllItsTablesClonedWithTheNextEpoch) {
  FirstWithoutClones();
  Sent(2, {"a"});
  ExpectReceived(2);
  ExpectCloned(2);
  EXPECT_EQ(warehouse_.Count("DEEP CLONE"), 2) << "once, by the epoch";
}

TEST_P(LateClonesTest, AGroupThatIsToBeClonedFromNowOnIsClonedByTheNextPassWithoutAnEpoch) {
  FirstWithoutClones();
  const auto before = world_.ReceiptOf(1);
  const EpochRecord record = Newest();
  ASSERT_THAT(world_.Send(), Succeeded());
  world_.clock.Advance(hours(5));
  ASSERT_THAT(world_.Receive(), Succeeded());
  ExpectCloned(1);
  EXPECT_EQ(warehouse_.Count("DEEP CLONE"), 2);
  // The past stays what it was: when it was answered, and how long readers of the replicas saw two epochs.
  auto receipt = world_.ReceiptOf(1);
  EXPECT_EQ(receipt->answered, before->answered);
  EXPECT_EQ(receipt->manifest_sha256, before->manifest_sha256);
  EXPECT_EQ(Newest().ended, record.ended);
  EXPECT_EQ(Newest().torn, record.torn);
  warehouse_.statements.clear();
  ASSERT_THAT(world_.Receive(), Succeeded());
  world_.Restart();
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_THAT(warehouse_.statements, IsEmpty()) << "once";
  ASSERT_THAT(world_.Send(), Succeeded());
  const auto sent = world_.Run(world_.west_state.Epochs({}, Role::kSender, "orders", 10)).value();
  EXPECT_EQ(sent.front().state, EpochState::kApplied);
  EXPECT_EQ(sent.front().tables[1].managed_version, Version(0)) << "the sender reads the receipt again";
  Sent(2, {"a"});
  ExpectReceived(2);
  ExpectCloned(2);
  EXPECT_EQ(warehouse_.Count("`m`.`r`.`b`"), 0);
}

TEST_P(LateClonesTest, WhatIsClonedLaterAndFailsIsTornAndTriedAgain) {
  FirstWithoutClones();
  warehouse_.before = FailAll("TABLE `m`.`r`.`a` DEEP", ErrorCode::kUnavailable);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "1 of 2 managed tables are not cloned"));
  NoteFailure();
  EXPECT_EQ(Newest().state, EpochState::kApplied) << "the replicas have it";
  EXPECT_EQ(Newest().tables[1].managed_version, std::nullopt);
  EXPECT_TRUE(Stored().torn_since);
  warehouse_.before = nullptr;
  ASSERT_THAT(world_.Receive(), Succeeded());
  ExpectCloned(1);
}

TEST_P(LateClonesTest, AKeyThatIsTakenAwayBetweenTwoClonesLeavesNobodyTorn) {
  FirstWithoutClones();
  warehouse_.before = FailAll("TABLE `m`.`r`.`a` DEEP", ErrorCode::kUnavailable);
  ASSERT_FALSE(world_.Receive());
  EXPECT_TRUE(Stored().torn_since);
  world_.spec.sql_clone = false;
  world_.Restart();
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(world_.receiver->book().record().torn_since, std::nullopt);
}

TEST_P(LateClonesTest, AReceiptThatACrashLeftWithoutTheClonesGetsThem) {
  FirstWithoutClones();
  const std::string receipt = plan::StagingLayout("orders").Receipt(Epoch(1)).text();
  const auto refuse = [this, receipt](std::string, StoreOperation, ObjectPath path) -> Task<Status> {
    const bool cloned = warehouse_.Count("DEEP CLONE") == 2;
    if (cloned && path.text() == receipt) co_return Fail(ErrorCode::kUnavailable, "crash");
    co_return Status{};
  };
  world_.staging().set_hooks({.before_effect = refuse});
  EXPECT_FALSE(world_.Receive());
  EXPECT_EQ(Newest().tables[0].managed_version, Version(0)) << "on record first";
  world_.staging().set_hooks({});
  world_.Restart();
  warehouse_.statements.clear();
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_THAT(warehouse_.statements, IsEmpty());
  ExpectCloned(1);
}

TEST_P(LateClonesTest, WhatIsClonedLaterIsNotWhatSomebodyElseWroteNorWhatIsNoMoreInTheGroup) {
  FirstWithoutClones();
  warehouse_.Write("m.r.b", "WRITE");
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "'m.r.b'"));
  EXPECT_EQ(warehouse_.Count("DEEP CLONE"), 0);
  NoteFailure();
  world_.spec.tables.Edit().pop_back();
  world_.Restart();
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(Newest().tables[0].managed_version, Version(0));
  EXPECT_EQ(Newest().tables[1].managed_version, std::nullopt);
}

TEST_P(LateClonesTest, AReceiptThatTellsItAllIsNotWrittenAgain) {
  FirstWithoutClones();
  ASSERT_THAT(world_.Receive(), Succeeded());
  world_.Restart();
  const std::string receipt = plan::StagingLayout("orders").Receipt(Epoch(1)).text();
  int written = 0;
  world_.staging().set_hooks(
      {.before_effect = [&](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
        if (operation == StoreOperation::kPut && path.text() == receipt) ++written;
        co_return Status{};
      }});
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(written, 0);
  ExpectCloned(1);
}

TEST_P(LateClonesTest, TheReceiptOfAnotherReceiverIsLeftAsItIs) {
  FirstWithoutClones();
  plan::Receipt others = *world_.ReceiptOf(1);
  others.tables[0].target = "s3://elsewhere/a";
  world_.staging().Set(plan::StagingLayout("orders").Receipt(Epoch(1)).text(), plan::WriteReceipt(others));
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(Newest().tables[0].managed_version, Version(0));
  EXPECT_EQ(world_.ReceiptOf(1), others);
}

TEST_P(LateClonesTest, WhatWasLeftNobodyKnowsWhereIsNotCloned) {
  FirstWithoutClones();
  GroupBook book(world_.east, world_.spec, Role::kReceiver);
  BookMeter meter(world_.east, book);
  ManagedClones clones(world_.east, world_.spec, book, meter);
  EpochRecord record = Newest();
  for (TablePosition& table : record.tables) table.replica_version.reset();
  const Result<bool> caught = world_.Run(clones.CatchUp({}, {}, record));
  ASSERT_THAT(caught, Succeeded());
  EXPECT_FALSE(*caught);
  EXPECT_THAT(warehouse_.statements, IsEmpty());
}

TEST_P(LateClonesTest, AStopBetweenTwoLateClonesIsNoFailureAndTheNextPassGoesOn) {
  FirstWithoutClones();
  world_.east.limits.clones_at_once_max = 1;
  world_.Restart();
  std::stop_source stop;
  warehouse_.after = [&](std::string statement) -> Task<Status> {
    if (statement.find("DEEP CLONE") != std::string::npos) stop.request_stop();
    co_return Status{};
  };
  EXPECT_THAT(world_.Receive(stop.get_token()), FailedWith(ErrorCode::kCancelled, ""));
  world_.Restart();
  EXPECT_EQ(Newest().state, EpochState::kApplied);
  EXPECT_TRUE(Stored().torn_since);
  ASSERT_THAT(world_.Receive(), Succeeded());
  ExpectCloned(1);
}

TEST_P(LateClonesTest, ReplicasThatAreGoneAreNotCloned) {
  FirstWithoutClones();
  for (const auto* table : {"a", "b"}) world_.stores.At(std::string("s3://dr/") + table).objects().clear();
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_THAT(warehouse_.statements, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Modes, LateClonesTest,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror),
                         [](const auto& mode) { return std::string(delta::ReplicationModeName(mode.param)); });

}  // namespace
}  // namespace lakeferry::engine
