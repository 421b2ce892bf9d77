#include "plan/group/cron.h"

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
  [[nodiscard]] TimeMs ToUtc(LocalMs local) const override {
    ++calls_;
    std::optional<TimeMs> first;
    const auto consider = [&](Millis offset) {
      const TimeMs time(local.time_since_epoch() - offset);
      if (ToLocal(time) == local && (!first || time < *first)) first = time;
    };
    consider(offset_);
    for (const Jump& jump : jumps_) consider(jump.offset);
    if (first) return *first;
    const auto after = std::ranges::find_if(jumps_, [&](const Jump& jump) { return ToLocal(jump.at) > local; });
    return after->at;
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

TEST(Cron, ShortcutsStandForTheFieldsThatCrontabGivesThem) {
  EXPECT_EQ(Newest("@hourly", kNow), "2026-11-21T10:00");
  EXPECT_EQ(Newest("@daily", kNow), "2026-11-21T00:00");
  EXPECT_EQ(Newest("@midnight", kNow), "2026-11-21T00:00");
  EXPECT_EQ(Newest("@weekly", kNow), "2026-11-15T00:00") << "a Sunday";
  EXPECT_EQ(Newest("@monthly", kNow), "2026-11-01T00:00");
  EXPECT_EQ(Newest("@yearly", kNow), "2026-01-01T00:00");
  EXPECT_EQ(Newest("@annually", kNow), "2026-01-01T00:00");
  for (const std::string_view none : {"@", "@dayly", "@reboot", "@every 5m", "@Daily", "@daily x"}) {
    EXPECT_THAT(CronSchedule::Parse(none), FailedWith(ErrorCode::kInvalidArgument, "is no schedule")) << none;
  }
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

TEST(Cron, LeapDayOnOneDayOfTheWeekWaitsUpToFortyYears) {
  EXPECT_EQ(Newest("0 0 29 2 */7", kNow), "2004-02-29T00:00") << "*/7 is Sunday, and restricts nothing";
  EXPECT_EQ(Newest("0 0 29 2 */7", "2128-02-28T00:00:00Z"), "2088-02-29T00:00");
}

TEST(Cron, DayThatNeverComesIsRefused) {
  for (const auto* cron : {"0 0 30 2 *", "0 0 31 2 *", "0 0 30-31 feb *", "0 0 31 4,6,9,11 *", "0 0 31 2-4/2 */2"}) {
    EXPECT_THAT(CronSchedule::Parse(cron), FailedWith(ErrorCode::kInvalidArgument, "never fires")) << cron;
  }
  for (const auto* cron : {"0 0 29 2 *", "0 0 31 4,5 *", "0 0 30 2 mon", "0 0 */31 2 *", "0 0 28-31 2 *"}) {
    EXPECT_THAT(CronSchedule::Parse(cron), Succeeded()) << cron;
  }
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

TEST(Cron, TimeThatTheClocksSkipHappensAtTheFirstInstantAfterTheGap) {
  EXPECT_EQ(Newest("30 2 * * *", "2026-03-29T00:59:59Z", Spring()), "2026-03-28T01:30");
  EXPECT_EQ(Newest("30 2 * * *", "2026-03-29T01:00:00Z", Spring()), "2026-03-29T01:00");
  EXPECT_EQ(Newest("30 2 * * *", "2026-03-29T12:00:00Z", Spring()), "2026-03-29T01:00");
  EXPECT_EQ(Newest("30 2 * * *", "2026-03-30T12:00:00Z", Spring()), "2026-03-30T00:30");
  EXPECT_EQ(Newest("0 2 29 3 *", "2026-06-01T00:00:00Z", Spring()), "2026-03-29T01:00");
}

TEST(Cron, FiresOfOneGapAreOne) {
  EXPECT_EQ(Newest("30 1,2,3 * * *", "2026-03-29T00:59:00Z", Spring()), "2026-03-29T00:30");
  EXPECT_EQ(Newest("*/10 2 * * *", "2026-03-29T01:29:00Z", Spring()), "2026-03-29T01:00");
  EXPECT_EQ(Newest("30 1,2,3 * * *", "2026-03-29T01:10:00Z", Spring()), "2026-03-29T01:00");
  EXPECT_EQ(Newest("30 1,2,3 * * *", "2026-03-29T01:30:00Z", Spring()), "2026-03-29T01:30");
}

TEST(Cron, GapOfHalfAnHourAndAtMidnight) {
  // Lord Howe: 02:00 becomes 02:30. Havana: 00:00 becomes 01:00.
  const FakeZone half(minutes(630), {{.at = At("2026-10-03T15:30:00Z"), .offset = hours(11)}});
  EXPECT_EQ(Newest("15 2 * * *", "2026-10-03T15:29:00Z", half), "2026-10-02T15:45");
  EXPECT_EQ(Newest("15 2 * * *", "2026-10-03T15:30:00Z", half), "2026-10-03T15:30");
  EXPECT_EQ(Newest("45 2 * * *", "2026-10-03T15:50:00Z", half), "2026-10-03T15:45") << "not in the gap";
  const FakeZone midnight(-hours(5), {{.at = At("2026-03-08T05:00:00Z"), .offset = -hours(4)}});
  EXPECT_EQ(Newest("0 0 * * *", "2026-03-08T04:59:00Z", midnight), "2026-03-07T05:00");
  EXPECT_EQ(Newest("0 0 * * *", "2026-03-08T05:00:00Z", midnight), "2026-03-08T05:00");
  EXPECT_EQ(Newest("30 0 8 * *", "2026-03-31T00:00:00Z", midnight), "2026-03-08T05:00") << "still that day's";
  EXPECT_EQ(Newest("59 23 * * *", "2026-03-08T05:10:00Z", midnight), "2026-03-08T04:59");
}

TEST(Cron, DayThatTheClocksSkipWholeRunsWhenTheNextBegins) {
  // Samoa had no 30 December 2011.
  const FakeZone zone(-hours(10), {{.at = At("2011-12-30T10:00:00Z"), .offset = hours(14)}});
  EXPECT_EQ(Newest("30 2 30 * *", "2011-12-30T09:59:00Z", zone), "2011-11-30T12:30");
  EXPECT_EQ(Newest("30 2 30 * *", "2011-12-30T10:00:00Z", zone), "2011-12-30T10:00");
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

// Hours 1 to 3, minutes 7 and 31, as in the schedule that is tried.
bool MayFire(LocalMs local) {
  const auto time = hh_mm_ss(local - floor<days>(local));
  const bool minute = time.minutes() == minutes(7) || time.minutes() == minutes(31);
  return minute && time.hours() >= hours(1) && time.hours() <= hours(3);
}

// Minute by minute: it fires when the clocks first show, or first go beyond, a local time that may fire.
void ExpectNewestOfAll(const ZoneRules& zone, TimeMs begin) {
  const auto schedule = CronSchedule::Parse("7,31 1-3 * * *");
  ASSERT_THAT(schedule, Succeeded());
  LocalMs passed = zone.ToLocal(begin);
  std::optional<TimeMs> newest;
  for (TimeMs now = begin; now < begin + days(3); now += minutes(1)) {
    for (; passed < zone.ToLocal(now); passed += minutes(1)) {
      if (MayFire(passed + minutes(1))) newest = now;
    }
    if (newest) {
      ASSERT_EQ(schedule->NewestFireAtOrBefore(now, zone), newest) << FormatUtc(now);
    }
  }
  ASSERT_TRUE(newest);
}

TEST(Cron, EveryAnswerIsTheNewestOfAllThatFire) {
  ExpectNewestOfAll(Spring(), At("2026-03-27T20:00:00Z"));
  ExpectNewestOfAll(Autumn(), At("2026-10-23T20:00:00Z"));
  for (const int shift : {-120, -90, -30, -13, 13, 30, 90, 120}) {
    for (int hour = 0; hour < 6; ++hour) {
      const TimeMs at = At("2026-05-02T00:00:00Z") + hours(hour);
      ExpectNewestOfAll(FakeZone(Millis(0), {{.at = at, .offset = minutes(shift)}}), At("2026-04-30T20:00:00Z"));
    }
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
  EXPECT_THAT(CronSchedule::Parse("daily"), FailedWith(ErrorCode::kInvalidArgument, "has 1 fields"));
}

TEST(Cron, SpacesBetweenAndAroundFieldsDoNotMatter) {
  EXPECT_EQ(Newest("  5   10 *  *\t* ", kNow), "2026-11-21T10:05");
}

}  // namespace
}  // namespace lakeferry::plan
