#include "plan/cron.h"

#include "tests/delta/delta_matchers.h"

namespace lakeferry::plan {
namespace {

using namespace std::chrono;
using delta::FailedWith;
using delta::Succeeded;

// A zone made of an offset and jumps of it, each at an instant.
class FakeZone : public ZoneRules {
 public:
  struct Jump {
    TimeMs at;
    Millis offset;  // from then on
  };
  explicit FakeZone(Millis offset = Millis(0), std::vector<Jump> jumps = {})
      : offset_(offset), jumps_(std::move(jumps)) {}

  [[nodiscard]] LocalMs ToLocal(TimeMs time) const override {
    return LocalMs(time.time_since_epoch() + OffsetAt(time));
  }
  [[nodiscard]] std::optional<TimeMs> ToUtc(LocalMs local) const override {
    ++calls_;
    std::optional<TimeMs> first;
    const auto consider = [&](Millis offset) {
      const TimeMs time(local.time_since_epoch() - offset);
      if (ToLocal(time) == local && (!first || time < *first)) first = time;
    };
    consider(offset_);
    for (const Jump& jump : jumps_) consider(jump.offset);
    return first;
  }
  [[nodiscard]] int calls() const { return calls_; }

 private:
  [[nodiscard]] Millis OffsetAt(TimeMs time) const {
    Millis offset = offset_;
    for (const Jump& jump : jumps_) {
      if (time >= jump.at) offset = jump.offset;
    }
    return offset;
  }
  Millis offset_;
  std::vector<Jump> jumps_;
  mutable int calls_ = 0;
};

TimeMs At(std::string_view text) {
  const auto time = ParseTime(text);
  EXPECT_THAT(time, Succeeded()) << text;
  return time.value_or(TimeMs());
}
std::string Newest(std::string_view cron, std::string_view now, const ZoneRules& zone = FakeZone()) {
  const auto schedule = CronSchedule::Parse(cron);
  EXPECT_THAT(schedule, Succeeded()) << cron;
  if (!schedule) return "no schedule";
  const auto fire = schedule->NewestFireAtOrBefore(At(now), zone);
  return fire ? FormatUtc(*fire).substr(0, 16) : "never";
}
// 21 November 2026 is a Saturday.
constexpr std::string_view kNow = "2026-11-21T10:07:30Z";

TEST(Cron, EveryMinuteIsTheMinuteItself) {
  EXPECT_EQ(Newest("* * * * *", kNow), "2026-11-21T10:07");
  EXPECT_EQ(Newest("* * * * *", "2026-11-21T10:07:00Z"), "2026-11-21T10:07") << "at the instant it fires";
  EXPECT_EQ(Newest("* * * * *", "2026-11-21T00:00:00Z"), "2026-11-21T00:00");
}

TEST(Cron, NumbersNameOneMinute) {
  EXPECT_EQ(Newest("5 10 * * *", kNow), "2026-11-21T10:05");
  EXPECT_EQ(Newest("8 10 * * *", kNow), "2026-11-20T10:08");
  EXPECT_EQ(Newest("30 23 31 12 *", kNow), "2025-12-31T23:30");
}

TEST(Cron, StepsRangesAndLists) {
  EXPECT_EQ(Newest("*/15 * * * *", kNow), "2026-11-21T10:00");
  EXPECT_EQ(Newest("*/15 * * * *", "2026-11-21T10:59:00Z"), "2026-11-21T10:45");
  EXPECT_EQ(Newest("10-20/5 9 * * *", kNow), "2026-11-21T09:20");
  EXPECT_EQ(Newest("50/4 9 * * *", kNow), "2026-11-21T09:58") << "a step from one number on goes to the end";
  EXPECT_EQ(Newest("1,3,6 10 * * *", kNow), "2026-11-21T10:06");
  EXPECT_EQ(Newest("0 1-3,22 * * *", kNow), "2026-11-21T03:00");
  EXPECT_EQ(Newest("0 0 1-7,20 * *", kNow), "2026-11-20T00:00");
}

TEST(Cron, NamesOfMonthsAndDaysInAnyCase) {
  EXPECT_EQ(Newest("0 0 1 jan *", kNow), "2026-01-01T00:00");
  EXPECT_EQ(Newest("0 0 1 Oct-DEC *", kNow), "2026-11-01T00:00");
  EXPECT_EQ(Newest("0 0 * * mon", kNow), "2026-11-16T00:00");
  EXPECT_EQ(Newest("0 0 * * Mon-Fri", kNow), "2026-11-20T00:00");
}

TEST(Cron, SundayIsZeroSevenAndItsName) {
  for (const auto* cron : {"0 0 * * 0", "0 0 * * 7", "0 0 * * sun", "0 0 * * 7-7"}) {
    EXPECT_EQ(Newest(cron, kNow), "2026-11-15T00:00") << cron;
  }
  EXPECT_EQ(Newest("0 0 * * 5-7", "2026-11-16T10:00:00Z"), "2026-11-15T00:00");
}

TEST(Cron, EitherDayFieldMatchesWhenBothAreRestricted) {
  EXPECT_EQ(Newest("0 0 10 * fri", kNow), "2026-11-20T00:00");
  EXPECT_EQ(Newest("0 0 10 * fri", "2026-11-12T10:00:00Z"), "2026-11-10T00:00");
}

TEST(Cron, OneRestrictedDayFieldDecidesAlone) {
  EXPECT_EQ(Newest("0 0 10 * *", kNow), "2026-11-10T00:00");
  EXPECT_EQ(Newest("0 0 * * fri", kNow), "2026-11-20T00:00");
  EXPECT_EQ(Newest("0 0 10 * */1", kNow), "2026-11-10T00:00") << "a field that begins with * restricts nothing";
}

TEST(Cron, LeapDayIsFoundYearsBack) {
  EXPECT_EQ(Newest("0 0 29 2 *", kNow), "2024-02-29T00:00");
  EXPECT_EQ(Newest("0 0 29 2 *", "2104-02-28T00:00:00Z"), "2096-02-29T00:00") << "2100 is no leap year";
}

TEST(Cron, DayThatNeverComesIsNever) {
  EXPECT_EQ(Newest("0 0 31 2 *", kNow), "never");
  EXPECT_EQ(Newest("0 0 31 4,6,9,11 *", kNow), "never");
}

TEST(Cron, RareSchedulesAskTheZoneSeldom) {
  const FakeZone zone;
  EXPECT_EQ(Newest("0 0 29 2 *", kNow, zone), "2024-02-29T00:00");
  EXPECT_LE(zone.calls(), 3);
  const FakeZone other;
  EXPECT_EQ(Newest("* * * * *", kNow, other), "2026-11-21T10:07");
  EXPECT_LE(other.calls(), 3);
}

TEST(Cron, FieldsAreOfTheZonesClock) {
  const FakeZone east(hours(9));
  EXPECT_EQ(Newest("0 3 * * *", kNow, east), "2026-11-20T18:00");
  EXPECT_EQ(Newest("30 23 * * *", "2026-11-21T14:00:00Z", east), "2026-11-20T14:30") << "it is still the 21st there";
  const FakeZone west(-hours(10));
  EXPECT_EQ(Newest("0 0 * * sat", "2026-11-21T11:00:00Z", west), "2026-11-21T10:00");
  EXPECT_EQ(Newest("0 0 * * sat", "2026-11-21T09:00:00Z", west), "2026-11-14T10:00") << "it is Friday there";
}

// 29 March 2026, 01:00 UTC: 02:00 becomes 03:00.
FakeZone Spring() { return FakeZone(hours(1), {{.at = At("2026-03-29T01:00:00Z"), .offset = hours(2)}}); }

TEST(Cron, TimeThatTheClocksSkipDoesNotHappen) {
  EXPECT_EQ(Newest("30 2 * * *", "2026-03-29T12:00:00Z", Spring()), "2026-03-28T01:30");
  EXPECT_EQ(Newest("30 2 * * *", "2026-03-30T12:00:00Z", Spring()), "2026-03-30T00:30");
  EXPECT_EQ(Newest("30 1,2,3 * * *", "2026-03-29T01:10:00Z", Spring()), "2026-03-29T00:30");
  EXPECT_EQ(Newest("30 1,2,3 * * *", "2026-03-29T01:30:00Z", Spring()), "2026-03-29T01:30");
}

// 25 October 2026, 01:00 UTC: 03:00 becomes 02:00.
FakeZone Autumn() { return FakeZone(hours(2), {{.at = At("2026-10-25T01:00:00Z"), .offset = hours(1)}}); }

TEST(Cron, TimeThatTheClocksShowTwiceHappensAtItsFirstShowing) {
  EXPECT_EQ(Newest("30 2 * * *", "2026-10-25T00:29:59Z", Autumn()), "2026-10-24T00:30");
  EXPECT_EQ(Newest("30 2 * * *", "2026-10-25T00:30:00Z", Autumn()), "2026-10-25T00:30");
  EXPECT_EQ(Newest("30 2 * * *", "2026-10-25T01:45:00Z", Autumn()), "2026-10-25T00:30") << "not at the second";
}

TEST(Cron, WithinTheSecondShowingTheNewestOfTheFirstCounts) {
  // 02:10 is shown the second time; 02:55 has been shown once already.
  EXPECT_EQ(Newest("* * * * *", "2026-10-25T01:10:00Z", Autumn()), "2026-10-25T00:59");
  EXPECT_EQ(Newest("55 * * * *", "2026-10-25T01:10:00Z", Autumn()), "2026-10-25T00:55");
  EXPECT_EQ(Newest("* * * * *", "2026-10-25T02:00:00Z", Autumn()), "2026-10-25T02:00");
}

TEST(Cron, SecondShowingAcrossMidnightLooksAtTheNextDayToo) {
  // 00:30 on the 25th becomes 23:30 on the 24th.
  const FakeZone zone(hours(0), {{.at = At("2026-10-25T00:30:00Z"), .offset = -hours(1)}});
  EXPECT_EQ(Newest("10 0 * * *", "2026-10-25T00:40:00Z", zone), "2026-10-25T00:10");
}

TEST(Cron, EveryAnswerIsTheNewestOfAllThatFire) {
  const FakeZone zone(hours(2), {{.at = At("2026-10-25T01:00:00Z"), .offset = hours(1)}});
  const auto schedule = CronSchedule::Parse("7,31 1-3 * * *");
  ASSERT_THAT(schedule, Succeeded());
  // All fires around the change, found minute by minute.
  std::vector<TimeMs> fires;
  const LocalMs day = LocalMs(At("2026-10-24T00:00:00Z").time_since_epoch());
  for (int minute = 0; minute < 3 * 24 * 60; ++minute) {
    const LocalMs local = day + minutes(minute);
    const int hour = minute / 60 % 24;
    if (hour < 1 || hour > 3 || (minute % 60 != 7 && minute % 60 != 31)) continue;
    if (const auto fire = zone.ToUtc(local)) fires.push_back(*fire);
  }
  std::ranges::sort(fires);
  for (TimeMs now = At("2026-10-24T12:00:00Z"); now < At("2026-10-26T00:00:00Z"); now += minutes(1)) {
    const auto after = std::ranges::upper_bound(fires, now);
    ASSERT_NE(after, fires.begin());
    ASSERT_EQ(schedule->NewestFireAtOrBefore(now, zone), *std::prev(after)) << FormatUtc(now);
  }
}

TEST(Cron, ErrorsNameTheField) {
  const auto expect = [](std::string_view cron, std::string_view words) {
    EXPECT_THAT(CronSchedule::Parse(cron), FailedWith(ErrorCode::kInvalidArgument, std::string(words))) << cron;
  };
  expect("60 * * * *", "'60' is no minute");
  expect("* 24 * * *", "'24' is no hour");
  expect("* * 0 * *", "'0' is no day of month");
  expect("* * 32 * *", "'32' is no day of month");
  expect("* * * 13 *", "'13' is no month");
  expect("* * * 0 *", "'0' is no month");
  expect("* * * * 8", "'8' is no day of week");
  expect("* * * * xyz", "'xyz' is no day of week");
  expect("mon * * * *", "'mon' is no minute");
  expect("*/0 * * * *", "minute");
  expect("*/-1 * * * *", "minute");
  expect("*/ * * * *", "minute");
  expect("*/5/5 * * * *", "minute");
  expect("1- * * * *", "minute");
  expect("-1 * * * *", "minute");
  expect("1-2-3 * * * *", "minute");
  expect("20-10 * * * *", "minute");
  expect("1,,2 * * * *", "minute");
  expect(", * * * *", "minute");
  expect("99999999999 * * * *", "minute");
  expect("1.5 * * * *", "minute");
}

TEST(Cron, WrongCountOfFieldsIsTold) {
  EXPECT_THAT(CronSchedule::Parse("* * * *"), FailedWith(ErrorCode::kInvalidArgument, "has 4 fields"));
  EXPECT_THAT(CronSchedule::Parse("0 * * * * *"), FailedWith(ErrorCode::kInvalidArgument, "has 6 fields"));
  EXPECT_THAT(CronSchedule::Parse(""), FailedWith(ErrorCode::kInvalidArgument, "has 0 fields"));
  EXPECT_THAT(CronSchedule::Parse("@daily"), FailedWith(ErrorCode::kInvalidArgument, "has 1 fields"));
}

TEST(Cron, SpacesBetweenAndAroundFieldsDoNotMatter) {
  EXPECT_EQ(Newest("  5   10 *  *\t* ", kNow), "2026-11-21T10:05");
}

}  // namespace
}  // namespace lakeferry::plan
