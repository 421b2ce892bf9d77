#include "base/time.h"

#include <gtest/gtest.h>

namespace lakeferry {
namespace {

TEST(FormatUtc, HasMillisecondsAndZ) {
  EXPECT_EQ(FormatUtc(FromEpochMs(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatUtc(FromEpochMs(1'700'000'000'123)), "2023-11-14T22:13:20.123Z");
}

TEST(FormatUtc, NumbersThatAreNoTimesAreTheNearestThatIs) {
  EXPECT_EQ(FormatUtc(FromEpochMs(INT64_MAX)), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(FormatUtc(FromEpochMs(INT64_MIN)), "0000-01-01T00:00:00.000Z");
  EXPECT_EQ(TimeFromOutside(INT64_MAX), kTimeMax);
  EXPECT_EQ(TimeFromOutside(INT64_MIN), kTimeMin);
  EXPECT_EQ(TimeFromOutside(1'700'000'000'123), FromEpochMs(1'700'000'000'123));
}

TEST(FormatUtc, TimesBefore1970AreRightToo) { EXPECT_EQ(FormatUtc(FromEpochMs(-1)), "1969-12-31T23:59:59.999Z"); }

TEST(ParseTime, ReadsWhatFormatUtcWrites) {
  for (const int64_t ms : {-1'000LL, 0LL, 1LL, 1'700'000'000'123LL, 951'782'400'000LL}) {
    EXPECT_EQ(ParseTime(FormatUtc(FromEpochMs(ms))).value(), FromEpochMs(ms)) << ms;
  }
}

TEST(ParseTime, OffsetIsTakenOff) {
  const TimeMs noon = ParseTime("2026-11-21T12:00:00Z").value();
  EXPECT_EQ(ParseTime("2026-11-21T14:00:00+02:00").value(), noon);
  EXPECT_EQ(ParseTime("2026-11-21 06:30-0530").value(), noon);
  EXPECT_EQ(ParseTime("2026-11-21 12:00").value(), noon);
}

TEST(ParseTime, FractionIsCutToMilliseconds) {
  EXPECT_EQ(ParseTime("1970-01-01T00:00:00.1239Z").value(), FromEpochMs(123));
  EXPECT_EQ(ParseTime("1970-01-01T00:00:00.5Z").value(), FromEpochMs(500));
}

TEST(ParseTime, AWholeNumberIsEpochMilliseconds) {
  EXPECT_EQ(ParseTime("1700000000123").value(), FromEpochMs(1'700'000'000'123));
}

TEST(ParseTime, WhatWasWrittenLeavesItsLastUnitOpen) {
  const auto slack = [](std::string_view text) { return ParseWrittenTime(text).value().slack; };
  EXPECT_EQ(slack("2026-11-21T12:00:00Z"), Millis(999));
  EXPECT_EQ(slack("2026-11-21T12:00:07+02:00"), Millis(999));
  EXPECT_EQ(slack("2026-11-21T12:00:00.000Z"), Millis(0));
  EXPECT_EQ(slack("2026-11-21T12:00:00.5Z"), Millis(99));
  EXPECT_EQ(slack("2026-11-21T12:00:00.25Z"), Millis(9));
  EXPECT_EQ(slack("2026-11-21 12:00"), Millis(59'999));
  EXPECT_EQ(slack("2026-11-21"), Millis(86'399'999));
  EXPECT_EQ(slack("1700000000123"), Millis(0));
  EXPECT_EQ(slack("1700000000000"), Millis(999));
  EXPECT_EQ(ParseWrittenTime("2026-11-21T12:00:07Z")->time, ParseTime("2026-11-21T12:00:07Z").value());
}

TEST(ParseTime, WhatIsNoTimeIsInvalidAndNamed) {
  for (const auto* text :
       {"", "yesterday", "2026-02-30T00:00:00Z", "2026-13-01", "2026-11-21T24:00:00Z", "2026-11-21T12:60:00Z",
        "2026-11-21T12:00:00.Z", "2026-11-21T12:00:00Zz", "-5", "2026-11-21T12:00:00+25:00"}) {
    const auto time = ParseTime(text);
    ASSERT_FALSE(time.has_value()) << text;
    EXPECT_EQ(time.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(time.error().message.find(text), std::string::npos);
  }
}

TEST(ParseDuration, ReadsEachUnitAndSums) {
  EXPECT_EQ(ParseDuration("250ms").value(), Millis(250));
  EXPECT_EQ(ParseDuration("90s").value(), Millis(90'000));
  EXPECT_EQ(ParseDuration("15m").value(), Millis(900'000));
  EXPECT_EQ(ParseDuration("1h30m").value(), Millis(5'400'000));
  EXPECT_EQ(ParseDuration("1d").value(), Millis(86'400'000));
  EXPECT_EQ(ParseDuration("2w").value(), Millis(14 * 86'400'000));
  EXPECT_EQ(ParseDuration("1w1d").value(), ParseDuration("8d").value());
}

TEST(ParseDuration, WithoutUnitOrTooLongIsInvalid) {
  for (const auto* text : {"", "15", "m", "1x", "1h 30m", "-1h", "1W", "999999999999d999999999999d", "999999999999w"}) {
    EXPECT_FALSE(ParseDuration(text).has_value()) << text;
  }
}

TEST(FormatDuration, ShowsTheTwoLargestUnits) {
  EXPECT_EQ(FormatDuration(Millis(0)), "0s");
  EXPECT_EQ(FormatDuration(Millis(250)), "250ms");
  EXPECT_EQ(FormatDuration(Millis(5'400'000)), "1h 30m");
  EXPECT_EQ(FormatDuration(Millis(90'061'001)), "1d 1h");
  EXPECT_EQ(FormatDuration(Millis(14 * 86'400'000)), "14d") << "weeks are read, and told in days";
  EXPECT_EQ(FormatDuration(Millis(-15'000)), "-15s");
}

}  // namespace
}  // namespace lakeferry
