#include "daemon/config/run_entry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const TimeMs kNow = *ParseTime("2026-11-21T12:00:00.500Z");

Result<Run> Read(const std::string& state, const std::string& end, const std::string& start = "2026-11-21T07:00:00Z") {
  return ReadRunEntry({.workflow = "w", .run_id = "r", .start = start, .end = end, .state = state}, kNow);
}

std::string RefusalOf(const Result<Run>& run) {
  return run ? "no refusal" : ToString(run.error()) + run.error().remedy;
}

TEST(RunEntry, AWholeSecondLeavesOpenWhatDateCutOff) {
  const auto run = Read("success", "2026-11-21T11:00:00Z");
  ASSERT_TRUE(run.has_value());
  EXPECT_EQ(run->end_slack, Millis(999));
  EXPECT_EQ(Read("success", "2026-11-21T11:00:00.020Z")->end_slack, Millis(0));
}

TEST(RunEntry, NoRunEndsAfterItWasEntered) {
  EXPECT_EQ(Read("success", "2026-11-21T12:00:00Z")->end_slack, Millis(500));
  EXPECT_EQ(Read("success", "2026-11-21T12:00Z")->end_slack, Millis(500));
  EXPECT_EQ(Read("success", "2026-11-21T11:59Z")->end_slack, Millis(59'999));
  EXPECT_EQ(Read("success", "2026-11-21T12:00:01Z")->end_slack, Millis(0));
}

TEST(RunEntry, NamesAreVisibleTextWithABound) {
  const auto named = [](const std::string& workflow, const std::string& run_id) {
    return RefusalOf(
        ReadRunEntry({.workflow = workflow, .run_id = run_id, .start = "now", .end = {}, .state = "running"}, kNow));
  };
  EXPECT_EQ(named("w", std::string(kRunNameBytesMax, 'r')), "no refusal");
  EXPECT_THAT(named("w", std::string(kRunNameBytesMax + 1, 'r')), HasSubstr("is longer than 1024 bytes"));
  EXPECT_THAT(named("w", "r\xff"), HasSubstr("is not UTF-8"));
  EXPECT_THAT(named("w\xc3", "r"), HasSubstr("is not UTF-8"));
  EXPECT_THAT(named("w", ""), HasSubstr("is empty"));
  EXPECT_THAT(named("w", "r\n"), HasSubstr("has control characters"));
  EXPECT_THAT(named("w", "r\x7f"), HasSubstr("has control characters"));
}

TEST(RunEntry, NowIsExact) {
  const auto run = Read("failed", "now", "now");
  ASSERT_TRUE(run.has_value());
  EXPECT_EQ(run->start, kNow);
  EXPECT_EQ(run->end, kNow);
  EXPECT_EQ(run->end_slack, Millis(0));
}

TEST(RunEntry, EpochSecondsAreRefusedWithWhatWasMeant) {
  EXPECT_THAT(RefusalOf(Read("success", "1795262400")),
              AllOf(HasSubstr("1970-01-21"), HasSubstr("--end"), HasSubstr("write 1795262400000")));
  EXPECT_THAT(RefusalOf(Read("running", "", "1795262400")), HasSubstr("--start"));
  EXPECT_TRUE(Read("success", "1795257000000").has_value());
}

TEST(RunEntry, StatesAreReadInAnyCaseAndOtherWordsSayHowToEnterThem) {
  EXPECT_EQ(Read("SUCCESS", "now")->state, RunState::kSuccess);
  EXPECT_EQ(Read("Failed", "now")->state, RunState::kFailed);
  EXPECT_EQ(Read("RUNNING", "")->state, RunState::kRunning);
  for (const char* word : {"cancelled", "CANCELED", "TimedOut", "upstream_failed", "error"}) {
    EXPECT_THAT(RefusalOf(Read(word, "now")), HasSubstr("enter it as failed")) << word;
  }
  for (const char* word : {"skipped", "SKIPPED", "excluded"}) {
    EXPECT_THAT(RefusalOf(Read(word, "now")), HasSubstr("do not enter it")) << word;
  }
  EXPECT_THAT(RefusalOf(Read("succeeded", "now")), HasSubstr("enter it as success"));
  EXPECT_THAT(RefusalOf(Read("queued", "")), HasSubstr("enter it as running"));
  EXPECT_THAT(RefusalOf(Read("purple", "now")), HasSubstr("success, failed or running"));
}

TEST(RunEntry, TimesMayBeAheadByWhatClocksDiffer) {
  const auto run = *Read("success", "2026-11-21T12:00:02.500Z");
  EXPECT_TRUE(WithCheckedTimes(run, kNow, Millis(2'000)).has_value());
  const auto ahead = WithCheckedTimes(run, kNow, Millis(1'999));
  ASSERT_FALSE(ahead.has_value());
  EXPECT_THAT(ToString(ahead.error()), HasSubstr("--end"));
  const auto begun = WithCheckedTimes(*Read("running", "", "2027-11-21T12:00:00Z"), kNow, Millis(2'000));
  ASSERT_FALSE(begun.has_value());
  EXPECT_THAT(ToString(begun.error()), HasSubstr("--start"));
}

TEST(RunEntry, ATimeOfNoZoneIsRefusedWithWhatWouldBeMeant) {
  for (const char* text : {"2026-11-21T07:00:00", "2026-11-21 07:00", "2026-11-21T07:00:00.250", "2026-11-21"}) {
    EXPECT_THAT(RefusalOf(Read("success", text)),
                AllOf(HasSubstr("does not say of which time zone it is"), HasSubstr("--end"),
                      HasSubstr("if it is UTC, write 2026-11-21T0"), HasSubstr("+01:00")))
        << text;
  }
  EXPECT_THAT(RefusalOf(Read("running", "", "2026-11-21T07:00:00")), HasSubstr("--start"));
  for (const char* text : {"2026-11-21T07:00:00Z", "2026-11-21 08:00:00+01:00", "2026-11-21T02:00-0500", "now"}) {
    EXPECT_TRUE(Read("success", text).has_value()) << text;
  }
}

TEST(RunEntry, ARunMayBeginInTheSecondOrInTheMinuteToWhichItsEndWasCutOff) {
  const auto second = WithCheckedTimes(*Read("success", "2026-11-21T11:00:00Z", "2026-11-21T11:00:00.400Z"), kNow, {});
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(FormatUtc(*second->end), "2026-11-21T11:00:00.400Z");
  EXPECT_EQ(FormatUtc(*second->latest_end()), "2026-11-21T11:00:00.999Z");
  const auto minute = WithCheckedTimes(*Read("success", "2026-11-20T07:02Z", "2026-11-20T07:02:30Z"), kNow, {});
  ASSERT_TRUE(minute.has_value());
  EXPECT_EQ(minute->end, minute->start) << "or splits of runs by a cut would have it on both sides";
  EXPECT_EQ(FormatUtc(*minute->latest_end()), "2026-11-20T07:02:59.999Z");
  EXPECT_FALSE(
      WithCheckedTimes(*Read("success", "2026-11-21T11:00:00Z", "2026-11-21T11:00:01Z"), kNow, {}).has_value());
}

TEST(RunEntry, AWorkflowThatNobodyAsksForIsNamedWithTheNearest) {
  plan::GroupSpec group;
  group.workflows = {"nightly_orders", "hourly"};
  EXPECT_EQ(UnknownWorkflow({group}, "hourly"), "");
  EXPECT_THAT(UnknownWorkflow({group}, "nightly_order"), HasSubstr("did you mean nightly_orders?"));
  EXPECT_THAT(UnknownWorkflow({group}, "zzz"), HasSubstr("no group of the configuration has the workflow 'zzz'"));
}

}  // namespace
}  // namespace lakeferry
