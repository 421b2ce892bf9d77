#include "plan/group/backoff.h"

namespace lakeferry::plan {
namespace {

Millis Delay(int64_t attempts, uint64_t bits = 0) {
  return BackoffDelay(attempts, Millis(1'000), Millis(60'000), bits);
}

TEST(Backoff, DoublesFromTheFirstToTheMost) {
  EXPECT_EQ(Delay(1), Millis(1'000));
  EXPECT_EQ(Delay(2), Millis(2'000));
  EXPECT_EQ(Delay(6), Millis(32'000));
  EXPECT_EQ(Delay(7), Millis(60'000));
  EXPECT_EQ(Delay(1'000'000), Millis(60'000));
}

TEST(Backoff, JitterTakesAtMostHalf) {
  for (uint64_t bits = 0; bits < 5'000; ++bits) {
    ASSERT_GE(Delay(3, bits), Millis(2'000));
    ASSERT_LE(Delay(3, bits), Millis(4'000));
  }
  EXPECT_EQ(Delay(3, 2'000), Millis(2'000));
  EXPECT_NE(Delay(3, 1), Delay(3, 2)) << "two groups that failed together do not return together";
  EXPECT_GE(Delay(3, ~uint64_t{0}), Millis(2'000));
}

TEST(Backoff, PauseIsTheShorterOfBackoffAndInterval) {
  EXPECT_EQ(PauseAfterFailure(Millis(100), Millis(700), {}), Millis(100));
  EXPECT_EQ(PauseAfterFailure(Millis(900), Millis(700), {}), Millis(700));
}

TEST(Backoff, PauseIsNotShorterThanTheOtherSideAskedFor) {
  EXPECT_EQ(PauseAfterFailure(Millis(100), Millis(700), Millis(5'000)), Millis(5'000));
  EXPECT_EQ(PauseAfterFailure(Millis(600), Millis(700), Millis(50)), Millis(600));
  EXPECT_EQ(PauseAfterFailure(Millis(600), Millis(700), Millis(-50)), Millis(600));
  EXPECT_EQ(PauseAfterFailure(Millis(600), Millis(700), Millis::max()), std::chrono::hours(1)) << "it is not believed";
}

TEST(Backoff, OddCountsOfAttemptsAreTheFirst) {
  EXPECT_EQ(Delay(0), Millis(1'000));
  EXPECT_EQ(Delay(-5), Millis(1'000));
}

TEST(Backoff, ShortestDelaysStayWithinTheirBounds) {
  EXPECT_EQ(BackoffDelay(1, Millis(0), Millis(60'000), 7), Millis(0));
  EXPECT_EQ(BackoffDelay(1, Millis(1), Millis(60'000), 7), Millis(1));
  EXPECT_EQ(BackoffDelay(1, Millis(5'000), Millis(1'000), 0), Millis(1'000));
}

TEST(Backoff, LongestDelaysDoNotOverflow) {
  const Millis month(int64_t{30} * 24 * 3'600'000);
  EXPECT_EQ(BackoffDelay(1'000, month, month * 12, 0), month * 12);
}

}  // namespace
}  // namespace lakeferry::plan
