#include "plan/cut/cut.h"

#include <fmt/format.h>

#include "run_samples.h"
#include "tests/support/cpu_time.h"
#include "tests/support/slow_build.h"

namespace lakeferry::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

CutChoice Find(std::vector<Run> runs, int64_t now, std::optional<int64_t> previous = {}, int64_t margin = 0) {
  CutRequest request{.runs = std::move(runs), .now = FromEpochMs(now), .clock_skew_margin = Millis(margin)};
  if (previous) request.previous_cut = FromEpochMs(*previous);
  return FindQuiescentInstants(request);
}

std::vector<int64_t> Instants(const CutChoice& choice) {
  std::vector<int64_t> instants;
  for (const CutCandidate& cut : choice.candidates) instants.push_back(ToEpochMs(cut.time));
  return instants;
}

TEST(Cut, EndOfOneSuccessfulRunIsTheInstant) {
  const CutChoice choice = Find({Success("a", 10, 20)}, 100);
  ASSERT_THAT(Instants(choice), ElementsAre(20));
  EXPECT_EQ(choice.candidates[0],
            (CutCandidate{.time = FromEpochMs(20), .next_start = {}, .run_ids = {"a"}, .atomic = true}));
  EXPECT_EQ(choice.reason, "");
}

TEST(Cut, WithoutRunsThereIsNoneAndTheReasonSaysSo) {
  const CutChoice choice = Find({}, 100, 50);
  EXPECT_THAT(choice.candidates, IsEmpty());
  EXPECT_EQ(choice.reason, "no run has ended since the last cut");
}

void FindAmong(int count) {
  constexpr size_t kNamedMax = 200'000;  // by all candidates together
  std::vector<lakeferry::Run> runs;
  for (int i = 0; i < count; ++i) runs.push_back(Success(fmt::format("r{:06}", i), 10 * i + 1, 10 * i + 6));
  const CutChoice choice = Find(runs, 10 * count, 5);
  ASSERT_FALSE(choice.candidates.empty());
  EXPECT_EQ(choice.candidates[0].time, *runs.back().end);
  EXPECT_EQ(choice.candidates[0].run_ids.size(), static_cast<size_t>(count));
  EXPECT_LT(choice.candidates.size(), kNamedMax / count + 8) << "each names all runs before it";
  runs.push_back(Failed("last", 10 * count, 10 * count + 1));
  EXPECT_EQ(Find(runs, 10 * count + 5, 5).candidates[0].time, *runs[count - 1].end) << "before the failure";
  runs.push_back(Running("long", 0));
  const CutChoice none = Find(runs, 10 * count + 5, 5);
  EXPECT_THAT(none.candidates, IsEmpty());
  EXPECT_THAT(none.reason, HasSubstr("'long'"));
}

TEST(Cut, OfTenTimesAsManyRunsTheNewestInstantsAreFoundInTenTimesTheTime) {
  constexpr int kMany = kSlowBuild ? 20'000 : 100'000;
  const auto few = CpuTimeOf([] { FindAmong(kMany / 10); });
  const auto many = CpuTimeOf([] { FindAmong(kMany); });
  EXPECT_LT(many / few, 40) << "every pair takes a hundred times";
}

TEST(Cut, AZeroLongRunAtTheInstantIsOverAndTheNextOneIsSeen) {
  const CutChoice choice = Find({Success("a", 10, 20), Success("b", 20, 20), Running("c", 20)}, 100);
  ASSERT_THAT(Instants(choice), ElementsAre(20));
  EXPECT_THAT(choice.candidates[0].run_ids, ElementsAre("a", "b"));
  EXPECT_EQ(choice.candidates[0].next_start, FromEpochMs(20));
}

TEST(Cut, NewestInstantComesFirst) {
  EXPECT_THAT(Instants(Find({Success("a", 10, 20), Success("b", 30, 40), Success("c", 50, 60)}, 100)),
              ElementsAre(60, 40, 20));
}

TEST(Cut, OverlappingRunsAreQuiescentOnlyWhenTheLastHasEnded) {
  EXPECT_THAT(Instants(Find({Success("a", 10, 30), Success("b", 20, 40)}, 100)), ElementsAre(40));
}

