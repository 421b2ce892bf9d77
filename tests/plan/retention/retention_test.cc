#include "plan/retention/retention.h"

#include "tests/delta/delta_matchers.h"

namespace lakeferry::plan {
namespace {

using delta::FailedWith;
using delta::Succeeded;
using std::chrono::days;
using std::chrono::hours;
using ::testing::HasSubstr;

Result<Retention> Of(delta::StringMap configuration) {
  delta::Metadata metadata;
  metadata.configuration = std::move(configuration);
  return RetentionOf(metadata);
}

TEST(ParseInterval, ReadsWhatSparkWrites) {
  const auto is = [](std::string_view text, Millis expected) {
    const auto parsed = ParseInterval(text);
    ASSERT_THAT(parsed, Succeeded()) << text;
    EXPECT_EQ(*parsed, expected) << text;
  };
  is("interval 1 week", days(7));
  is("INTERVAL 30 DAYS", days(30));
  is("7 days 12 hours", days(7) + hours(12));
  is("interval  0 hours", hours(0));
  is("interval 1.5 seconds", Millis(1'500));
  is("interval 1 day -2 hours", hours(22));
  is("interval 1500 milliseconds 500 microseconds", Millis(1'500));
}

// As Spark 3.5 reads them, sign by sign.
TEST(ParseInterval, ReadsSignsFractionsAndMonthsOfNothing) {
  const auto is = [](std::string_view text, Millis expected) {
    const auto parsed = ParseInterval(text);
    ASSERT_THAT(parsed, Succeeded()) << text;
    EXPECT_EQ(*parsed, expected) << text;
  };
  is("interval +7 days", days(7));
  is("interval + 7 days", days(7));
  is("interval - 2 days 3 days", days(1));
  is("interval -24 hours 2 days", days(1));
  is("interval 0 months 2 days", days(2));
  is("interval 12 months -1 year 2 days", days(2));
  is("  interval 7\tdays  ", days(7));
  is("interval 1.999999 seconds", Millis(1'999));
  is("interval .5 seconds", Millis(500));
  is("interval 1. seconds", Millis(1'000));
  is("interval 1 day -1 microsecond", days(1) - Millis(1));
}

TEST(ParseInterval, ReadsWhatIsKeptForEver) {
  const auto is = [](std::string_view text, Millis expected) {
    const auto parsed = ParseInterval(text);
    ASSERT_THAT(parsed, Succeeded()) << text;
    EXPECT_EQ(*parsed, expected) << text;
    EXPECT_GE(*parsed, kForever) << text;
  };
  is("interval 800000 days", days(800'000));
  is("interval 1000000 days", days(1'000'000));
  is("interval 100000 weeks 100000 weeks", days(1'400'000));
  is("interval 99999999 days", days(99'999'999));
  is("interval 2147483647 days", days(2'147'483'647));
  is("interval 9223372036854775807 microseconds", Millis(9'223'372'036'854'775));
}

TEST(ParseInterval, RefusesWhatSparkHasNoRoomFor) {
  for (const char* text :
       {"interval 2147483648 days", "interval 400000000 weeks", "interval 9999999999 hours",
        "interval 9223372036854775808 microseconds", "interval 2147483647 days 1 day",
        "interval 9223372036854775807 microseconds 1 microsecond", "interval 0.0000000001 seconds"}) {
    EXPECT_THAT(ParseInterval(text), FailedWith(ErrorCode::kInvalidArgument, "is no interval")) << text;
  }
}

TEST(ParseInterval, RefusesWhatHasNoKnownLength) {
  for (const char* text : {"",
                           "interval",
                           "7",
                           "interval 7",
                           "days 7",
                           "interval 1 month",
                           "interval 2 years",
                           "interval x days",
                           "interval -1 days",
                           "interval 1e99 weeks",
                           "interval nan days",
                           "interval 99999999999 weeks",
                           "7days",
                           "interval 1.5 days",
                           "interval\t7 days",
                           "interval interval 7 days",
                           "interval 1 days 2",
                           "interval -",
                           "interval +",
                           "interval + + 7 days",
                           "interval --7 days",
                           "interval . seconds",
                           "interval 1.-5 seconds",
                           "interval 7 days -",
                           "interval 1 month 2 days",
                           "interval 1 microsecond -1 day"}) {
    EXPECT_THAT(ParseInterval(text), FailedWith(ErrorCode::kInvalidArgument, "is no interval")) << text;
  }
}

TEST(RetentionOf, HasDeltasDefaultsAndReadsTheProperties) {
  const auto plain = Of({});
  ASSERT_THAT(plain, Succeeded());
  EXPECT_EQ(plain->deleted_files, days(7));
  EXPECT_EQ(plain->log, days(30));
  const auto set = Of(
      {{"delta.deletedFileRetentionDuration", "interval 2 days"}, {"delta.logRetentionDuration", "interval 60 days"}});
  ASSERT_THAT(set, Succeeded());
  EXPECT_EQ(set->deleted_files, days(2));
  EXPECT_EQ(set->log, days(60));
  const auto bad = Of({{"delta.logRetentionDuration", "soon"}});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().where.text(), "delta.logRetentionDuration");
}

TEST(CheckRetention, WarnsBelowTwiceTheIntervalAndIsCertainBelowIt) {
  const Retention retention{.deleted_files = days(7), .log = days(30)};
  EXPECT_FALSE(CheckRetention(retention, hours(12)));
  EXPECT_FALSE(CheckRetention(retention, hours(84)));
  const auto late = CheckRetention(retention, days(4));
  ASSERT_TRUE(late);
  EXPECT_FALSE(late->certain);
  EXPECT_THAT(late->what, HasSubstr("removed files are kept for 7d"));
  EXPECT_THAT(late->remedy, HasSubstr("delta.deletedFileRetentionDuration"));
  const auto gone = CheckRetention(retention, days(8));
  ASSERT_TRUE(gone);
  EXPECT_TRUE(gone->certain);
}

TEST(CheckRetention, LooksAtTheLogToo) {
  const auto problem = CheckRetention({.deleted_files = days(30), .log = hours(1)}, hours(2));
  ASSERT_TRUE(problem);
  EXPECT_TRUE(problem->certain);
  EXPECT_THAT(problem->what, HasSubstr("commits are kept for 1h"));
  EXPECT_THAT(problem->remedy, HasSubstr("delta.logRetentionDuration"));
}

TEST(RetentionOf, ReadsEachPropertyByItself) {
  delta::Metadata metadata;
  metadata.configuration = {{"delta.deletedFileRetentionDuration", "interval 2 days"},
                            {"delta.logRetentionDuration", "soon"}};
  EXPECT_EQ(*DeletedFileRetentionOf(metadata), days(2));
  const auto log = LogRetentionOf(metadata);
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().where.text(), "delta.logRetentionDuration");
}

TEST(CheckLag, WarnsFromHalfOfTheRetentionOnAndIsCertainFromTheWholeOn) {
  const TimeMs now = *ParseTime("2026-11-21T12:00:00Z");
  EXPECT_FALSE(CheckLag(days(8), now - days(4) + Millis(1), now));
  EXPECT_FALSE(CheckLag(days(8), now + days(1), now));
  const auto half = CheckLag(days(8), now - days(4), now);
  ASSERT_TRUE(half);
  EXPECT_FALSE(half->certain);
  EXPECT_THAT(half->what, HasSubstr("commits are kept for 8d, and commits since 2026-11-17T12:00:00.000Z"));
  EXPECT_THAT(half->remedy, HasSubstr("delta.logRetentionDuration"));
  const auto whole = CheckLag(days(8), now - days(8), now);
  ASSERT_TRUE(whole);
  EXPECT_TRUE(whole->certain);
  EXPECT_THAT(whole->what, HasSubstr("the whole table goes over again"));
}

TEST(CheckVanish, WarnsFromHalfOfTheRetentionOnAndIsCertainFromTheWholeOn) {
  const TimeMs now = *ParseTime("2026-11-21T12:00:00Z");
  EXPECT_FALSE(CheckVanish(NeededBy::kCut, days(8), now + days(4) + Millis(1), now));
  const auto half = CheckVanish(NeededBy::kCut, days(8), now + days(4), now);
  ASSERT_TRUE(half);
  EXPECT_FALSE(half->certain);
  EXPECT_EQ(half->what,
            "removed files are kept for 8d, and files that the cut under way needs may vanish from "
            "2026-11-25T12:00:00.000Z");
  EXPECT_THAT(half->remedy, HasSubstr("delta.deletedFileRetentionDuration"));
  const auto whole = CheckVanish(NeededBy::kCut, days(8), now, now);
  ASSERT_TRUE(whole);
  EXPECT_TRUE(whole->certain);
  EXPECT_THAT(whole->what, HasSubstr("may be gone since 2026-11-21T12:00:00.000Z"));
  const auto between = CheckVanish(NeededBy::kVersionsBetween, days(8), now, now);
  ASSERT_TRUE(between);
  EXPECT_THAT(between->what, HasSubstr("the replica will not be able to read those versions"));
}

TEST(CheckRetention, WhatIsKeptForEverIsNoProblem) {
  const Millis longest = *ParseInterval("interval 2147483647 days");
  const TimeMs now = *ParseTime("2026-11-21T12:00:00Z");
  EXPECT_FALSE(CheckRetention({.deleted_files = longest, .log = longest}, days(365)));
  EXPECT_FALSE(CheckLag(longest, TimeMs(), now));
  EXPECT_FALSE(CheckLag(Millis::max(), TimeMs(), now));
}

}  // namespace
}  // namespace lakeferry::plan
