// A blocking call that hangs holds its thread, and nobody who has a deadline or is stopped.
#include "storage/file/offload_within.h"

#include <gtest/gtest.h>

#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <future>
#include <new>
#include <stop_token>
#include <thread>

#include "tests/async/loop.h"

namespace lakeferry {
namespace {

Millis Now() { return std::chrono::floor<Millis>(std::chrono::steady_clock::now().time_since_epoch()); }

class OffloadWithinTest : public testing::Test {
 protected:
  // Whatever a test does, its pool comes to an end before the loop does.
  void TearDown() override {
    if (!released_) Release();
    pool_.join();
    loop_.loop.restart();
    loop_.loop.poll();
  }
  void Release() {
    released_ = true;
    hang_.set_value();
  }
  std::optional<int> Hang(Call call) {
    return loop_.Run(OffloadWithin(pool_.get_executor(), std::move(call), [until = hang_.get_future().share()] {
      until.wait();
      return 7;
    }));
  }

  Loop loop_;
  std::promise<void> hang_;
  bool released_ = false;
  boost::asio::thread_pool pool_{1};
};

TEST_F(OffloadWithinTest, ADeadlineEndsTheWaitAndWhatComesLaterIsDropped) {
  const Millis begin = Now();
  EXPECT_EQ(Hang(Call{}.Within(Now(), Millis(30))), std::nullopt);
  EXPECT_GE(Now() - begin, Millis(29));
}

TEST_F(OffloadWithinTest, AStopFromAnotherThreadEndsTheWait) {
  std::stop_source stop;
  std::jthread later([&stop] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    stop.request_stop();
  });
  EXPECT_EQ(Hang({.stop = stop.get_token()}), std::nullopt);
}

TEST_F(OffloadWithinTest, WhatEndsInTimeIsHandedOn) {
  std::stop_source stop;
  Release();
  EXPECT_EQ(Hang({.stop = stop.get_token(), .deadline = Now() + Millis(60'000)}), 7);
}

TEST_F(OffloadWithinTest, WithoutAnyLimitItIsWaitedFor) {
  Release();
  EXPECT_EQ(Hang({}), 7);
}

TEST_F(OffloadWithinTest, AnExceptionComesToWhoWaits) {
  const Call call = Call{}.Within(Now(), Millis(60'000));
  auto fail = []() -> int { throw std::bad_alloc(); };
  EXPECT_THROW(loop_.Run(OffloadWithin(pool_.get_executor(), call, fail)), std::bad_alloc);
}

TEST_F(OffloadWithinTest, TheErrorSaysWhatEndedTheWait) {
  std::stop_source stop;
  const Call call{.stop = stop.get_token()};
  EXPECT_EQ(NoAnswer(call, "/mnt/x").code, ErrorCode::kUnavailable);
  stop.request_stop();
  EXPECT_EQ(NoAnswer(call, "/mnt/x").code, ErrorCode::kCancelled);
  EXPECT_EQ(NoAnswer(call, "/mnt/x").where, "/mnt/x");
}

}  // namespace
}  // namespace lakeferry
