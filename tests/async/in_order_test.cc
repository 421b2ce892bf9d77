#include "async/in_order.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <new>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/async/loop.h"

namespace lakeferry {
namespace {

using ::testing::ElementsAre;
using ::testing::Le;

class InOrderTest : public ::testing::Test {
 protected:
  Task<Result<bool>> Next(size_t number) {
    if (number == fails_next_) co_return Fail(ErrorCode::kUnavailable, "next");
    EXPECT_EQ(number, begun_++);
    EXPECT_LE(begun_ - taken_.size(), width_);
    co_return number < count_;
  }
  // Takes more turns of the loop the lower the number is within its width.
  Task<Status> Work(size_t number) {
    EXPECT_EQ(number, worked_++);
    most_ = std::max(most_, ++working_);
    for (size_t turn = 0; turn < 3 + width_ - number % width_; ++turn) {
      co_await boost::asio::post(here_.loop, boost::asio::use_awaitable);
    }
    for (int turn = 0; slow_ == number && turn < 100; ++turn) {
      co_await boost::asio::post(here_.loop, boost::asio::use_awaitable);
    }
    if (slow_ == number) done_beside_slow_ = done_;
    ++done_;
    --working_;
    if (throws_ && number == *throws_) throw std::bad_alloc();
    if (fails_.contains(number)) co_return Fail(ErrorCode::kCorruptData, std::to_string(number));
    co_return Status{};
  }
  Task<Status> Take(size_t number) {
    EXPECT_FALSE(taking_);
    taking_ = true;
    co_await boost::asio::post(here_.loop, boost::asio::use_awaitable);
    taking_ = false;
    taken_.push_back(number);
    if (fails_take_ == number) co_return Fail(ErrorCode::kOutOfSpace, "take");
    co_return Status{};
  }
  Status Run() {
    return here_.Run(InOrder(width_, {.next = [this](size_t number) { return Next(number); },
                                      .work = [this](size_t number) { return Work(number); },
                                      .take = [this](size_t number) { return Take(number); }}));
  }
  [[nodiscard]] static std::vector<size_t> UpTo(size_t count) {
    std::vector<size_t> numbers;
    for (size_t i = 0; i < count; ++i) numbers.push_back(i);
    return numbers;
  }

  Loop here_;
  size_t width_ = 3;
  size_t count_ = 10;
  size_t fails_next_ = 1'000;
  size_t fails_take_ = 1'000;
  std::set<size_t> fails_;
  std::optional<size_t> throws_;
  std::optional<size_t> slow_;
  int done_ = 0;
  int done_beside_slow_ = 0;
  size_t worked_ = 0;
  size_t begun_ = 0;
  size_t working_ = 0;
  size_t most_ = 0;
  bool taking_ = false;
  std::vector<size_t> taken_;
};

TEST_F(InOrderTest, TakesAllInOrderWhateverTakesLonger) {
  ASSERT_THAT(Run(), Succeeded());
  EXPECT_EQ(taken_, UpTo(10));
  EXPECT_EQ(most_, 3);
}

TEST_F(InOrderTest, BehindOneThatTakesLongOthersGoOnAsFarAsThereIsRoom) {
  width_ = 5;
  slow_ = 0;
  ASSERT_THAT(Run(), Succeeded());
  EXPECT_EQ(taken_, UpTo(10));
  EXPECT_EQ(done_beside_slow_, 4);
}

TEST_F(InOrderTest, NothingToDoIsNoError) {
  count_ = 0;
  ASSERT_THAT(Run(), Succeeded());
  EXPECT_TRUE(taken_.empty());
}

TEST_F(InOrderTest, OneAtATimeWorks) {
  width_ = 1;
  ASSERT_THAT(Run(), Succeeded());
  EXPECT_EQ(taken_, UpTo(10));
  EXPECT_EQ(most_, 1);
}

TEST_F(InOrderTest, AfterAnErrorNothingBeginsAndTheLowestNumberTells) {
  fails_ = {4, 5};  // 5 ends first
  EXPECT_THAT(Run(), FailedWith(ErrorCode::kCorruptData, "4"));
  EXPECT_THAT(begun_, Le(7));
  EXPECT_EQ(working_, 0);
  EXPECT_TRUE(std::ranges::is_sorted(taken_));
  EXPECT_THAT(taken_.size(), Le(4));
}

TEST_F(InOrderTest, AnErrorOfNextEndsIt) {
  fails_next_ = 2;
  EXPECT_THAT(Run(), FailedWith(ErrorCode::kUnavailable, "next"));
  EXPECT_EQ(begun_, 2);
}

TEST_F(InOrderTest, AnErrorOfTakeEndsIt) {
  fails_take_ = 1;
  EXPECT_THAT(Run(), FailedWith(ErrorCode::kOutOfSpace, "take"));
  EXPECT_THAT(taken_, ElementsAre(0, 1));
}

TEST_F(InOrderTest, LackOfMemoryIsAnErrorLikeAnother) {
  throws_ = 3;
  EXPECT_FALSE(Run());
  EXPECT_EQ(working_, 0);
}

}  // namespace
}  // namespace lakeferry
