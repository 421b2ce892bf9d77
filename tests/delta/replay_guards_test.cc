// What ends a replay: damage wherever it comes in, file by file or many at once, and a version without its own time.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "delta/log_replay.h"
#include "delta_matchers.h"
#include "tests/support/snapshot_builder.h"

namespace lakeferry::delta {
namespace {

AddFile FileAt(std::string path) {
  AddFile add;
  add.path = std::move(path);
  add.size = 1;
  return add;
}

TEST(ReplayGuards, PathThatIsNoneIsDamageOfItsCommit) {
  FileTotals totals;
  LogReplay replay(totals, 7);
  EXPECT_THAT(replay.BeginCommit("the commit").OnAdd(FileAt("a\nb")), FailedWith(ErrorCode::kCorruptLog, "the commit"));
}

TEST(ReplayGuards, FileNamedTwiceAmongManyIsDamage) {
  FileTotals totals;
  LogReplay replay(totals, 7);
  std::vector<HashedAdd> adds;
  for (const auto* path : {"a", "b", "a"}) adds.push_back({.add = FileAt(path), .file = {}});
  EXPECT_THAT(replay.BeginCheckpoint(Version(3)).OnAdds(adds),
              FailedWith(ErrorCode::kCorruptLog, "names one file twice"));
}

TEST(ReplayGuards, VersionWithoutItsOwnTimeIsDamageWhereTheTableHasThem) {
  const std::string start =
      R"({"protocol":{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["inCommitTimestamp"]}})"
      "\n"
      R"({"metaData":{"id":"one","format":{"provider":"parquet","options":{}},"schemaString":"s",)"
      R"("partitionColumns":[],"configuration":{"delta.enableInCommitTimestamps":"true"}}})"
      "\n";
  for (const std::string& info : {std::string(), std::string("{\"commitInfo\":{\"timestamp\":5}}\n")}) {
    SnapshotBuilder builder;
    ASSERT_THAT(builder.ApplyCommit(Version(0), info + start, "commit"), Succeeded());
    EXPECT_THAT(std::move(builder).Finish(Version(0), FromEpochMs(9)),
                FailedWith(ErrorCode::kCorruptLog, "but a commit holds none"));
  }
}

}  // namespace
}  // namespace lakeferry::delta
