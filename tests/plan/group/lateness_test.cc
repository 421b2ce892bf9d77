#include "plan/group/lateness.h"

namespace lakeferry::plan {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

GroupSpec Spec(Millis interval) {
  GroupSpec spec;
  spec.workflows = {"nightly"};
  spec.sync_interval = interval;
  return spec;
}

// Cuts at these distances before the newest, newest first.
PastEpochs Cuts(const std::vector<Millis>& gaps) {
  PastEpochs past;
  TimeMs at = FromEpochMs(1'800'000'000'000);
  past.cut_times.push_back(at);
  for (const Millis gap : gaps) past.cut_times.push_back(at -= gap);
  return past;
}

TEST(WaitBound, IsWhatTheGroupSays) {
  GroupSpec spec = Spec(hours(12));
  spec.rpo = minutes(1);
  EXPECT_EQ(WaitBound(spec, {.worked = {hours(3)}, .took = {}, .cut_times = {}}, Rhythm::kService), minutes(1));
  EXPECT_EQ(WaitBound(spec, {}, Rhythm::kOnce), minutes(1));
}

TEST(WaitBound, LeavesTimeForTheIntervalThreeLooksAndTwiceTheWork) {
  EXPECT_EQ(WaitBound(Spec(hours(12)), {}, Rhythm::kService), hours(12) + minutes(15));
  EXPECT_EQ(
      WaitBound(Spec(hours(1)), {.worked = {minutes(10), minutes(40)}, .took = {}, .cut_times = {}}, Rhythm::kService),
      hours(1) + minutes(15) + minutes(80));
  EXPECT_EQ(WaitBound(Spec(Millis(1'000)), {}, Rhythm::kService), minutes(15));
}

TEST(WaitBound, OnlyTheLastFiveEpochsCount) {
  const PastEpochs past{
      .worked = {minutes(1), minutes(1), minutes(1), minutes(1), minutes(2), hours(9)}, .took = {}, .cut_times = {}};
  EXPECT_EQ(WaitBound(Spec(hours(1)), past, Rhythm::kService), hours(1) + minutes(15) + minutes(4));
}

TEST(WaitBound, PassesOneByOneAreADayApart) {
  EXPECT_EQ(WaitBound(Spec(Millis(30'000)), {}, Rhythm::kOnce), hours(26) + minutes(15));
}

TEST(WorstLoss, IsNotKnownBeforeTwoCutsWereApplied) {
  const GroupSpec spec = Spec(hours(12));
  EXPECT_EQ(WorstLoss(spec, {}), std::nullopt);
  PastEpochs past = Cuts({});
  past.took = {minutes(2)};
  EXPECT_EQ(WorstLoss(spec, past), std::nullopt) << "nobody knows when the next cut comes";
  past = Cuts({days(1)});
  EXPECT_EQ(WorstLoss(spec, past), std::nullopt) << "nobody knows how long it takes";
}

TEST(WorstLoss, IsTheLongestTimeBetweenCutsAndTheLongestWayOfOne) {
  PastEpochs past = Cuts({days(1), days(3), days(1)});
  past.took = {minutes(2), minutes(9), minutes(1), minutes(1), minutes(1), hours(7)};
  GroupSpec spec = Spec(hours(12));
  EXPECT_EQ(WorstLoss(spec, past), days(3) + minutes(9));
  spec.expect_run_every = days(2);
  EXPECT_EQ(WorstLoss(spec, past), days(2) + minutes(9));
}

TEST(WorstLoss, OfAGroupByIntervalIsItsIntervalHoweverSeldomItChanges) {
  GroupSpec spec = Spec(hours(1));
  spec.workflows.clear();
  PastEpochs past = Cuts({days(30)});
  past.took = {minutes(2)};
  EXPECT_EQ(WorstLoss(spec, past), hours(1) + minutes(2));
  spec.schedule.cron = "0 0 1 * *";
  EXPECT_EQ(WorstLoss(spec, past), days(30) + minutes(2));
}

TEST(SilenceBound, IsTwoLooksAndPatience) {
  EXPECT_EQ(SilenceBound(Spec(Millis(30'000)), Rhythm::kService), minutes(16));
  EXPECT_EQ(SilenceBound(Spec(hours(12)), Rhythm::kService), minutes(25));
  EXPECT_EQ(SilenceBound(Spec(Millis(30'000)), Rhythm::kOnce), hours(26));
  EXPECT_EQ(SilenceBound(Spec(days(7)), Rhythm::kOnce), days(14) + minutes(15));
}

TEST(RunGapBound, IsWhatTheGroupSays) {
  GroupSpec spec = Spec(hours(12));
  EXPECT_EQ(RunGapBound(spec, {}), std::nullopt);
  spec.expect_run_every = hours(24);
  EXPECT_EQ(RunGapBound(spec, {}), hours(24));
}

TEST(RunGapBound, IsLearntFromFiveCuts) {
  const GroupSpec spec = Spec(hours(12));
  EXPECT_EQ(RunGapBound(spec, Cuts({days(1), days(1), days(1)})), std::nullopt);
  EXPECT_EQ(RunGapBound(spec, Cuts({days(1), days(1), days(1), days(1)})), days(2));
}

TEST(RunGapBound, AWeekendIsNoSurprise) {
  const PastEpochs past = Cuts({days(1), days(1), days(3), days(1), days(1), days(1)});
  EXPECT_EQ(RunGapBound(Spec(hours(12)), past), days(3) + hours(18));
}

TEST(RunGapBound, WhatIsLongPastIsForgotten) {
  std::vector<Millis> gaps(30, days(1));
  gaps.push_back(days(100));
  EXPECT_EQ(RunGapBound(Spec(hours(12)), Cuts(gaps)), days(2));
}

TEST(RunGapBound, WithoutAWorkflowNoneIsExpected) {
  GroupSpec spec = Spec(hours(12));
  spec.workflows.clear();
  EXPECT_EQ(RunGapBound(spec, Cuts({days(1), days(1), days(1), days(1), days(1)})), std::nullopt);
}

}  // namespace
}  // namespace lakeferry::plan
