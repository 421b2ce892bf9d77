// What a replay hands on and when; snapshot_test.cc has what comes out of it.
#include "delta/log_replay.h"

#include <fmt/format.h>

#include "delta/action_reader.h"
#include "delta_matchers.h"
#include "tests/support/snapshot_builder.h"

namespace lakeferry::delta {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr std::string_view kStart =
    R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}}
{"metaData":{"id":"one","format":{"options":{}},"schemaString":"s","partitionColumns":[],"configuration":{}}}
)";

std::string Add(std::string_view path) {
  return fmt::format(
      R"({{"add":{{"path":"{}","partitionValues":{{}},"size":1,"modificationTime":5,"dataChange":true}}}})"
      "\n",
      path);
}
std::string Remove(std::string_view path, int64_t at) {
  return fmt::format(R"({{"remove":{{"path":"{}","deletionTimestamp":{},"dataChange":true}}}})"
                     "\n",
                     path, at);
}

std::vector<std::string> Tombstones(std::vector<std::string> commits, const std::string& checkpoint = "") {
  SnapshotBuilder builder;
  if (!checkpoint.empty()) EXPECT_THAT(builder.AddCheckpointFile(checkpoint, "checkpoint"), Succeeded());
  int64_t version = checkpoint.empty() ? 0 : 1;
  for (const std::string& commit : commits)
    EXPECT_THAT(builder.ApplyCommit(Version(version++), commit, "commit"), Succeeded());
  const auto snapshot = std::move(builder).Finish(Version(version - 1), FromEpochMs(0));
  EXPECT_THAT(snapshot, Succeeded());
  std::vector<std::string> found;
  if (!snapshot) return found;
  for (const RemoveFile& remove : snapshot->tombstones)
    found.push_back(fmt::format("{}@{}", remove.path, remove.deletion_timestamp.value_or(-1)));
  return found;
}

TEST(LogReplay, GivesTheNewestRemoveOfEachFileThatIsNotLive) {
  EXPECT_THAT(Tombstones({std::string(kStart) + Add("a") + Add("b") + Add("c"), Remove("a", 1) + Remove("b", 1),
                          Add("a"), Remove("a", 7)}),
              UnorderedElementsAre("a@7", "b@1"));
  EXPECT_THAT(Tombstones({std::string(kStart) + Add("a"), Remove("a", 1), Add("a")}), IsEmpty())
      << "what came back is no tombstone";
}

TEST(LogReplay, GivesTheTombstonesOfACheckpoint) {
  const std::string checkpoint = std::string(kStart) + Add("a") + Remove("gone", 3) + Remove("back", 3);
  EXPECT_THAT(Tombstones({Add("back")}, checkpoint), ElementsAre("gone@3"));
}

TEST(LogReplay, RefusesAFileNamedTwiceInAnOlderCommitToo) {
  FileTotals files;
  LogReplay replay(files, 1);
  ASSERT_THAT(ReadActions(Add("a"), "commit 1", replay.BeginCommit("commit 1")), Succeeded());
  replay.EndCommit();
  EXPECT_THAT(ReadActions(Add("a") + Remove("a", 1), "commit 0", replay.BeginCommit("commit 0")),
              FailedWith(ErrorCode::kCorruptLog, "twice"));
}

TEST(LogReplay, ErrorOfTheFileSinkEndsItAsItIs) {
  class Refusing final : public FileSink {
   public:
    explicit Refusing(ErrorCode code) : code_(code) {}
    Status OnLive(AddFile&& /*add*/) override { return Fail(code_, "refused"); }
    void Restart() override {}

   private:
    ErrorCode code_;
  };
  // A path that the sink refuses is no damage of the log, for which another checkpoint would be tried.
  for (const ErrorCode code : {ErrorCode::kOutOfSpace, ErrorCode::kInvalidArgument}) {
    Refusing refusing(code);
    LogReplay of_commit(refusing, 1);
    EXPECT_THAT(ReadActions(Add("a"), "commit", of_commit.BeginCommit("commit")), FailedWith(code, "refused"));
    LogReplay of_checkpoint(refusing, 1);
    EXPECT_THAT(ReadActions(Add("a"), "c", of_checkpoint.BeginCheckpoint(Version(1))), FailedWith(code, "refused"));
  }
}

TEST(ActionReader, CountsLinesAndActionsOverAllPieces) {
  FileTotals files;
  LogReplay replay(files, 1);
  ActionReader reader("commit", replay.BeginCommit("commit"));
  ASSERT_THAT(reader.Read(kStart), Succeeded());
  ASSERT_THAT(reader.Read(""), Succeeded());
  ASSERT_THAT(reader.Read(Add("a") + Add("b")), Succeeded());
  EXPECT_THAT(reader.Finish(), Succeeded());
  EXPECT_EQ(files.files, 2);
  EXPECT_THAT(reader.Read("{\n"), FailedWith(ErrorCode::kCorruptLog, "line 5"));

  replay.EndCommit();
  ActionReader empty("nothing", replay.BeginCheckpoint(Version(0)));
  ASSERT_THAT(empty.Read("\n \n"), Succeeded());
  EXPECT_THAT(empty.Finish(), FailedWith(ErrorCode::kCorruptLog, "empty"));
}

}  // namespace
}  // namespace lakeferry::delta
