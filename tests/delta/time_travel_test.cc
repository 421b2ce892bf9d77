#include "delta/time_travel.h"

#include <gtest/gtest.h>

#include <map>

#include "delta_matchers.h"

namespace lakeferry::delta {
namespace {

// A log of commits with the file times given, the first of them of version `first`, and checkpoints.
LogListing Log(const std::vector<int64_t>& times, int64_t first = 0, const std::vector<int64_t>& checkpoints = {}) {
  std::vector<LogFile> files;
  for (const int64_t time : times) {
    files.push_back({.name = CommitName(Version(first++)), .size_bytes = 1, .modified = FromEpochMs(time)});
  }
  for (const int64_t version : checkpoints) {
    files.push_back({.name = NameBefore(Version(version)) + ".checkpoint.parquet", .size_bytes = 1, .modified = {}});
  }
  return SortOut(std::move(files));
}

Snapshot Latest(int64_t version, int64_t time, const StringMap& properties = {}) {
  return {.version = Version(version),
          .timestamp = FromEpochMs(time),
          .protocol = {.writer_features = {{"inCommitTimestamp"}}},
          .metadata = {.configuration = properties},
          .txns = {},
          .domains = {},
          .commit_info = {}};
}

StringMap OnSince(int64_t version, int64_t time) {
  return {{"delta.enableInCommitTimestamps", "true"},
          {"delta.inCommitTimestampEnablementVersion", std::to_string(version)},
          {"delta.inCommitTimestampEnablementTimestamp", std::to_string(time)}};
}

// The version at the instant, -1 for none; own times by version.
int64_t VersionAt(const LogListing& log, const Snapshot& latest, int64_t at,
                  const std::map<int64_t, int64_t>& own_times = {}) {
  auto search = TimeTravel::Make(log, latest, FromEpochMs(at));
  EXPECT_THAT(search, Succeeded());
  while (const auto wanted = search->Wanted()) search->Tell(FromEpochMs(own_times.at(wanted->value())));
  return search->Answer() ? search->Answer()->version.value() : -1;
}

TEST(EarliestRebuildable, IsVersionZeroWhereItsCommitIsThere) {
  EXPECT_EQ(EarliestRebuildable(Log({1, 2, 3}, 0, {2})), Version(0));
}

TEST(EarliestRebuildable, IsTheCheckpointBehindTheFirstCommitThatHasOne) {
  EXPECT_EQ(EarliestRebuildable(Log({1, 2, 3, 4, 5}, 3, {5, 6})), Version(5));
  EXPECT_EQ(EarliestRebuildable(Log({1, 2}, 6, {3, 5})), Version(5));
  EXPECT_EQ(EarliestRebuildable(Log({1, 2}, 6, {3, 6})), Version(6));
  EXPECT_EQ(EarliestRebuildable(Log({1, 2}, 6, {9})), Version(9));
}

TEST(EarliestRebuildable, FailsWithoutCommitsOrACheckpointToBeginFrom) {
  EXPECT_THAT(EarliestRebuildable(Log({}, 0, {4})), FailedWith(ErrorCode::kNotFound, "no commit"));
  EXPECT_THAT(EarliestRebuildable(Log({1, 2}, 6, {4})), FailedWith(ErrorCode::kNotFound, "no checkpoint"));
}

TEST(TimeTravel, ByFileTimesCountsFromTheFirstRebuildableVersion) {
  // From version 3 on the times would be 90, 91 and 92: but versions before the checkpoint of 4 do not count.
  const LogListing log = Log({90, 10, 20}, 3, {4});
  EXPECT_EQ(VersionAt(log, Latest(5, 20), 10), 4);
  EXPECT_EQ(VersionAt(log, Latest(5, 20), 99), 5);
  EXPECT_EQ(VersionAt(log, Latest(5, 20), 9), -1);
}

TEST(TimeTravel, CountsListsFromACheckpointWhoseOwnCommitIsGone) {
  // 2,001 versions from the checkpoint on: lists of a thousand begin with its version, not with the first commit.
  std::vector<int64_t> times(2000);
  for (size_t i = 0; i < times.size(); ++i) times[i] = static_cast<int64_t>(i) * 10 - (i >= 999 ? 100 : 0);
  const LogListing log = Log(times, 6, {5});
  const Snapshot latest = Latest(2005, times.back());
  EXPECT_EQ(VersionAt(log, latest, 9890), 6 + 989);
  EXPECT_EQ(VersionAt(log, latest, 9981), 6 + 1008);
}

TEST(TimeTravel, InCommitTimesTurnedOnMidwayHideWhatCameBefore) {
  const LogListing log = Log({10, 20, 30, 35, 35});
  const Snapshot latest = Latest(4, 50, OnSince(3, 40));
  const std::map<int64_t, int64_t> own = {{3, 40}, {4, 50}};
  EXPECT_EQ(VersionAt(log, latest, 39, own), 2);
  EXPECT_EQ(VersionAt(log, latest, 40, own), 3);
  EXPECT_EQ(VersionAt(log, latest, 49, own), 3);
  EXPECT_EQ(VersionAt(log, latest, 50, own), 4);
  EXPECT_EQ(VersionAt(log, latest, 5, own), -1);
}

TEST(TimeTravel, InCommitTimesFromTheBeginningIgnoreTheFiles) {
  const LogListing log = Log({900, 100, 500, 1});
  const Snapshot latest = Latest(3, 40, {{"delta.enableInCommitTimestamps", "true"}});
  const std::map<int64_t, int64_t> own = {{0, 10}, {1, 20}, {2, 30}, {3, 40}};
  EXPECT_EQ(VersionAt(log, latest, 9, own), -1);
  EXPECT_EQ(VersionAt(log, latest, 10, own), 0);
  EXPECT_EQ(VersionAt(log, latest, 35, own), 2);
  EXPECT_EQ(VersionAt(log, latest, 1000, own), 3);
}

TEST(TimeTravel, BeforeInCommitTimesOfAllThatIsLeftAnswersNothing) {
  const LogListing log = Log({10, 20}, 7, {7});
  EXPECT_EQ(VersionAt(log, Latest(8, 60, OnSince(3, 40)), 39, {{7, 50}, {8, 60}}), -1);
}

TEST(TimeTravel, ReadsFewCommitsOfALongLog) {
  const LogListing log = Log(std::vector<int64_t>(1000, 5));
  auto search =
      TimeTravel::Make(log, Latest(999, 99'999, {{"delta.enableInCommitTimestamps", "true"}}), FromEpochMs(50'000));
  ASSERT_THAT(search, Succeeded());
  int read = 0;
  while (const auto wanted = search->Wanted()) {
    search->Tell(FromEpochMs(wanted->value() * 100));
    ++read;
  }
  EXPECT_EQ(search->Answer(), (CommitTime{.version = Version(500), .time = FromEpochMs(50'000)}));
  EXPECT_LE(read, 11);
}

TEST(TimeTravel, FailsOnHalfOfTheProperties) {
  StringMap half = OnSince(3, 40);
  half.pop_back();
  EXPECT_THAT(TimeTravel::Make(Log({1, 2, 3, 4}), Latest(3, 4, half), FromEpochMs(2)),
              FailedWith(ErrorCode::kCorruptLog, "inCommitTimestampEnablement"));
}

}  // namespace
}  // namespace lakeferry::delta
