#include "plan/cut/unexplained.h"

#include "run_samples.h"
#include "tests/delta/delta_matchers.h"

namespace lakeferry::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A cut at 100 of run "in" and version 3.
VersionRequest Request(std::vector<CommitFacts> commits) {
  VersionRequest request;
  request.table = "t";
  request.commits = std::move(commits);
  request.sides = {.inside = {"in"}, .outside = {"out"}};
  request.cut.time = FromEpochMs(100);
  request.clock_skew_margin = Millis(5);
  return request;
}
CommitFacts Commit(int64_t version, int64_t time) { return {.version = Version(version), .time = FromEpochMs(time)}; }

std::vector<int64_t> Versions(const VersionRequest& request, const std::vector<Run>& runs) {
  std::vector<int64_t> versions;
  for (const CommitFacts& commit : FindUnexplained(request, Version(3), runs)) {
    versions.push_back(commit.version.value());
  }
  return versions;
}

TEST(Unexplained, ACommitLiesInARunByBothTimesAndTheMarginAroundIt) {
  auto run = Success("r", 100, 200);
  const auto explained = [&](int64_t at) { return IsExplained(FromEpochMs(at), {run}, Millis(5)); };
  EXPECT_FALSE(explained(94));
  EXPECT_TRUE(explained(95));
  EXPECT_TRUE(explained(205));
  EXPECT_FALSE(explained(206));
  run.end_slack = Millis(10);
  EXPECT_TRUE(explained(215));
  run = Running("r", 100);
  EXPECT_TRUE(explained(1'000'000));
}

TEST(Unexplained, AreCommitsAfterTheCutThatNoRunHolds) {
  const std::vector runs{Success("in", 50, 100), Running("out", 300)};
  EXPECT_THAT(Versions(Request({Commit(3, 90), Commit(4, 120), Commit(5, 294), Commit(6, 295)}), runs),
              ElementsAre(4, 5));
}

TEST(Unexplained, WhatRearrangesFilesOrNamesItsRunIsNone) {
  CommitFacts optimize = Commit(4, 120);
  optimize.changes_data = false;
  CommitFacts named = Commit(5, 130);
  named.run_id = "out";
  EXPECT_THAT(Versions(Request({Commit(3, 90), optimize, named}), {Success("in", 50, 100)}), IsEmpty());
}

TEST(Unexplained, ATableWhoseCommitsNameTheirRunsHasNone) {
  CommitFacts named = Commit(3, 90);
  named.run_id = "in";
  EXPECT_THAT(Versions(Request({named, Commit(4, 120)}), {Success("in", 50, 100)}), IsEmpty());
}

TEST(Unexplained, CloseIsWithinTenSecondsOfWhatTheCutTakesIn) {
  VersionRequest request = Request({});
  request.cut.slack = Millis(20);
  EXPECT_TRUE(FollowsClosely(request, Commit(4, 125 + kFollowsClosely.count())));
  EXPECT_FALSE(FollowsClosely(request, Commit(4, 126 + kFollowsClosely.count())));
}

}  // namespace
}  // namespace lakeferry::plan
