// When the passes of one group come.
#include "engine/run/group_loop.h"

#include <boost/asio/co_spawn.hpp>
#include <numeric>
#include <stop_token>

#include "tests/engine/run/fake_worker.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Le;

using std::chrono::hours;
using std::chrono::minutes;

class GroupLoopTest : public ::testing::Test {
 protected:
  GroupLoopTest() {
    world_.spec.sync_interval = hours(12);
    world_.spec.poll_interval = Millis(1'000);
    worker_ = std::make_unique<FakeWorker>(world_.east, world_.spec);
  }
  // Asks for a pass now, and keeps what it comes to.
  void Ask(Claim claim = Claim::kRespect) {
    boost::asio::co_spawn(world_.loop, requests_.Ask(claim), [this](std::exception_ptr, Result<PassResult> result) {
      answers_.push_back(std::move(result));
    });
  }
  // Until the worker has made so many passes, or slept so often.
  void RunFor(int passes, size_t sleeps_max = 2'000) {
    std::stop_source stop;
    world_.clock.sleeps.clear();
    world_.clock.on_sleep = [&] {
      if (during_sleep_) during_sleep_();
      const bool enough = worker_->passes >= passes || world_.clock.sleeps.size() >= sleeps_max;
      if (enough) stop.request_stop();
    };
    GroupLoop loop(world_.east, runner_, *worker_, requests_);
    world_.Run(loop.Run(Call{.stop = stop.get_token()}));
    world_.Run(mails_.Join());
    world_.clock.on_sleep = nullptr;
  }
  [[nodiscard]] Millis slept() const {
    return std::accumulate(world_.clock.sleeps.begin(), world_.clock.sleeps.end(), Millis(0));
  }

  World world_;
  TaskGroup mails_{world_.loop.get_executor()};
  PassRunner runner_{world_.east, mails_};
  std::vector<Result<PassResult>> answers_;
  PassRequests requests_{world_.loop.get_executor()};
  std::unique_ptr<FakeWorker> worker_;
  std::function<void()> during_sleep_;
};

TEST_F(GroupLoopTest, WithoutNewsEverythingIsLookedAtEveryFiveMinutes) {
  RunFor(2);
  EXPECT_EQ(worker_->passes, 2);
  EXPECT_EQ(slept(), minutes(5) + Millis(1'000)) << "and a first sleep after the second pass";
  EXPECT_THAT(world_.clock.sleeps, Each(Le(Millis(1'000))));
}

TEST_F(GroupLoopTest, AnIntervalThatIsShorterBoundsThePause) {
  world_.spec.sync_interval = Millis(2'500);
  worker_ = std::make_unique<FakeWorker>(world_.east, world_.spec);
  RunFor(2);
  EXPECT_THAT(world_.clock.sleeps, ElementsAre(Millis(1'000), Millis(1'000), Millis(500), Millis(1'000)));
}

TEST_F(GroupLoopTest, NewsIsLookedAtWithinAPoll) {
  during_sleep_ = [this] { worker_->news = world_.clock.sleeps.size() == 3; };
  RunFor(2);
  EXPECT_EQ(worker_->passes, 2);
  EXPECT_EQ(slept(), Millis(4'000));
}

TEST_F(GroupLoopTest, PassesOfAServiceKeepToTheInterval) {
  EXPECT_EQ(worker_->pace(), Pace::kAtOnce);
  RunFor(1);
  EXPECT_EQ(worker_->pace(), Pace::kByInterval);
}

TEST_F(GroupLoopTest, WhatCannotBeAskedForLackOfMemoryIsAskedAgain) {
  worker_->news = Fail(ErrorCode::kUnavailable, "not enough memory");
  during_sleep_ = [this] {
    if (world_.clock.sleeps.size() == 3) worker_->news = true;
  };
  RunFor(2);
  EXPECT_EQ(slept(), Millis(4'000));
}

TEST_F(GroupLoopTest, NewsEndsTheBackoff) {
  worker_->failure = Error{.code = ErrorCode::kNotFound, .message = "the ledger knows no workflow"};
  during_sleep_ = [this] { worker_->news = world_.clock.sleeps.size() == 2; };
  RunFor(2);
  EXPECT_EQ(slept(), Millis(3'000));
}

TEST_F(GroupLoopTest, AStopEndsTheSleepAndAsksForNothingMore) {
  RunFor(1, 1);
  EXPECT_EQ(worker_->passes, 1);
  EXPECT_EQ(worker_->asked, 0);
}

TEST_F(GroupLoopTest, APassThatIsAskedForComesAtOnceAndIsAnswered) {
  worker_->result = {.epoch = Epoch(7), .reason = {}};
  during_sleep_ = [this] {
    if (world_.clock.sleeps.size() == 1) Ask();
  };
  std::vector<Pace> paces;
  worker_->work = [&] { paces.push_back(worker_->pace()); };
  RunFor(3);
  EXPECT_THAT(paces, ElementsAre(Pace::kByInterval, Pace::kAtOnce, Pace::kByInterval));
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0]->epoch, Epoch(7));
  EXPECT_EQ(slept(), Millis(2'000) + minutes(5)) << "the one in which it was asked, and one after the last pass";
}

TEST_F(GroupLoopTest, WhoAsksDuringAPassHasTheNextOne) {
  worker_->work = [this] {
    if (worker_->passes == 1) Ask();
    worker_->result.files = worker_->passes;
  };
  RunFor(2);
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0]->files, 2);
}

TEST_F(GroupLoopTest, ManyWhoAskHaveOnePass) {
  Ask();
  Ask(Claim::kTakeOver);
  Claim claim = Claim::kRespect;
  worker_->work = [&] { claim = worker_->claim(); };
  world_.loop.poll();
  world_.loop.restart();
  RunFor(1);
  EXPECT_EQ(worker_->passes, 1);
  EXPECT_EQ(answers_.size(), 2U);
  EXPECT_EQ(claim, Claim::kTakeOver);
}

TEST_F(GroupLoopTest, APassThatFailsIsTheAnswerToo) {
  worker_->failure = Error{.code = ErrorCode::kDiverged, .message = "somebody wrote"};
  Ask();
  world_.loop.poll();
  world_.loop.restart();
  RunFor(1);
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_THAT(answers_[0], FailedWith(ErrorCode::kDiverged, "somebody wrote"));
}

TEST_F(GroupLoopTest, NobodyIsAskedForNewsAfterAPassWasAskedFor) {
  worker_->result = {};
  during_sleep_ = [this] {
    if (world_.clock.sleeps.size() == 1) Ask();
  };
  RunFor(2);
  EXPECT_EQ(worker_->asked, 0);
}

TEST_F(GroupLoopTest, WhoAsksAfterTheEndHasAnAnswer) {
  requests_.Close({.code = ErrorCode::kCancelled, .message = "stopped"});
  EXPECT_THAT(world_.Run(requests_.Ask(Claim::kRespect)), FailedWith(ErrorCode::kCancelled, "stopped"));
}

}  // namespace
}  // namespace lakeferry::engine