TEST(Cut, RunWithinAnotherGivesNoInstant) {
  EXPECT_THAT(Instants(Find({Success("long", 10, 50), Success("short", 20, 30)}, 100)), ElementsAre(50));
}

TEST(Cut, RunThatNeverEndedBlocksEverythingAfterItsStartButNothingBefore) {
  const CutChoice choice = Find({Success("a", 10, 20), Running("dead", 30), Success("c", 40, 50)}, 100);
  EXPECT_THAT(Instants(choice), ElementsAre(20));
  ASSERT_EQ(choice.candidates.size(), 1U);
  EXPECT_EQ(choice.candidates[0].next_start, FromEpochMs(30));
}

TEST(Cut, RunThatNeverEndedIsNamedWithTheWayOut) {
  const CutChoice choice = Find({Running("dead", 30), Success("c", 40, 50)}, 100);
  EXPECT_THAT(choice.candidates, IsEmpty());
  EXPECT_THAT(choice.reason, HasSubstr("run 'dead' of workflow 'w' is running since 1970-01-01T00:00:00.030Z"));
  EXPECT_EQ(choice.in_the_way, Running("dead", 30)) << "whoever knows its source says how to end it";
}

TEST(Cut, OnlyARunningRunIsNamedToo) { EXPECT_THAT(Find({Running("dead", 30)}, 100).reason, HasSubstr("run 'dead'")); }

TEST(Cut, GapAfterAFailedRunIsNone) {
  const CutChoice choice = Find({Success("a", 10, 20), Failed("b", 30, 40)}, 100);
  EXPECT_THAT(Instants(choice), ElementsAre(20));
}

TEST(Cut, FailedRunAloneGivesNothingAndIsNamed) {
  const CutChoice choice = Find({Failed("b", 30, 40)}, 100);
  EXPECT_THAT(choice.candidates, IsEmpty());
  EXPECT_EQ(choice.reason,
            "run 'b' of workflow 'w' failed at 1970-01-01T00:00:00.040Z; the group waits for its next success");
}

TEST(Cut, OfFailedRunsTheNewestIsNamedThatEndedSinceThePreviousCut) {
  const std::vector<lakeferry::Run> runs{Failed("c", 50, 60), Failed("d", 30, 80), Failed("b", 30, 40)};
  EXPECT_THAT(Find(runs, 100, 20).reason, HasSubstr("run 'd' of workflow 'w' failed at 1970-01-01T00:00:00.080Z"));
  EXPECT_EQ(Find({Failed("b", 30, 40)}, 100, 40).reason, "no run has ended since the last cut");
}

TEST(Cut, LaterSuccessOfTheWorkflowBuildsUponTheFailedRun) {
  const CutChoice choice = Find({Failed("b", 30, 40), Success("c", 50, 60)}, 100);
  ASSERT_THAT(Instants(choice), ElementsAre(60));
  EXPECT_THAT(choice.candidates[0].run_ids, ElementsAre("c"));
}

TEST(Cut, FailureThatEndsInTheMillisecondOfASuccessCounts) {
  EXPECT_THAT(Find({Success("a", 10, 40), Failed("b", 30, 40)}, 100).candidates, IsEmpty());
  EXPECT_THAT(Find({Failed("b", 30, 40), Success("a", 10, 40)}, 100).candidates, IsEmpty());
}

TEST(Cut, FailedWorkflowHoldsTheGroupWhileAnotherSucceeds) {
  const CutChoice choice = Find({Failed("b", 10, 20, "bad"), Success("g", 30, 40, "good")}, 100);
  EXPECT_THAT(choice.candidates, IsEmpty());
  EXPECT_THAT(choice.reason, HasSubstr("run 'b' of workflow 'bad' failed at 1970-01-01T00:00:00.020Z"));
}

TEST(Cut, SuccessOfTheFailedWorkflowFreesTheGroup) {
  const CutChoice choice =
      Find({Failed("b1", 10, 20, "bad"), Success("g", 30, 40, "good"), Success("b2", 50, 60, "bad")}, 100);
  ASSERT_THAT(Instants(choice), ElementsAre(60));
  EXPECT_THAT(choice.candidates[0].run_ids, ElementsAre("g", "b2"));
}

