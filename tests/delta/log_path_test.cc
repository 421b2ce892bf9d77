#include "delta/log_path.h"

#include <gtest/gtest.h>

namespace lakeferry::delta {
namespace {

TEST(LogPath, ReadsEveryNameOfTheProtocol) {
  const ParsedLogName commit = ParseLogName("00000000000000000042.json");
  EXPECT_EQ(commit.kind, LogFileKind::kCommit);
  EXPECT_EQ(commit.version, Version(42));
  EXPECT_EQ(ParseLogName("00000000000000000007.checkpoint.parquet").kind, LogFileKind::kCheckpoint);
  EXPECT_EQ(ParseLogName("00000000000000000007.crc").kind, LogFileKind::kChecksum);
  EXPECT_EQ(ParseLogName("_last_checkpoint").kind, LogFileKind::kLastCheckpoint);
  EXPECT_EQ(ParseLogName("00000000000000000001.00000000000000000009.compacted.json").kind, LogFileKind::kCompacted);
}

TEST(LogPath, ReadsPartsOfACheckpoint) {
  const ParsedLogName part = ParseLogName("00000000000000000010.checkpoint.0000000002.0000000003.parquet");
  EXPECT_EQ(part.kind, LogFileKind::kCheckpointPart);
  EXPECT_EQ(part.version, Version(10));
  EXPECT_EQ(part.part, 2);
  EXPECT_EQ(part.parts, 3);
}

TEST(LogPath, ReadsCheckpointsWithAUuidInBothFormats) {
  const ParsedLogName json = ParseLogName("00000000000000000010.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json");
  EXPECT_EQ(json.kind, LogFileKind::kCheckpointV2);
  EXPECT_TRUE(json.json);
  const ParsedLogName parquet =
      ParseLogName("00000000000000000010.checkpoint.80A083E8-7026-4e79-81be-64bd76c43a11.parquet");
  EXPECT_EQ(parquet.kind, LogFileKind::kCheckpointV2);
  EXPECT_FALSE(parquet.json);
}

TEST(LogPath, SuspectsNumericCommitNamesThatAreNotTwentyDigits) {
  for (const char* name : {"1.json", "0000000000000000042.json", "000000000000000000042.json",
                           "99999999999999999999.json" /* more than 63 bits */}) {
    EXPECT_EQ(ParseLogName(name).kind, LogFileKind::kSuspicious) << name;
  }
}

TEST(LogPath, IgnoresNamesWithoutMeaning) {
  for (const char* name :
       {"",
        ".",
        ".json",
        "json",
        "00000000000000000042",
        "00000000000000000042.json.tmp",
        ".00000000000000000042.json.crc",
        "00000000000000000042.json.1234",
        "a0000000000000000042.json",
        "00000000000000000042.JSON",
        "_last_vacuum_info",
        "00000000000000000042.80a083e8-7026-4e79-81be-64bd76c43a11.json",
        "_staged_commits",
        ".s3-optimization-0",
        "00000000000000000010.checkpoint",
        "00000000000000000010.checkpoint.json",
        "00000000000000000010.checkpoint.parquet.tmp",
        "00000000000000000010.checkpoint.abc.parquet",
        "00000000000000000010.checkpoint.0000000000.0000000003.parquet",
        "00000000000000000010.checkpoint.0000000004.0000000003.parquet",
        "00000000000000000010.checkpoint.9999999999.9999999999.parquet",
        "00000000000000000010.checkpoint.000000001.000000003.parquet",
        "00000000000000000010.checkpoint.0000000001.0000000003.80a083e8-7026-4e79-81be-64bd76c43a11.parquet",
        "00000000000000000010.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a1.parquet",
        "00000000000000000010.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.avro",
        "00000000000000000001.00000000000000000009.json",
        "+0000000000000000042.json",
        " 0000000000000000042.json"}) {
    EXPECT_EQ(ParseLogName(name).kind, LogFileKind::kIgnored) << name;
  }
}

TEST(LogPath, CommitNamesCarryTwentyDigitsAndReadBack) {
  EXPECT_EQ(CommitName(Version(0)), "00000000000000000000.json");
  EXPECT_EQ(CommitName(Version(INT64_MAX)), "09223372036854775807.json");
  EXPECT_EQ(ParseLogName(CommitName(Version(INT64_MAX - 1))).version, Version(INT64_MAX - 1));
}

TEST(LogPath, VersionWithoutASuccessorIsNoVersion) {
  EXPECT_EQ(ParseLogName(CommitName(Version(INT64_MAX))).kind, LogFileKind::kSuspicious);
  EXPECT_EQ(ParseLogName("09223372036854775807.checkpoint.parquet").kind, LogFileKind::kIgnored);
  EXPECT_EQ(ParseLogName("00000000000000000001.checkpoint.0000000001.2147483647.parquet").kind, LogFileKind::kIgnored);
}

TEST(LogPath, NameBeforeSortsBetweenTwoVersions) {
  const std::string before = NameBefore(Version(42));
  for (const char* name : {"00000000000000000041.json", "00000000000000000041.crc",
                           "00000000000000000041.00000000000000000060.compacted.json"}) {
    EXPECT_GT(before, name);
  }
  for (const char* name : {"00000000000000000042.json", "00000000000000000042.checkpoint.parquet",
                           "00000000000000000042.00000000000000000060.compacted.json"}) {
    EXPECT_LT(before, name);
  }
}

}  // namespace
}  // namespace lakeferry::delta
