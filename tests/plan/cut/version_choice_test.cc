#include "plan/cut/version_choice.h"

#include "tests/delta/delta_matchers.h"

namespace lakeferry::plan {
namespace {

using delta::FailedWith;
using delta::Succeeded;
using ::testing::HasSubstr;

// A cut at 100 of run "in"; run "out" is not in it.
VersionRequest Request(std::vector<CommitFacts> commits, std::optional<int64_t> by_time) {
  VersionRequest request;
  request.table = "raw.t";
  request.commits = std::move(commits);
  if (by_time) request.newest_by_time = Version(*by_time);
  request.sides = {.inside = {"in"}, .outside = {"out"}};
  request.cut.time = FromEpochMs(100);
  return request;
}
CommitFacts Unnamed(int64_t version, int64_t time) {
  return {.version = Version(version), .time = FromEpochMs(time), .run_id = {}};
}
CommitFacts By(std::string run, int64_t version, int64_t time) {
  return {.version = Version(version), .time = FromEpochMs(time), .run_id = std::move(run)};
}

TEST(VersionChoice, WithoutRunIdsTheTimeDecides) {
  const auto choice = ChooseVersion(Request({Unnamed(3, 90), Unnamed(4, 110)}, 3));
  ASSERT_THAT(choice, Succeeded());
  EXPECT_EQ(choice->version, Version(3));
  EXPECT_FALSE(choice->by_run_id);
  EXPECT_EQ(choice->disagreement, "");
}

TEST(VersionChoice, RunIdAndTimeThatAgreeSayNothing) {
  const auto choice = ChooseVersion(Request({By("in", 3, 90), By("out", 4, 110)}, 3));
  ASSERT_THAT(choice, Succeeded());
  EXPECT_EQ(choice->version, Version(3));
  EXPECT_TRUE(choice->by_run_id);
  EXPECT_EQ(choice->disagreement, "");
}

TEST(VersionChoice, CommitOfTheRunThatLooksTooLateGoesOver) {
  const auto choice = ChooseVersion(Request({By("in", 3, 90), By("in", 4, 130)}, 3));
  ASSERT_THAT(choice, Succeeded());
  EXPECT_EQ(choice->version, Version(4));
  EXPECT_TRUE(choice->by_run_id);
  EXPECT_EQ(choice->disagreement, "run ids say version 4, commit times say 3");
}

TEST(VersionChoice, CommitOfTheNextRunThatLooksEarlyStaysOut) {
  const auto choice = ChooseVersion(Request({By("in", 3, 90), By("out", 4, 95)}, 4));
  ASSERT_THAT(choice, Succeeded());
  EXPECT_EQ(choice->version, Version(3));
  EXPECT_EQ(choice->disagreement, "run ids say version 3, commit times say 4");
}

TEST(VersionChoice, RunIdsDecideWhereTimeFindsNothing) {
  const auto choice = ChooseVersion(Request({By("in", 0, 130)}, {}));
  ASSERT_THAT(choice, Succeeded());
  EXPECT_EQ(choice->version, Version(0));
  EXPECT_EQ(choice->disagreement, "run ids say version 0, commit times say none");
}

TEST(VersionChoice, UnnamedMaintenanceAfterTheRunGoesWithItByTime) {
  const auto choice = ChooseVersion(Request({By("in", 3, 90), Unnamed(4, 95), By("out", 5, 120)}, 4));
  ASSERT_THAT(choice, Succeeded());
  EXPECT_EQ(choice->version, Version(4));
  EXPECT_EQ(choice->disagreement, "");
}

TEST(VersionChoice, RunsThatAreNotOfTheGroupCountAsUnnamed) {
  const auto choice = ChooseVersion(Request({By("stranger", 3, 90), By("stranger", 4, 120)}, 3));
  ASSERT_THAT(choice, Succeeded());
  EXPECT_EQ(choice->version, Version(3));
  EXPECT_FALSE(choice->by_run_id);
}

TEST(VersionChoice, BaseIsTheAnswerWhereNothingNewerBelongsIn) {
  VersionRequest request = Request({Unnamed(8, 120)}, {});
  request.base = Version(7);
  const auto choice = ChooseVersion(request);
  ASSERT_THAT(choice, Succeeded());
  EXPECT_EQ(choice->version, Version(7));
  EXPECT_EQ(choice->disagreement, "");
}

TEST(VersionChoice, BaseIsNotLeftForAnOlderVersionByTime) {
  VersionRequest request = Request({Unnamed(8, 120)}, 5);
  request.base = Version(7);
  const auto choice = ChooseVersion(request);
  ASSERT_THAT(choice, Succeeded());
  EXPECT_EQ(choice->version, Version(7));
}

TEST(VersionChoice, NextRunRightAfterTheBaseLeavesTheBase) {
  VersionRequest request = Request({By("out", 8, 90)}, 8);
  request.base = Version(7);
  const auto choice = ChooseVersion(request);
  ASSERT_THAT(choice, Succeeded());
  EXPECT_EQ(choice->version, Version(7));
  EXPECT_TRUE(choice->by_run_id);
}

TEST(VersionChoice, TableThatBeginsAfterTheCutHasNoVersionThere) {
  const auto choice = ChooseVersion(Request({Unnamed(0, 120)}, {}));
  EXPECT_THAT(choice,
              FailedWith(ErrorCode::kNotFound, "table 'raw.t' has no version at the cut of 1970-01-01T00:00:00.1"));
}

TEST(VersionChoice, TableCreatedByTheNextRunHasNoVersionThereWhateverItsTime) {
  EXPECT_THAT(ChooseVersion(Request({By("out", 0, 90)}, 0)), FailedWith(ErrorCode::kNotFound, "raw.t"));
}

TEST(VersionChoice, InterleavedRunsAreRefusedNamingBothVersionsAndRuns) {
  const auto choice = ChooseVersion(Request({By("in", 3, 80), By("out", 4, 85), By("in", 5, 90)}, 5));
  EXPECT_THAT(choice, FailedWith(ErrorCode::kRefused, "version 4 is by run 'out'"));
  EXPECT_THAT(choice, FailedWith(ErrorCode::kRefused, "version 5 by run 'in'"));
}

TEST(VersionChoice, UnnamedCommitInTheSharedMillisecondIsRefused) {
  VersionRequest request = Request({Unnamed(3, 90), Unnamed(4, 100)}, 4);
  request.cut.next_start = FromEpochMs(100);
  EXPECT_THAT(ChooseVersion(request),
              FailedWith(ErrorCode::kRefused, "version 4 was written at 1970-01-01T00:00:00.100Z"));
  EXPECT_THAT(ChooseVersion(request), FailedWith(ErrorCode::kRefused, "userMetadata"));
}

TEST(VersionChoice, NextRunAMillisecondLaterLeavesNoDoubt) {
  VersionRequest request = Request({Unnamed(3, 90), Unnamed(4, 100)}, 4);
  request.cut.next_start = FromEpochMs(101);
  const auto choice = ChooseVersion(request);
  ASSERT_THAT(choice, Succeeded());
  EXPECT_EQ(choice->version, Version(4));
}

TEST(VersionChoice, NamedCommitInTheSharedMillisecondIsNoRiddle) {
  VersionRequest request = Request({By("in", 3, 90), By("out", 4, 100)}, 4);
  request.cut.next_start = FromEpochMs(100);
  const auto choice = ChooseVersion(request);
  ASSERT_THAT(choice, Succeeded());
  EXPECT_EQ(choice->version, Version(3));
}

TEST(VersionChoice, UnnamedCommitThatItsNeighboursExplainIsNoRiddle) {
  VersionRequest request = Request({Unnamed(3, 100), By("in", 4, 100), By("out", 5, 100), Unnamed(6, 100)}, 6);
  request.cut.next_start = FromEpochMs(100);
  const auto choice = ChooseVersion(request);
  ASSERT_THAT(choice, Succeeded());
  EXPECT_EQ(choice->version, Version(4));
}

TEST(VersionChoice, MarginOnBothSidesWidensTheDoubt) {
  VersionRequest request = Request({Unnamed(4, 104)}, 4);
  request.clock_skew_margin = Millis(5);
  request.cut.next_start = FromEpochMs(110);
  ASSERT_THAT(ChooseVersion(request), Succeeded()) << "104 is before 110 - 5";
  request.cut.next_start = FromEpochMs(109);
  EXPECT_THAT(ChooseVersion(request), FailedWith(ErrorCode::kRefused, "clock_skew_margin"));
  request.cut.next_start = FromEpochMs(1'000);
  EXPECT_THAT(ChooseVersion(request), Succeeded());
}

TEST(VersionChoice, MarginCountsForAtomicCutsOnly) {
  CutCandidate cut{.time = FromEpochMs(100)};
  EXPECT_EQ(LatestInside(cut, Millis(5)), FromEpochMs(105));
  cut.atomic = false;
  EXPECT_EQ(LatestInside(cut, Millis(5)), FromEpochMs(100));
}

TEST(VersionChoice, WhatTheEndLeavesOpenCountsAsTheRuns) {
  CutCandidate cut{.time = FromEpochMs(1'000), .slack = Millis(999)};
  EXPECT_EQ(LatestInside(cut, Millis(5)), FromEpochMs(2'004));
  VersionRequest request = Request({Unnamed(4, 1'500)}, 4);
  request.cut = cut;
  request.cut.next_start = FromEpochMs(1'400);
  EXPECT_THAT(ChooseVersion(request), FailedWith(ErrorCode::kRefused, "may have written it"));
  request.cut.next_start = FromEpochMs(1'600);
  EXPECT_THAT(ChooseVersion(request), Succeeded());
}

TEST(VersionChoice, ABaseThatIsDatedAfterTheCutHoldsIt) {
  VersionRequest request = Request({Unnamed(8, 120)}, {});
  request.base = Version(7);
  request.clock_skew_margin = Millis(5);
  request.base_time = FromEpochMs(105);
  EXPECT_THAT(ChooseVersion(request), Succeeded());
  request.base_time = FromEpochMs(106);
  EXPECT_THAT(ChooseVersion(request), FailedWith(ErrorCode::kRefused, "its log has lost the times of its commits"));
  EXPECT_THAT(ChooseVersion(request), FailedWith(ErrorCode::kRefused, "version 7, which an earlier epoch holds"));
  request.commits = {By("in", 8, 120)};
  EXPECT_THAT(ChooseVersion(request), Succeeded()) << "its run's id decides";
  request.commits.clear();
  request.cut.atomic = false;
  EXPECT_THAT(ChooseVersion(request), Succeeded()) << "a forced cut claims nothing";
}

TEST(VersionChoice, ClocksThatTellNothingLeaveTheChoiceToRunIds) {
  VersionRequest request = Request({Unnamed(3, 90)}, 3);
  request.base = Version(2);
  request.unfit = "they differ by 2h";
  EXPECT_THAT(ChooseVersion(request), FailedWith(ErrorCode::kRefused, "they differ by 2h"));
  request.commits = {By("in", 3, 90)};
  EXPECT_THAT(ChooseVersion(request), Succeeded());
  request.commits = {By("out", 3, 90)};
  EXPECT_THAT(ChooseVersion(request), Succeeded()) << "the next run begins where the base ends";
  request.commits.clear();
  request.newest_by_time.reset();
  EXPECT_THAT(ChooseVersion(request), Succeeded()) << "nothing has changed since the base";
}

TEST(VersionChoice, SaysWhetherItRestsOnTimes) {
  const auto by_time = [](const VersionRequest& request) { return ChooseVersion(request)->by_time; };
  EXPECT_TRUE(by_time(Request({Unnamed(3, 90), Unnamed(4, 110)}, 3)));
  EXPECT_FALSE(by_time(Request({By("in", 3, 90), Unnamed(4, 110)}, 3)));
  EXPECT_FALSE(by_time(Request({Unnamed(3, 90), By("out", 4, 110)}, 3))) << "the next run says where it begins";
  EXPECT_TRUE(by_time(Request({Unnamed(3, 90), Unnamed(4, 110), By("out", 5, 120)}, 3)));
  VersionRequest request = Request({}, {});
  request.base = Version(3);
  EXPECT_FALSE(by_time(request)) << "there is nothing to tell apart";
}

}  // namespace
}  // namespace lakeferry::plan
