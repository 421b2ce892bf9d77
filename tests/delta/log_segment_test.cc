#include "delta/log_segment.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "delta_matchers.h"

namespace lakeferry::delta {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A listing written down shortly: commits by number, everything else by name.
class Log {
 public:
  Log& Commits(int64_t first, int64_t last) {
    for (int64_t version = first; version <= last; ++version) Name(CommitName(Version(version)));
    return *this;
  }
  Log& Name(std::string name, int64_t size = 100) {
    files_.push_back({.name = std::move(name), .size_bytes = size, .modified = FromEpochMs(1)});
    return *this;
  }
  Log& Checkpoint(int64_t version, int64_t size = 100) {
    return Name(fmt::format("{:020}.checkpoint.parquet", version), size);
  }
  Log& Part(int64_t version, int part, int parts, int64_t size = 100) {
    return Name(fmt::format("{:020}.checkpoint.{:010}.{:010}.parquet", version, part, parts), size);
  }
  Log& V2(int64_t version, char digit, std::string_view format = "parquet") {
    return Name(fmt::format("{:020}.checkpoint.{}.{}", version, std::string(36, digit), format));
  }
  [[nodiscard]] LogListing Listing() const { return SortOut({files_.rbegin(), files_.rend()}); }

 private:
  std::vector<LogFile> files_;
};

int64_t Newest(const Log& log) {
  const auto newest = NewestVersion(log.Listing());
  EXPECT_THAT(newest, Succeeded());
  return newest && *newest ? (*newest)->value() : -1;
}

std::vector<int64_t> CommitNumbers(const LogSegment& segment) {
  std::vector<int64_t> numbers;
  for (const auto& [version, file] : segment.commits) numbers.push_back(version.value());
  return numbers;
}

TEST(SortOut, OrdersCommitsAndNamesWhatIsStrange) {
  const LogListing listing =
      Log().Commits(0, 2).Name("1.json").Name("x.tmp").Name("00000000000000000001.crc").Listing();
  ASSERT_EQ(listing.commits.size(), 3U);
  EXPECT_EQ(listing.commits.front().first, Version(0));
  EXPECT_EQ(listing.commits.back().first, Version(2));
  EXPECT_THAT(listing.suspicious, ElementsAre("1.json"));
  EXPECT_THAT(listing.ignored, ElementsAre("x.tmp"));
  ASSERT_EQ(listing.checksums.size(), 1U);
  EXPECT_EQ(listing.checksums[0].first, Version(1));
}

TEST(SortOut, CountsANameListedTwiceOnce) { EXPECT_EQ(Log().Commits(0, 1).Commits(1, 1).Listing().commits.size(), 2U); }

TEST(SortOut, PutsTheBestCheckpointLast) {
  const LogListing listing = Log()
                                 .Checkpoint(20)
                                 .V2(10, 'b')
                                 .V2(10, 'a', "json")
                                 .Part(10, 1, 2)
                                 .Part(10, 2, 2)
                                 .Part(10, 1, 1)
                                 .Checkpoint(10)
                                 .Listing();
  std::vector<std::string> order;
  for (const CheckpointFiles& checkpoint : listing.checkpoints) order.push_back(checkpoint.files.front().name);
  EXPECT_THAT(order, ElementsAre("00000000000000000010.checkpoint.parquet",
                                 "00000000000000000010.checkpoint.0000000001.0000000001.parquet",
                                 "00000000000000000010.checkpoint.0000000001.0000000002.parquet",
                                 "00000000000000000010.checkpoint." + std::string(36, 'a') + ".json",
                                 "00000000000000000010.checkpoint." + std::string(36, 'b') + ".parquet",
                                 "00000000000000000020.checkpoint.parquet"));
  EXPECT_TRUE(listing.checkpoints[3].json);
  EXPECT_EQ(listing.checkpoints[2].files.size(), 2U);
}

TEST(SortOut, DropsIncompleteAndEmptyCheckpoints) {
  // Two sets of parts of one version, each lacking one: they never make up for each other.
  const LogListing mixed = Log().Part(10, 1, 2).Part(10, 1, 3).Part(10, 2, 3).Listing();
  EXPECT_THAT(mixed.checkpoints, IsEmpty());
  EXPECT_THAT(Log().Checkpoint(10, 0).Listing().checkpoints, IsEmpty());
  EXPECT_THAT(Log().Part(10, 1, 2).Part(10, 2, 2, 0).Listing().checkpoints, IsEmpty());
}

TEST(SortOut, KeepsAnEmptyCommitSoThatItIsNoticed) {
  EXPECT_EQ(Log().Name(CommitName(Version(0)), 0).Listing().commits.size(), 1U);
}

TEST(NewestVersion, IsAbsentWithoutATable) {
  const auto newest = NewestVersion(Log().Name("_last_checkpoint").Listing());
  ASSERT_THAT(newest, Succeeded());
  EXPECT_FALSE(newest->has_value());
}

TEST(NewestVersion, IsTheLastCommitFromZeroOrFromACheckpoint) {
  EXPECT_EQ(Newest(Log().Commits(0, 12)), 12);
  EXPECT_EQ(Newest(Log().Checkpoint(10).Commits(10, 12)), 12);
  EXPECT_EQ(Newest(Log().Checkpoint(10).Commits(11, 12)), 12);
  EXPECT_EQ(Newest(Log().Checkpoint(10).Commits(0, 10)), 10);
}

TEST(NewestVersion, PassesOverAGapBelowACheckpoint) {
  EXPECT_EQ(Newest(Log().Commits(0, 3).Commits(8, 12).Checkpoint(10)), 12);
}

TEST(NewestVersion, FailsAtAGapWithLaterCommits) {
  EXPECT_THAT(NewestVersion(Log().Commits(0, 3).Commits(5, 6).Listing()),
              FailedWith(ErrorCode::kCorruptLog, "00000000000000000004.json"));
  EXPECT_THAT(NewestVersion(Log().Checkpoint(10).Commits(9, 10).Commits(12, 12).Listing()),
              FailedWith(ErrorCode::kCorruptLog, "00000000000000000011.json"));
}

TEST(NewestVersion, FailsWhereTheLogBeginsLateWithoutACheckpoint) {
  EXPECT_THAT(NewestVersion(Log().Commits(3, 6).Listing()), FailedWith(ErrorCode::kCorruptLog, "log rule 3"));
  // A checkpoint that leaves a hole behind it is none to begin from.
  EXPECT_THAT(NewestVersion(Log().Checkpoint(3).Commits(5, 6).Listing()),
              FailedWith(ErrorCode::kCorruptLog, "log rule 3"));
}

TEST(NewestVersion, FailsWhereTheCommitOfTheNewestCheckpointIsMissing) {
  EXPECT_THAT(NewestVersion(Log().Commits(0, 9).Checkpoint(10).Listing()),
              FailedWith(ErrorCode::kCorruptLog, "log rule 2"));
  EXPECT_THAT(NewestVersion(Log().Checkpoint(10).Listing()), FailedWith(ErrorCode::kCorruptLog, "log rule 2"));
}

TEST(LogSegment, TakesTheBestCheckpointAtOrBelowTheVersion) {
  const LogListing listing = Log().Commits(0, 25).Checkpoint(10).V2(10, 'a').Checkpoint(20).Listing();
  const auto segment = LogSegment::Make(listing, Version(12));
  ASSERT_THAT(segment, Succeeded());
  ASSERT_TRUE(segment->checkpoint.has_value());
  EXPECT_EQ(segment->checkpoint->kind, LogFileKind::kCheckpointV2);
  EXPECT_THAT(CommitNumbers(*segment), ElementsAre(11, 12));
  EXPECT_EQ(segment->last_commit.name, CommitName(Version(12)));
}

TEST(LogSegment, NeedsNoCommitsAfterACheckpointOfItsVersion) {
  const auto segment = LogSegment::Make(Log().Commits(0, 10).Checkpoint(10).Listing(), Version(10));
  ASSERT_THAT(segment, Succeeded());
  EXPECT_THAT(segment->commits, IsEmpty());
  EXPECT_EQ(segment->last_commit.name, CommitName(Version(10)));
}

TEST(LogSegment, SkipsUnreadableCheckpointsDownToTheFirstCommit) {
  const LogListing listing = Log().Commits(0, 12).Checkpoint(5).Checkpoint(10).Part(10, 1, 1).Listing();
  EXPECT_EQ(LogSegment::Make(listing, Version(12), 0)->checkpoint->kind, LogFileKind::kCheckpointPart);
  EXPECT_EQ(LogSegment::Make(listing, Version(12), 1)->checkpoint->kind, LogFileKind::kCheckpoint);
  EXPECT_EQ(LogSegment::Make(listing, Version(12), 2)->checkpoint->version, Version(5));
  const auto from_zero = LogSegment::Make(listing, Version(12), 3);
  ASSERT_THAT(from_zero, Succeeded());
  EXPECT_FALSE(from_zero->checkpoint.has_value());
  EXPECT_EQ(from_zero->commits.size(), 13U);
  EXPECT_THAT(LogSegment::Make(listing, Version(12), 4), FailedWith(ErrorCode::kNotFound, "no readable checkpoint"));
}

TEST(LogSegment, FailsWhenSkippingLeavesNoBase) {
  const LogListing listing = Log().Commits(8, 12).Checkpoint(10).Listing();
  EXPECT_THAT(LogSegment::Make(listing, Version(12), 1), FailedWith(ErrorCode::kNotFound, "no readable checkpoint"));
}

TEST(LogSegment, TellsVersionsNotYetWrittenFromThoseCleanedUp) {
  const LogListing listing = Log().Commits(8, 12).Checkpoint(10).Listing();
  EXPECT_THAT(LogSegment::Make(listing, Version(13)), FailedWith(ErrorCode::kNotFound, "not written yet"));
  EXPECT_THAT(LogSegment::Make(listing, Version(3)), FailedWith(ErrorCode::kNotFound, "cleaned up"));
  EXPECT_THAT(LogSegment::Make(listing, Version(9)), FailedWith(ErrorCode::kNotFound, "cleaned up"));
  EXPECT_THAT(LogSegment::Make(listing, Version(-1)), FailedWith(ErrorCode::kNotFound, "negative"));
}

TEST(LogSegment, FailsInsideAGapAndSucceedsOnBothSides) {
  const LogListing listing = Log().Commits(0, 3).Commits(5, 12).Checkpoint(7).Listing();
  EXPECT_THAT(LogSegment::Make(listing, Version(3)), Succeeded());
  EXPECT_THAT(LogSegment::Make(listing, Version(4)), FailedWith(ErrorCode::kNotFound, "cleaned up"));
  EXPECT_THAT(LogSegment::Make(listing, Version(6)), FailedWith(ErrorCode::kNotFound, "cleaned up"));
  EXPECT_THAT(LogSegment::Make(listing, Version(12)), Succeeded());
}

TEST(LogSegment, NamesTheRuleThatIsBroken) {
  EXPECT_THAT(LogSegment::Make(Log().Commits(0, 3).Commits(5, 6).Listing(), Version(4)),
              FailedWith(ErrorCode::kCorruptLog, "log rule 1"));
  EXPECT_THAT(LogSegment::Make(Log().Commits(0, 3).Checkpoint(4).Commits(5, 6).Listing(), Version(4)),
              FailedWith(ErrorCode::kCorruptLog, "log rule 2"));
  EXPECT_THAT(LogSegment::Make(Log().Commits(0, 3).Name(CommitName(Version(4)), 0).Listing(), Version(4)),
              FailedWith(ErrorCode::kCorruptLog, "log rule 5"));
}

TEST(LogSegment, RebuildsLaterVersionsOverACheckpointWhoseCommitIsGone) {
  const auto segment = LogSegment::Make(Log().Checkpoint(4).Commits(5, 6).Listing(), Version(6));
  ASSERT_THAT(segment, Succeeded());
  EXPECT_THAT(CommitNumbers(*segment), ElementsAre(5, 6));
}

TEST(LogSegment, FallsBackToCommitsWhenTheOnlyCheckpointLacksAPart) {
  const auto segment = LogSegment::Make(Log().Commits(0, 12).Part(10, 1, 2).Listing(), Version(12));
  ASSERT_THAT(segment, Succeeded());
  EXPECT_FALSE(segment->checkpoint.has_value());
}

// Every set of four commits and three checkpoints: what Make accepts is exactly what the rules allow.
TEST(LogSegment, AgreesWithTheRulesOnEverySmallLog) {
  constexpr int kVersions = 5;
  for (int commits = 0; commits < 1 << kVersions; ++commits) {
    for (int checkpoints = 0; checkpoints < 1 << kVersions; ++checkpoints) {
      Log log;
      for (int v = 0; v < kVersions; ++v) {
        if ((commits >> v & 1) != 0) log.Commits(v, v);
        if ((checkpoints >> v & 1) != 0) log.Checkpoint(v);
      }
      const LogListing listing = log.Listing();
      for (int v = 0; v < kVersions; ++v) {
        int base = v;
        while (base >= 0 && (checkpoints >> base & 1) == 0 && (commits >> base & 1) != 0) --base;
        const bool based = base < 0 || (checkpoints >> base & 1) != 0;
        const bool expected = (commits >> v & 1) != 0 && based;
        EXPECT_EQ(LogSegment::Make(listing, Version(v)).has_value(), expected)
            << "commits " << commits << " checkpoints " << checkpoints << " version " << v;
      }
    }
  }
}

}  // namespace
}  // namespace lakeferry::delta
