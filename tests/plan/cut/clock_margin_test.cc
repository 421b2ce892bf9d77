#include "plan/cut/clock_margin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry::plan {
namespace {

using ::testing::HasSubstr;

ClockSkew Skew(int64_t lowest, int64_t highest) { return {.lowest = Millis(lowest), .highest = Millis(highest)}; }

TEST(ClockMargin, AReadingIsAsWideAsTheLookTook) {
  EXPECT_EQ(ReadingOf(FromEpochMs(100'123), Millis(40), Millis(60)),
            (ClockReading{.lowest = Millis(100'063), .highest = Millis(100'083)}));
}

TEST(ClockMargin, AWholeSecondMayHaveHadAFraction) {
  EXPECT_EQ(ReadingOf(FromEpochMs(100'000), Millis(40), Millis(60)),
            (ClockReading{.lowest = Millis(99'940), .highest = Millis(100'959)}));
}

TEST(ClockMargin, TwoReadingsOfOneClockNarrowItDownUnlessItWasSetAnew) {
  const ClockReading a{.lowest = Millis(0), .highest = Millis(1'000)};
  const ClockReading b{.lowest = Millis(600), .highest = Millis(1'600)};
  EXPECT_EQ(Both(a, b), (ClockReading{.lowest = Millis(600), .highest = Millis(1'000)}));
  const ClockReading anew{.lowest = Millis(5'000), .highest = Millis(6'000)};
  EXPECT_EQ(Both(a, anew), anew);
}

TEST(ClockMargin, SkewIsTheWidestDifferenceThatReadingsAllow) {
  const ClockReading store{.lowest = Millis(10), .highest = Millis(20)};
  const ClockReading runs{.lowest = Millis(5), .highest = Millis(50)};
  const ClockSkew skew = SkewOf(store, runs);
  EXPECT_EQ(skew, Skew(-40, 15));
  EXPECT_EQ(skew.size(), Millis(40));
  EXPECT_EQ(SkewOf(runs, store).size(), Millis(40));
  EXPECT_EQ(Skew(-3, 9).likely(), Millis(3));
}

TEST(ClockMargin, WhatIsConfiguredStandsWhateverWasMeasured) {
  const ComparedClocks far{.store_to_runs = Skew(70'000, 70'001), .store_to_here = {}, .source_shares = true};
  const ClockMargin margin = MarginOf(Millis(0), far);
  EXPECT_EQ(margin.margin, Millis(0));
  EXPECT_EQ(margin.behind, Millis(0));
  EXPECT_FALSE(margin.measured);
  EXPECT_EQ(margin.unfit, "");
}

TEST(ClockMargin, WhatWasMeasuredHasAFloorAndIsForEachPurposeItsOwn) {
  const ClockMargin kept =
      MarginOf({}, ComparedClocks{.store_to_runs = Skew(-3, 4), .store_to_here = Skew(0, 1), .source_shares = true});
  EXPECT_EQ(kept.margin, kMarginFloor);
  EXPECT_EQ(kept.behind, kMarginFloor);
  EXPECT_TRUE(kept.measured);
  EXPECT_TRUE(kept.source_compared);
  const ClockMargin apart = MarginOf(
      {}, ComparedClocks{.store_to_runs = Skew(-900, 4), .store_to_here = Skew(700, 800), .source_shares = true});
  EXPECT_EQ(apart.margin, Millis(900));
  EXPECT_EQ(apart.behind, Millis(800));
}

TEST(ClockMargin, AClockThatNobodyCanCompareIsTakenToBeKeptInStep) {
  const ClockMargin others =
      MarginOf({}, ComparedClocks{.store_to_runs = Skew(-300, 4), .store_to_here = {}, .source_shares = false});
  EXPECT_EQ(others.margin, kMarginOfOthers + Millis(300));
  EXPECT_FALSE(others.source_compared);
  EXPECT_EQ(MarginOf({}, {}).margin, kMarginOfOthers);
}

TEST(ClockMargin, ClocksThatAreFarApartTellNothing) {
  const auto of = [](int64_t skew) {
    return MarginOf({}, ComparedClocks{.store_to_runs = Skew(skew, skew), .store_to_here = {}, .source_shares = true});
  };
  EXPECT_EQ(of(kMarginUsable.count()).unfit, "");
  EXPECT_THAT(of(kMarginUsable.count() + 1).unfit, HasSubstr("differ by up to 1m"));
  const ComparedClocks wrong{.store_to_runs = {}, .store_to_here = Skew(-7'200'000, 0), .source_shares = true};
  EXPECT_EQ(MarginOf({}, wrong).behind, kMarginFloor) << "waiting for it would help nobody";
}

}  // namespace
}  // namespace lakeferry::plan
