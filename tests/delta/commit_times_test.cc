#include "delta/commit_times.h"

#include <gtest/gtest.h>

#include "delta_matchers.h"

namespace lakeferry::delta {
namespace {

std::vector<CommitTime> Times(std::vector<int64_t> times, int64_t first = 0) {
  std::vector<CommitTime> commits;
  for (const int64_t time : times) commits.push_back({.version = Version(first++), .time = FromEpochMs(time)});
  return commits;
}

int64_t VersionAt(const std::vector<CommitTime>& commits, int64_t at) {
  const auto found = NewestAtOrBefore(commits, FromEpochMs(at));
  return found ? found->version.value() : -1;
}

Protocol WithInCommitTimestamps() {
  return {.min_reader_version = 3,
          .min_writer_version = 7,
          .reader_features = std::vector<std::string>{},
          .writer_features = {{"inCommitTimestamp"}}};
}

TEST(CommitTimes, RiseWithVersionsAsDeltaMakesThem) {
  auto commits = Times({100, 100, 100, 90, 200});
  MakeMonotonic(commits);
  EXPECT_EQ(commits, Times({100, 101, 102, 103, 200}));
}

TEST(CommitTimes, AnswerAnInstantByAdjustedTimes) {
  const auto commits = Times({100, 100, 100, 90, 200});
  EXPECT_EQ(VersionAt(commits, 102), 2);
  EXPECT_EQ(VersionAt(commits, 150), 3);
  EXPECT_EQ(VersionAt(commits, 100), 0);
  EXPECT_EQ(VersionAt(commits, 200), 4);
  EXPECT_EQ(VersionAt(commits, 9999), 4);
  EXPECT_EQ(VersionAt(commits, 99), -1);
  EXPECT_EQ(NewestAtOrBefore(commits, FromEpochMs(103))->time, FromEpochMs(103));
}

TEST(CommitTimes, OfNoCommitsAnswerNothing) { EXPECT_EQ(NewestAtOrBefore({}, FromEpochMs(1)), std::nullopt); }

// 2,500 commits a second apart, but those from 1,000 on are written by a clock that is `skew` behind.
std::vector<CommitTime> SkewedAtAListing(size_t count, int64_t skew) {
  std::vector<int64_t> times;
  for (size_t i = 0; i < count; ++i) times.push_back(static_cast<int64_t>(i) * 1000 - (i >= 1000 ? skew : 0));
  return Times(times, 7);
}

TEST(CommitTimes, UpToTwoThousandCommitsAreAdjustedTogether) {
  // Adjusted together, commits from 1,000 on follow the 999th by a millisecond each until they catch up.
  const auto commits = SkewedAtAListing(2000, 10'000);
  EXPECT_EQ(VersionAt(commits, 999'000), 7 + 999);
  EXPECT_EQ(VersionAt(commits, 999'002), 7 + 1001);
}

TEST(CommitTimes, AboveTwoThousandEachListingIsAdjustedAlone) {
  const auto commits = SkewedAtAListing(2500, 10'000);
  // The second listing keeps its own times: at 995,000 its best is commit 1,005, whose raw time is 995,000; the first
  // one's best is commit 995. The later listing then follows by a millisecond, and is too late for the instant.
  EXPECT_EQ(VersionAt(commits, 995'000), 7 + 995);
  EXPECT_EQ(VersionAt(commits, 999'002), 7 + 1009);
  EXPECT_EQ(VersionAt(commits, 1'000'000), 7 + 1010);
  EXPECT_EQ(VersionAt(commits, 2'489'000), 7 + 2499);
  EXPECT_EQ(VersionAt(commits, -1), -1);
}

TEST(CommitTimes, CountListingsByVersionsWhereCommitsAreMissing) {
  auto commits = SkewedAtAListing(2500, 0);
  commits.erase(commits.begin() + 500, commits.begin() + 1700);
  EXPECT_EQ(VersionAt(commits, 499'500), 7 + 499);
  EXPECT_EQ(VersionAt(commits, 1'699'999), 7 + 499);
  EXPECT_EQ(VersionAt(commits, 1'700'000), 7 + 1700);
}

TEST(InCommitEra, IsAbsentWhenTheFeatureOrThePropertyIsOff) {
  const Metadata on{.configuration = {{"delta.enableInCommitTimestamps", "true"}}};
  EXPECT_FALSE(InCommitEraOf(Protocol{}, on, Version(0))->has_value());
  EXPECT_FALSE(InCommitEraOf(WithInCommitTimestamps(), Metadata{}, Version(0))->has_value());
  const Metadata off{.configuration = {{"delta.enableInCommitTimestamps", "false"}}};
  EXPECT_FALSE(InCommitEraOf(WithInCommitTimestamps(), off, Version(0))->has_value());
  EXPECT_TRUE(InCommitTimestampsOn(WithInCommitTimestamps(), on));
}

TEST(InCommitEra, BeginsWithTheEarliestCommitWhereNothingElseIsSaid) {
  const auto era = InCommitEraOf(WithInCommitTimestamps(),
                                 {.configuration = {{"delta.enableInCommitTimestamps", "TRUE"}}}, Version(4));
  ASSERT_THAT(era, Succeeded());
  ASSERT_TRUE(era->has_value());
  EXPECT_EQ((*era)->from_version, Version(4));
  EXPECT_EQ((*era)->from_time, FromEpochMs(-1));
}

TEST(InCommitEra, BeginsWhereItWasTurnedOn) {
  const auto era = InCommitEraOf(WithInCommitTimestamps(),
                                 {.configuration = {{"delta.enableInCommitTimestamps", "true"},
                                                    {"delta.inCommitTimestampEnablementVersion", "3"},
                                                    {"delta.inCommitTimestampEnablementTimestamp", "40"}}},
                                 Version(0));
  ASSERT_THAT(era, Succeeded());
  EXPECT_EQ((*era)->from_version, Version(3));
  EXPECT_EQ((*era)->from_time, FromEpochMs(40));
}

TEST(InCommitEra, FailsOnHalfOfTheProperties) {
  for (const auto& [key, value] : StringMap{{"delta.inCommitTimestampEnablementVersion", "3"},
                                            {"delta.inCommitTimestampEnablementTimestamp", "40"}}) {
    EXPECT_THAT(
        InCommitEraOf(WithInCommitTimestamps(),
                      {.configuration = {{"delta.enableInCommitTimestamps", "true"}, {key, value}}}, Version(0)),
        FailedWith(ErrorCode::kCorruptLog, "inCommitTimestampEnablement"));
  }
  EXPECT_THAT(InCommitEraOf(WithInCommitTimestamps(),
                            {.configuration = {{"delta.enableInCommitTimestamps", "true"},
                                               {"delta.inCommitTimestampEnablementVersion", "3"},
                                               {"delta.inCommitTimestampEnablementTimestamp", "soon"}}},
                            Version(0)),
              FailedWith(ErrorCode::kCorruptLog, "no number"));
}

}  // namespace
}  // namespace lakeferry::delta
