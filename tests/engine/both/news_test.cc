// What either role takes for news between two passes, and what asking for it costs.
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using std::chrono::hours;

class NewsTest : public ::testing::Test {
 protected:
  bool News(GroupWorker& worker) {
    const Result<bool> news = world_.Run(worker.HasNews({}));
    EXPECT_THAT(news, Succeeded());
    return news.value_or(false);
  }
  bool SenderNews() { return News(*world_.sender); }
  bool ReceiverNews() { return News(*world_.receiver); }
  // Requests to staging while `ask` runs.
  int Requests(const std::function<void()>& ask) {
    int requests = 0;
    world_.staging().set_hooks({.before_effect = [&](std::string, StoreOperation, ObjectPath) -> Task<Status> {
      ++requests;
      co_return Status{};
    }});
    ask();
    world_.staging().set_hooks({});
    return requests;
  }
  void StagingIs(std::optional<Error> failure) {
    MemoryStoreHooks hooks;
    if (failure) {
      hooks.before_effect = [failure](std::string, StoreOperation, ObjectPath) -> Task<Status> {
        co_return std::unexpected(*failure);
      };
    }
    world_.staging().set_hooks(hooks);
  }

  World world_{{"a", "b"}};
};

TEST_F(NewsTest, AReceiverHearsOfTheNextEpochForOneRequest) {
  ASSERT_THAT(world_.Receive(), Succeeded());
  world_.CreateAll();
  EXPECT_EQ(Requests([&] { EXPECT_FALSE(ReceiverNews()); }), 1);
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_TRUE(ReceiverNews());
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_FALSE(ReceiverNews());
}

TEST_F(NewsTest, ASenderThatWaitsForNothingAsksStagingNothing) {
  world_.FirstEpoch();
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(Requests([&] { EXPECT_FALSE(SenderNews()); }), 0);
}

TEST_F(NewsTest, ASenderHearsOfRuns) {
  world_.FirstEpoch();
  ASSERT_THAT(world_.Send(), Succeeded());
  world_.InRun("r1", [] {}, RunState::kRunning);
  EXPECT_TRUE(SenderNews());
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_FALSE(SenderNews()) << "it runs, and nothing is to be done";
  world_.workflows.runs["nightly"].back().end = world_.clock.WallTime();
  world_.workflows.runs["nightly"].back().state = RunState::kSuccess;
  EXPECT_TRUE(SenderNews());
}

TEST_F(NewsTest, ASenderHearsOfItsReceiptForOneRequest) {
  world_.CreateAll();
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(Requests([&] { EXPECT_FALSE(SenderNews()); }), 1);
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_TRUE(SenderNews());
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_FALSE(SenderNews());
}

// A run may have ended while an epoch was copied, and nothing that is compared would show it afterwards.
TEST_F(NewsTest, ASenderLooksAgainBehindAnEpoch) {
  world_.CreateAll();
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_TRUE(SenderNews());
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_FALSE(SenderNews());
}

TEST_F(NewsTest, AnInstantOfTheScheduleIsNews) {
  world_.spec.workflows.clear();
  world_.spec.schedule.cron = "0 * * * *";
  world_.Restart();
  world_.CreateAll();
  world_.clock.Advance(hours(1));
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_FALSE(SenderNews());
  world_.clock.Advance(hours(1));
  EXPECT_TRUE(SenderNews());
}

TEST_F(NewsTest, AnIntervalThatIsOverIsNewsOnce) {
  world_.spec.workflows.clear();
  world_.Restart();
  world_.CreateAll();
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_FALSE(SenderNews());
  world_.clock.Advance(world_.spec.sync_interval);
  EXPECT_TRUE(SenderNews());
  ASSERT_THAT(world_.Send(), Succeeded());
  world_.clock.Advance(Millis(1'000));
  EXPECT_FALSE(SenderNews()) << "no table has changed, and the next look will see whether one has";
}

TEST_F(NewsTest, AfterAFailureTheSameIsNoNews) {
  world_.FirstEpoch();
  ASSERT_THAT(world_.Send(), Succeeded());
  world_.AppendAll("r1", "f1");
  world_.source("a").objects().clear();
  ASSERT_FALSE(world_.Send());
  EXPECT_FALSE(SenderNews());
  world_.InRun("r2", [] {});
  EXPECT_TRUE(SenderNews());
}

TEST_F(NewsTest, AReceiverThatFailedOnAnEpochIsNotCalledByIt) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ASSERT_THAT(world_.Send(), Succeeded());
  world_.target("a").set_hooks({.before_effect = [](std::string, StoreOperation, ObjectPath) -> Task<Status> {
    co_return Fail(ErrorCode::kUnavailable, "down");
  }});
  ASSERT_FALSE(world_.Receive());
  EXPECT_FALSE(ReceiverNews());
}

TEST_F(NewsTest, ThatStagingIsGoneIsNewsOnce) {
  world_.FirstEpoch();
  world_.CreateAll();
  EXPECT_FALSE(ReceiverNews());
  StagingIs(Error{.code = ErrorCode::kUnavailable, .message = "unmounted"});
  EXPECT_TRUE(ReceiverNews());
  ASSERT_FALSE(world_.Receive());
  EXPECT_FALSE(ReceiverNews()) << "the failed pass has said it";
  StagingIs(std::nullopt);
  EXPECT_TRUE(ReceiverNews());
}

TEST_F(NewsTest, TheFirstRunOfAWorkflowIsNewsToASenderThatFailedForTheLackOfIt) {
  world_.workflows.failure = Error{.code = ErrorCode::kNotFound, .message = "knows no such workflow"};
  ASSERT_FALSE(world_.Send());
  world_.workflows.failure.reset();
  EXPECT_TRUE(SenderNews());
}

TEST_F(NewsTest, ThereIsNoneBeforeTheFirstPass) {
  EXPECT_FALSE(SenderNews());
  EXPECT_FALSE(ReceiverNews());
}

class PaceTest : public NewsTest {
 protected:
  PaceTest() {
    world_.spec.sync_interval = hours(12);
    world_.Restart();
  }
  Result<PassResult> SendPaced() {
    world_.sender->set_pace(Pace::kByInterval);
    return world_.Send();
  }
};

TEST_F(PaceTest, ARunIsNotCutBeforeTheIntervalHasPassedSinceTheLastCut) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  const Result<PassResult> pass = SendPaced();
  ASSERT_THAT(pass, Succeeded());
  EXPECT_EQ(pass->epoch, std::nullopt);
  EXPECT_EQ(pass->state, GroupState::kWaiting);
  EXPECT_THAT(pass->reason, ::testing::HasSubstr("the next cut is due at"));
  EXPECT_NE(world_.sender->book().record().waiting_since, std::nullopt);
  EXPECT_FALSE(SenderNews());
  world_.clock.Advance(hours(12));
  EXPECT_TRUE(SenderNews());
  EXPECT_EQ(SendPaced()->epoch, Epoch(2));
}

TEST_F(PaceTest, WhoeverAsksForItGetsItsCutAtOnce) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  EXPECT_EQ(world_.Send()->epoch, Epoch(2));
}

TEST_F(PaceTest, WhatTheReplicaLacksDoesNotWait) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ASSERT_EQ(world_.Send()->epoch, Epoch(2));
  world_.target("a").objects().clear();
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(SendPaced()->epoch, Epoch(3)) << "the table whose target is gone, whole";
}

}  // namespace
}  // namespace lakeferry::engine
