#include "async/hand_over.h"

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

#include "async/offload.h"
#include "async/task_group.h"
#include "tests/async/loop.h"

namespace lakeferry {
namespace {

using ::testing::ElementsAre;

class HandOverTest : public ::testing::Test {
 protected:
  HandOverTest() : order_(loop_.loop.get_executor()) {}
  ~HandOverTest() override { pool_.join(); }

  std::function<Status()> Give(size_t number) {
    return [this, number]() -> Status {
      given_.push_back(number);  // one at a time: what TSan would deny
      if (number == fails_at_) return Fail(ErrorCode::kCorruptLog, "bad");
      return {};
    };
  }
  // Puts it on a thread of the pool, after so many microseconds.
  Task<Status> Prepare(size_t number, int delay_us) {
    auto work = [this, number, delay_us] {
      std::this_thread::sleep_for(std::chrono::microseconds(delay_us));
      order_.Put(number, Give(number));
      return 0;
    };
    co_await Offload(pool_.get_executor(), work);
    Status given = co_await order_.Given(number);
    outcomes_.emplace(number, given.has_value());
    co_return given;
  }
  Task<void> PutNow(size_t number) {
    order_.Put(number, Give(number));
    const Status given = co_await order_.Given(number);
    outcomes_.emplace(number, given.has_value());
  }
  Task<void> PutAll(std::vector<size_t> numbers) {
    const auto executor = co_await boost::asio::this_coro::executor;
    TaskGroup tasks(executor);
    for (const size_t number : numbers) tasks.Spawn(PutNow(number));
    co_await tasks.Join();
  }
  Task<void> AwaitTurn(size_t number, bool* its_turn) {
    *its_turn = co_await order_.TurnOf(number);
    given_.push_back(100 + number);
    co_await PutNow(number);
  }
  Task<void> PutAround(bool* its_turn) {
    const auto executor = co_await boost::asio::this_coro::executor;
    TaskGroup tasks(executor);
    tasks.Spawn(AwaitTurn(1, its_turn));
    tasks.Spawn(PutNow(2));
    tasks.Spawn(PutNow(0));
    co_await tasks.Join();
  }

  boost::asio::thread_pool pool_{3};
  Loop loop_;
  HandOver order_;
  size_t fails_at_ = 1'000'000;
  std::vector<size_t> given_;
  std::map<size_t, bool> outcomes_;
};

TEST_F(HandOverTest, GivesInOrderWhateverTheOrderOfPutting) {
  loop_.Run(PutAll({2, 0, 3, 1}));
  EXPECT_THAT(given_, ElementsAre(0, 1, 2, 3));
}

TEST_F(HandOverTest, AfterAFailureNothingIsGivenAndOnlyItsOwnerIsTold) {
  fails_at_ = 1;
  loop_.Run(PutAll({3, 2, 1, 0}));
  EXPECT_THAT(given_, ElementsAre(0, 1));
  EXPECT_EQ(outcomes_, (std::map<size_t, bool>{{0, true}, {1, false}, {2, true}, {3, true}}));
}

TEST_F(HandOverTest, TurnComesAfterAllBeforeAndHoldsUpAllBehind) {
  bool its_turn = false;
  loop_.Run(PutAround(&its_turn));
  EXPECT_TRUE(its_turn);
  EXPECT_THAT(given_, ElementsAre(0, 101, 1, 2));
}

TEST_F(HandOverTest, TurnAfterAFailureSaysSo) {
  fails_at_ = 0;
  bool its_turn = true;
  loop_.Run(PutAround(&its_turn));
  EXPECT_FALSE(its_turn);
  EXPECT_THAT(given_, ElementsAre(0, 101));
}

TEST_F(HandOverTest, ThreadsOfEverySpeedKeepTheOrder) {
  constexpr size_t kCount = 400;
  const auto prepare = [this](size_t number) { return Prepare(number, static_cast<int>(number * 37 % 11) * 20); };
  EXPECT_THAT(loop_.Run(ParallelFor(kCount, 7, prepare)), Succeeded());
  ASSERT_EQ(given_.size(), kCount);
  EXPECT_TRUE(std::ranges::is_sorted(given_));
  EXPECT_EQ(outcomes_.size(), kCount);
}

TEST_F(HandOverTest, ThreadsStopAfterAFailure) {
  fails_at_ = 150;
  const auto prepare = [this](size_t number) { return Prepare(number, static_cast<int>(number * 37 % 11) * 20); };
  EXPECT_THAT(loop_.Run(ParallelFor(400, 7, prepare)), FailedWith(ErrorCode::kCorruptLog, "bad"));
  EXPECT_EQ(given_.size(), 151);
}

}  // namespace
}  // namespace lakeferry
