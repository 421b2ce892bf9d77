// When the passes of one group come.
#include "engine/run/group_loop.h"

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
  // Until the worker has made so many passes, or slept so often.
  void RunFor(int passes, size_t sleeps_max = 2'000) {
    std::stop_source stop;
    world_.clock.sleeps.clear();
    world_.clock.on_sleep = [&] {
      if (during_sleep_) during_sleep_();
      const bool enough = worker_->passes >= passes || world_.clock.sleeps.size() >= sleeps_max;
      if (enough) stop.request_stop();
    };
    GroupLoop loop(world_.east, runner_, *worker_);
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

}  // namespace
}  // namespace lakeferry::engine