TEST(Cut, RunsOfAllWorkflowsMustHaveEnded) {
  EXPECT_THAT(Instants(Find({Success("a", 10, 20, "one"), Running("b", 15, "two")}, 100)), IsEmpty());
  EXPECT_THAT(Instants(Find({Success("a", 10, 20, "one"), Success("b", 15, 25, "two")}, 100)), ElementsAre(25));
}

TEST(Cut, NextRunThatStartsInTheSameMillisecondIsNotActiveButIsTold) {
  const CutChoice choice = Find({Success("a", 10, 20), Running("b", 20)}, 100);
  ASSERT_THAT(Instants(choice), ElementsAre(20));
  EXPECT_EQ(choice.candidates[0].next_start, FromEpochMs(20));
}

TEST(Cut, RunOfNoDurationAtTheInstantBelongsIntoIt) {
  const CutChoice choice = Find({Success("a", 10, 20), Success("b", 20, 20)}, 100);
  ASSERT_THAT(Instants(choice), ElementsAre(20));
  EXPECT_THAT(choice.candidates[0].run_ids, ElementsAre("a", "b"));
  EXPECT_EQ(choice.candidates[0].next_start, std::nullopt);
}

TEST(Cut, NextStartIsTheEarliestOfLaterRuns) {
  const CutChoice choice = Find({Success("a", 10, 20), Success("d", 60, 70), Success("c", 30, 50)}, 100);
  ASSERT_THAT(Instants(choice), ElementsAre(70, 50, 20));
  EXPECT_EQ(choice.candidates[2].next_start, FromEpochMs(30));
  EXPECT_EQ(choice.candidates[0].next_start, std::nullopt);
}

TEST(Cut, RunIdsAreThoseSinceThePreviousCutByEndTime) {
  const CutChoice choice =
      Find({Success("old", 1, 5), Success("c", 10, 40), Success("b", 10, 30), Failed("f", 10, 35, "w")}, 100, 5);
  ASSERT_THAT(Instants(choice), ElementsAre(40));
  EXPECT_THAT(choice.candidates[0].run_ids, ElementsAre("b", "c"));
}

TEST(Cut, InstantOfThePreviousCutIsNotFoundAgain) {
  const CutChoice choice = Find({Success("a", 10, 20)}, 100, 20);
  EXPECT_THAT(choice.candidates, IsEmpty());
  EXPECT_EQ(choice.reason, "no run has ended since the last cut");
}

TEST(Cut, InstantsOlderThanThePreviousCutAreNotFound) {
  EXPECT_THAT(Instants(Find({Success("a", 10, 20), Success("b", 30, 40)}, 100, 25)), ElementsAre(40));
}

TEST(Cut, TwoRunsOfOneEndGiveOneInstantWithBothIds) {
  const CutChoice choice = Find({Success("b", 10, 20, "two"), Success("a", 5, 20, "one")}, 100);
  ASSERT_THAT(Instants(choice), ElementsAre(20));
  EXPECT_THAT(choice.candidates[0].run_ids, ElementsAre("a", "b"));
}

TEST(Cut, EndInTheFutureHoldsEverythingBackAndNamesBothTimes) {
  const CutChoice choice = Find({Success("a", 10, 20), Success("b", 30, 101)}, 100);
  EXPECT_THAT(choice.candidates, IsEmpty());
  EXPECT_THAT(choice.reason, HasSubstr("run 'b' of workflow 'w' ended at 1970-01-01T00:00:00.101Z"));
  EXPECT_THAT(choice.reason, HasSubstr("in the future"));
  EXPECT_THAT(choice.reason, HasSubstr("1970-01-01T00:00:00.100Z"));
}

TEST(Cut, EndOfAFailedRunInTheFutureHoldsBackToo) {
  EXPECT_THAT(Find({Success("a", 10, 20), Failed("b", 30, 101)}, 100).candidates, IsEmpty());
}

