#include "async/both.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <new>
#include <vector>

#include "tests/async/loop.h"

namespace lakeferry {
namespace {

class BothTest : public ::testing::Test {
 protected:
  Task<Status> After(int turns, Status outcome) {
    for (int i = 0; i < turns; ++i) {
      order_.push_back(turns);
      co_await boost::asio::post(here_.loop, boost::asio::use_awaitable);
    }
    co_return outcome;
  }
  static Task<Status> WithoutMemory() {
    co_await boost::asio::this_coro::executor;
    throw std::bad_alloc();
  }

  Loop here_;
  std::vector<int> order_;
};

TEST_F(BothTest, BothWaitSideBySideAndEachKeepsItsOutcome) {
  const auto [one, other] = here_.Run(Both(After(3, {}), After(2, Fail(ErrorCode::kNotFound, "other"))));
  EXPECT_THAT(one, Succeeded());
  EXPECT_THAT(other, FailedWith(ErrorCode::kNotFound, "other"));
  EXPECT_THAT(order_, ::testing::ElementsAre(3, 2, 3, 2, 3));
}

TEST_F(BothTest, LackOfMemoryOfOneIsNotThatOfTheOther) {
  const auto [one, other] = here_.Run(Both(WithoutMemory(), After(1, {})));
  EXPECT_FALSE(one);
  EXPECT_THAT(other, Succeeded());
}

}  // namespace
}  // namespace lakeferry
