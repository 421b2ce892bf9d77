#include "async/call.h"

#include <gtest/gtest.h>

#include <stop_token>

namespace lakeferry {
namespace {

TEST(CallTest, NobodyStopsTheDefaultAndItHasNoLimit) {
  EXPECT_TRUE(CheckWanted(Call{}, Millis::max()).has_value());
  EXPECT_EQ(Call{}.name(), "");
}

TEST(CallTest, StoppedIsCancelledAndSaysWhat) {
  std::stop_source stop;
  const Call call = Call{.stop = stop.get_token()}.Named("orders").Named("epoch 7");
  EXPECT_TRUE(CheckWanted(call).has_value());
  stop.request_stop();
  const Status status = CheckWanted(call);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(status.error().where.text(), "orders, epoch 7");
}

TEST(CallTest, NameOfTheOuterCallStays) {
  const Call outer = Call{}.Named("orders");
  const Call inner = outer.Named("table a");
  EXPECT_EQ(outer.name(), "orders");
  EXPECT_EQ(inner.name(), "orders, table a");
}

TEST(CallTest, ADeadlineIsNeverPutOff) {
  const Call call = Call{}.Within(Millis(100), Millis(50));
  EXPECT_EQ(call.deadline, Millis(150));
  EXPECT_EQ(call.Within(Millis(120), Millis(1'000)).deadline, Millis(150));
  EXPECT_EQ(call.Within(Millis(120), Millis(10)).deadline, Millis(130));
}

TEST(CallTest, OverAtItsDeadlineIsUnavailable) {
  const Call call = Call{}.Named("orders").Within(Millis(100), Millis(50));
  EXPECT_TRUE(CheckWanted(call, Millis(149)).has_value());
  const Status over = CheckWanted(call, Millis(150));
  ASSERT_FALSE(over.has_value());
  EXPECT_EQ(over.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(over.error().where.text(), "orders");
}

TEST(CallTest, ThatOfAnotherStopIsStoppedByThatAlone) {
  std::stop_source one;
  std::stop_source other;
  const Call call = Call{.stop = one.get_token()}.Within(Millis(0), Millis(9)).StoppedBy(other.get_token());
  one.request_stop();
  EXPECT_FALSE(call.stopped());
  EXPECT_EQ(call.deadline, Millis(9));
  other.request_stop();
  EXPECT_TRUE(call.stopped());
}

TEST(CallTest, NothingEndsWhatHasToBeFinished) {
  std::stop_source stop;
  const Call call = Call{.stop = stop.get_token()}.Named("orders").Within(Millis(0), Millis(9)).Unstoppable();
  stop.request_stop();
  EXPECT_TRUE(CheckWanted(call, Millis(10)).has_value());
  EXPECT_EQ(call.name(), "orders");
}

TEST(CallTest, OnlyAStopIsNoErrorOfWhatComesAfterTheWork) {
  EXPECT_TRUE(UnlessStopped(Fail(ErrorCode::kCancelled, "stopped")).has_value());
  EXPECT_FALSE(UnlessStopped(Fail(ErrorCode::kUnavailable, "away")).has_value());
  EXPECT_TRUE(UnlessStopped(Status()).has_value());
}

}  // namespace
}  // namespace lakeferry