TEST(Cut, EndWithinTheMarginAheadIsNoWrongClockAndOnlyWaits) {
  const CutChoice choice = Find({Success("a", 10, 20), Success("b", 30, 105)}, 100, {}, 10);
  EXPECT_THAT(Instants(choice), ElementsAre(20));
}

TEST(Cut, InstantMustBeOverForTheMargin) {
  const std::vector runs{Success("a", 10, 95)};
  const CutChoice waiting = Find(runs, 100, {}, 6);
  EXPECT_THAT(waiting.candidates, IsEmpty());
  EXPECT_THAT(waiting.reason, HasSubstr("clock_skew_margin"));
  EXPECT_THAT(Instants(Find(runs, 101, {}, 6)), ElementsAre(95));
}

TEST(Cut, AnInstantThatNeedNotSettleIsFoundAtOnce) {
  CutRequest request{
      .runs = {Success("a", 10, 95)}, .now = FromEpochMs(96), .clock_skew_margin = Millis(6), .settles = false};
  EXPECT_THAT(Instants(FindQuiescentInstants(request)), ElementsAre(95));
}

TEST(Cut, WhatTheEndsLeaveOpenGoesWithTheInstant) {
  auto whole = Success("a", 1'000, 2'000);
  whole.end_slack = Millis(999);
  const auto exact = Success("b", 1'000, 2'400);
  EXPECT_EQ(Find({whole}, 9'000).candidates[0].slack, Millis(999));
  const CutChoice both = Find({whole, exact}, 9'000);
  ASSERT_THAT(Instants(both), ElementsAre(2'400));
  EXPECT_EQ(both.candidates[0].slack, Millis(599)) << "a may have ended at 2,999";
  EXPECT_EQ(Find({exact}, 9'000).candidates[0].slack, Millis(0));
}

TEST(Cut, ARunThatMayBeRecordedWronglyGoesWithTheReason) {
  const auto ahead = Success("b", 30, 101);
  EXPECT_EQ(Find({Success("a", 10, 20), ahead}, 100).in_the_way, ahead);
  EXPECT_EQ(Find({Failed("f", 30, 40), Running("r", 50)}, 100).in_the_way, Running("r", 50));
  EXPECT_EQ(Find({Success("a", 10, 20)}, 100).in_the_way, std::nullopt);
}

TEST(Cut, ReasonIsOfTheNewestInstant) {
  const CutChoice choice = Find({Success("a", 10, 30), Running("r1", 20), Success("b", 40, 95)}, 100, {}, 10);
  EXPECT_THAT(choice.candidates, IsEmpty());
  EXPECT_THAT(choice.reason, HasSubstr("clock_skew_margin"));
}

TEST(Cut, ForcedCutComesOnlyWhenDueAndIsNotAtomic) {
  const auto force = [](int64_t now, int64_t since, int64_t after, int64_t margin) {
    return ForcedCut(FromEpochMs(now), FromEpochMs(since), Millis(after), Millis(margin));
  };
  EXPECT_EQ(force(199, 100, 100, 0), std::nullopt);
  EXPECT_EQ(force(200, 100, 100, 0),
            (CutCandidate{.time = FromEpochMs(200), .next_start = {}, .run_ids = {}, .atomic = false}));
  EXPECT_EQ(force(204, 100, 100, 5), std::nullopt);
  ASSERT_TRUE(force(205, 100, 100, 5));
  EXPECT_EQ(force(205, 100, 100, 5)->time, FromEpochMs(200));
  EXPECT_EQ(force(100, 200, 10, 0), std::nullopt) << "a clock that went backwards forces nothing";
}

TEST(Cut, RunsAreSplitByTheirEnd) {
  const CutCandidate cut{.time = FromEpochMs(40)};
  const RunSides sides = SplitRuns({Success("in", 10, 40), Failed("failed", 10, 20), Success("later", 10, 41),
                                    Running("runs", 5), Success("next", 40, 50)},
                                   cut);
  EXPECT_THAT(sides.inside, ElementsAre("in", "failed"));
  EXPECT_THAT(sides.outside, ElementsAre("later", "runs", "next"));
}

}  // namespace
}  // namespace lakeferry::plan
