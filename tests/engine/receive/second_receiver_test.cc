// Another receiver answers an epoch while a pass of this one is at it.
#include <string>

#include "tests/engine/environment_with.h"
#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

class SecondReceiverTest : public GroupReceiverTest {
 protected:
  MemoryStateStore other_state_;
  Environment env_ = EnvironmentWith(world_.east, {.state = &other_state_});
  GroupReceiver other_{env_, world_.spec};
  bool answered_ = false;

  // The other does its pass when this one first reads the receipt of epoch 2: it has looked for news by then.
  void MeetAtReceiptOfSecond() {
    const std::string receipt = plan::StagingLayout("orders").Receipt(Epoch(2)).text();
    world_.staging().set_hooks(
        {.before_effect = [=, this](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
          if (answered_ || at != StoreOperation::kGet || path.text() != receipt) co_return Status{};
          answered_ = true;
          const auto received = co_await other_.RunOnce({});
          EXPECT_THAT(received, Succeeded());
          co_return Status{};
        }});
  }
  void ExpectFollowed(int64_t epoch) {
    ASSERT_THAT(world_.Receive(), Succeeded());
    ASSERT_TRUE(answered_);
    world_.staging().set_hooks({});
    ASSERT_EQ(Records().size(), static_cast<size_t>(epoch));
    EXPECT_EQ(Records()[0].epoch, Epoch(epoch));
    EXPECT_EQ(Records()[0].state, EpochState::kApplied);
    EXPECT_EQ(Journal(), "");
    ExpectAllSame();
  }
};

TEST_F(SecondReceiverTest, AnswerThatComesBeforeAnEpochIsTakenUpIsLearntAtOnce) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  MeetAtReceiptOfSecond();
  ExpectFollowed(2);
}

// What was answered is not known then, and nothing is taken up in its place.
TEST_F(SecondReceiverTest, AnswerThatCannotBeLearntIsAnError) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  MeetAtReceiptOfSecond();
  int failures = 0;
  const auto fail = [&]() -> Task<Status> {
    if (answered_ && ++failures == 1) co_return Fail(ErrorCode::kUnavailable, "away");
    co_return Status{};
  };
  world_.east_state.set_hooks({.before_save = {}, .after_save = {}, .before_read = fail});
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "away"));
  EXPECT_EQ(failures, 1);
  world_.east_state.set_hooks({});
  NoteFailure();
  ExpectFollowed(2);
}

// Commits of the epoch after the journal's are nobody else's.
TEST_F(SecondReceiverTest, AnswerThatComesBeforeAnEpochIsRolledForwardIsLearntAtOnce) {
  HalfApplySecondEpoch();
  NoteFailure();
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  MeetAtReceiptOfSecond();
  ExpectFollowed(3);
}

TEST_F(SecondReceiverTest, APassWithinACommitDoesNoHarm) {
  world_.CreateAll();
  ExpectSent(1);
  world_.target("b").set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (!answered_ && at == StoreOperation::kCommit) {
      answered_ = true;
      const auto received = co_await other_.RunOnce({});
      EXPECT_THAT(received, Succeeded());
    }
    co_return Status{};
  }});
  ExpectReceived(1);
  EXPECT_TRUE(answered_);
  ExpectAllSame();
  EXPECT_EQ(world_.SnapshotOf(world_.target("a")).version, Version(0));
}

}  // namespace
}  // namespace lakeferry::engine
