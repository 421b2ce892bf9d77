// Short calls of one turn go to the pool together, and none waits behind one that hangs.
#include "storage/file/short_jobs.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <thread>

#include "tests/async/loop.h"

namespace lakeferry {
namespace {

constexpr std::chrono::milliseconds kLongEnough{30};
constexpr std::chrono::seconds kNever{20};

class ShortJobsTest : public testing::Test {
 protected:
  explicit ShortJobsTest(size_t threads = 2) : pool_(threads) {}
  void TearDown() override {
    pool_.stop();
    pool_.join();
  }

  void Post(std::function<void()> job) {
    ShortJobs::Of(pool_.get_executor()).Post(pool_.get_executor(), loop_.loop.get_executor(), std::move(job));
  }
  void PostCounting() {
    Post([this] { ++done_; });
  }
  // In one turn of the loop.
  void InOneTurn(std::function<void()> turn) {
    boost::asio::post(loop_.loop, std::move(turn));
    loop_.loop.restart();
    loop_.loop.run();
  }
  [[nodiscard]] bool Comes(int done) const {
    const auto until = std::chrono::steady_clock::now() + kNever;
    while (done_ < done && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    return done_ >= done;
  }

  Loop loop_;
  std::atomic<int> done_ = 0;
  boost::asio::thread_pool pool_;
};

TEST_F(ShortJobsTest, TheyBeginWhenTheTurnIsOver) {
  InOneTurn([this] {
    for (int i = 0; i < 10; ++i) PostCounting();
    std::this_thread::sleep_for(kLongEnough);
    EXPECT_EQ(done_, 0) << "no thread is woken before";
  });
  EXPECT_TRUE(Comes(10));
  InOneTurn([this] { PostCounting(); });
  EXPECT_TRUE(Comes(11)) << "nor is a later turn forgotten";
}

// A thread that has done what there was may have gone before the last came: fewer than 16 wait for the turn's end then.
TEST_F(ShortJobsTest, ManyBeginWithinTheTurn) {
  InOneTurn([this] {
    for (int i = 0; i < 100; ++i) PostCounting();
    EXPECT_TRUE(Comes(100 - 15));
  });
  EXPECT_TRUE(Comes(100));
}

TEST_F(ShortJobsTest, OneThatHangsHoldsNoneOfTheOthers) {
  std::promise<void> end;
  InOneTurn([this, hang = end.get_future().share()] {
    Post([hang] { hang.wait(); });
    for (int i = 0; i < 10; ++i) PostCounting();
  });
  EXPECT_TRUE(Comes(10));
  InOneTurn([this] { PostCounting(); });
  EXPECT_TRUE(Comes(11));
  end.set_value();
}

TEST_F(ShortJobsTest, WhatHasNotBegunEndsWithThePool) {
  const auto held = std::make_shared<int>(0);
  {
    boost::asio::thread_pool pool(1);
    std::promise<void> begun;
    std::promise<void> end;
    InOneTurn([&] {
      const auto post = [&](std::function<void()> job) {
        ShortJobs::Of(pool.get_executor()).Post(pool.get_executor(), loop_.loop.get_executor(), std::move(job));
      };
      post([&begun, hang = end.get_future().share()] {
        begun.set_value();
        hang.wait();
      });
      for (int i = 0; i < 10; ++i) post([this, held] { ++done_; });
    });
    begun.get_future().wait();
    EXPECT_EQ(held.use_count(), 11);
    pool.stop();
    end.set_value();
    pool.join();
  }
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace lakeferry
