#include "delta/snapshot.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "delta/file_path.h"
#include "delta_matchers.h"
#include "tests/support/snapshot_builder.h"

namespace lakeferry::delta {
namespace {

using ::testing::ElementsAre;
using ::testing::Key;

constexpr std::string_view kProtocol = R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})";
constexpr std::string_view kMetadata =
    R"({"metaData":{"id":"one","format":{"provider":"parquet","options":{}},"schemaString":"s",)"
    R"("partitionColumns":[],"configuration":{}}})";
constexpr TimeMs kFileTime = FromEpochMs(1'000);

std::string Dv(std::string_view id) {
  return fmt::format(R"(,"deletionVector":{{"storageType":"i","pathOrInlineDv":"{}","sizeInBytes":1,)"
                     R"("cardinality":1}})",
                     id);
}
std::string Add(std::string_view path, std::string_view more = "", int64_t size = 10) {
  return fmt::format(
      R"({{"add":{{"path":"{}","partitionValues":{{}},"size":{},"modificationTime":5,"dataChange":true{}}}}})", path,
      size, more);
}
std::string Remove(std::string_view path, std::string_view more = "") {
  return fmt::format(R"({{"remove":{{"path":"{}","dataChange":true{}}}}})", path, more);
}
std::string Lines(std::initializer_list<std::string_view> lines) {
  std::string text;
  for (const std::string_view line : lines) text.append(line).append("\n");
  return text;
}
std::string Start(std::string_view more = "") { return Lines({kProtocol, kMetadata, more}); }

// Applies the commits from version `first` on and finishes.
Result<FullSnapshot> Build(SnapshotBuilder builder, std::vector<std::string> commits, int64_t first = 0) {
  int64_t version = first;
  for (const std::string& commit : commits) {
    LF_TRY_OK(builder.ApplyCommit(Version(version), commit, fmt::format("commit {}", version)));
    ++version;
  }
  return std::move(builder).Finish(Version(version - 1), kFileTime);
}

FullSnapshot Built(std::vector<std::string> commits) {
  auto snapshot = Build(SnapshotBuilder(), std::move(commits));
  EXPECT_THAT(snapshot, Succeeded());
  return std::move(snapshot).value_or(FullSnapshot());
}

std::vector<std::string> Paths(const FullSnapshot& snapshot) {
  std::vector<std::string> paths;
  for (const auto* entry : snapshot.files.Sorted()) paths.push_back(entry->second.path);
  return paths;
}

TEST(Snapshot, KeepsWhatIsAddedAndNotRemoved) {
  const FullSnapshot snapshot = Built({Start(Add("a")), Lines({Add("b"), Add("c")}), Lines({Remove("b"), Add("d")})});
  EXPECT_THAT(Paths(snapshot), ElementsAre("a", "c", "d"));
  EXPECT_EQ(snapshot.version, Version(2));
  EXPECT_EQ(snapshot.timestamp, kFileTime);
  EXPECT_EQ(snapshot.metadata.id, "one");
}

TEST(Snapshot, BringsBackARemovedFileThatIsAddedAgain) {
  EXPECT_THAT(Paths(Built({Start(Add("a")), Remove("a"), Add("a")})), ElementsAre("a"));
}

TEST(Snapshot, MatchesRemovesByNormalisedPath) {
  EXPECT_THAT(Paths(Built({Start(Lines({Add("a//b"), Add("x%2fy")})), Lines({Remove("a/b"), Remove("x%2Fy")})})),
              ElementsAre());
}

TEST(Snapshot, FollowsDeletionVectorsOfOnePath) {
  const FullSnapshot snapshot = Built(
      {Start(Add("a")), Lines({Add("a", Dv("1")), Remove("a")}), Lines({Remove("a", Dv("1")), Add("a", Dv("2"))})});
  ASSERT_EQ(snapshot.files.size(), 1U);
  EXPECT_EQ(snapshot.files.Sorted()[0]->second.deletion_vector->path_or_inline_dv, "2");
}

// Spark reads their rows once for each: a remove that forgot the vector of a file leaves it beside the new one.
TEST(Snapshot, TakesTwoLiveFilesOfOnePathForTwo) {
  EXPECT_THAT(Paths(Built({Start(Add("a")), Add("a", Dv("1"))})), ElementsAre("a", "a"));
  EXPECT_THAT(Paths(Built({Start(Add("a", Dv("2"))), Add("a", Dv("1"))})), ElementsAre("a", "a"));
  EXPECT_THAT(Paths(Built({Start(Add("a", Dv("2"))), Add("./a")})), ElementsAre("./a", "a"));
}

TEST(Snapshot, TakesTheMetadataOfALaterAddOfTheSameFile) {
  const FullSnapshot snapshot = Built({Start(Add("a")), Add("a", R"(,"stats":"{}")")});
  EXPECT_EQ(snapshot.files.Sorted()[0]->second.stats, "{}");
}

TEST(Snapshot, KeepsTheLatestProtocolMetadataAndDomains) {
  const FullSnapshot snapshot =
      Built({Start(Lines({R"({"domainMetadata":{"domain":"a","configuration":"1","removed":false}})",
                          R"({"domainMetadata":{"domain":"b","configuration":"1","removed":false}})"})),
             R"({"protocol":{"minReaderVersion":1,"minWriterVersion":4}})",
             Lines({R"({"domainMetadata":{"domain":"a","configuration":"1","removed":true}})",
                    R"({"domainMetadata":{"domain":"b","configuration":"2","removed":false}})",
                    R"({"metaData":{"id":"two","format":{"provider":"parquet","options":{}},"schemaString":"t",)"
                    R"("partitionColumns":[],"configuration":{}}})"})});
  EXPECT_EQ(snapshot.protocol.min_writer_version, 4);
  EXPECT_EQ(snapshot.metadata.id, "two");
  EXPECT_THAT(snapshot.domains, ElementsAre(Key("b")));
  EXPECT_EQ(snapshot.domains.at("b").configuration, "2");
}

TEST(Snapshot, TakesTheLatestTransactionEvenIfItsVersionIsLower) {
  const FullSnapshot snapshot =
      Built({Start(R"({"txn":{"appId":"x","version":9}})"), R"({"txn":{"appId":"x","version":3}})"});
  EXPECT_EQ(snapshot.txns.at("x").version, 3);
}

TEST(Snapshot, HoldsTheCommitInfoOfItsOwnVersionOnly) {
  EXPECT_EQ(Built({Start(R"({"commitInfo":{"txnId":"0"}})"), R"({"commitInfo":{"txnId":"1"}})"}).commit_info->txn_id,
            "1");
  EXPECT_FALSE(Built({Start(R"({"commitInfo":{"txnId":"0"}})"), Add("a")}).commit_info.has_value());
}

TEST(Snapshot, NeedsProtocolAndMetadata) {
  EXPECT_THAT(Build({}, {std::string(kProtocol)}), FailedWith(ErrorCode::kCorruptLog, "no metaData"));
  EXPECT_THAT(Build({}, {std::string(kMetadata)}), FailedWith(ErrorCode::kCorruptLog, "no protocol"));
}

TEST(Snapshot, ADamagedCommitChangesNothing) {
  SnapshotBuilder builder;
  ASSERT_THAT(builder.ApplyCommit(Version(0), Start(Add("a")), "commit 0"), Succeeded());
  EXPECT_THAT(builder.ApplyCommit(Version(1), Lines({Remove("a"), Add("b")}) + "{", "commit 1"),
              FailedWith(ErrorCode::kCorruptLog, "commit 1"));
  const auto snapshot = std::move(builder).Finish(Version(0), kFileTime);
  ASSERT_THAT(snapshot, Succeeded());
  EXPECT_THAT(Paths(*snapshot), ElementsAre("a"));
}

constexpr std::string_view kInCommitProtocol =
    R"({"protocol":{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["inCommitTimestamp"]}})";
constexpr std::string_view kInCommitMetadata =
    R"({"metaData":{"id":"one","format":{"provider":"parquet","options":{}},"schemaString":"s",)"
    R"("partitionColumns":[],"configuration":{"delta.enableInCommitTimestamps":"true"}}})";

TEST(Snapshot, TakesTheTimeOfTheCommitWhereTheTableKeepsIt) {
  const std::string info = R"({"commitInfo":{"inCommitTimestamp":77,"timestamp":5}})";
  const FullSnapshot snapshot = Built({Lines({info, kInCommitProtocol, kInCommitMetadata})});
  EXPECT_EQ(snapshot.timestamp, FromEpochMs(77));
  EXPECT_EQ(Built({Start(info)}).timestamp, kFileTime);
  EXPECT_THAT(Build({}, {Lines({kInCommitProtocol, kInCommitMetadata})}),
              FailedWith(ErrorCode::kCorruptLog, "in-commit timestamps"));
  EXPECT_THAT(Build({}, {Lines({info, kInCommitProtocol, kInCommitMetadata}), Add("a")}),
              FailedWith(ErrorCode::kCorruptLog, "00000000000000000001.json"));
}

TEST(Snapshot, FindsTheTimeOfAVersionThatACheckpointRebuilds) {
  const std::string checkpoint = Lines({kInCommitProtocol, kInCommitMetadata, Add("a")});
  SnapshotBuilder lacking;
  ASSERT_THAT(lacking.AddCheckpointFile(checkpoint, "checkpoint"), Succeeded());
  EXPECT_THAT(std::move(lacking).Finish(Version(4), kFileTime), FailedWith(ErrorCode::kCorruptLog, "in-commit"));

  SnapshotBuilder builder;
  ASSERT_THAT(builder.AddCheckpointFile(checkpoint, "checkpoint"), Succeeded());
  ASSERT_THAT(builder.ReadCommitInfo(Lines({R"({"commitInfo":{"inCommitTimestamp":77}})", Remove("a")}), "commit 4"),
              Succeeded());
  const auto snapshot = std::move(builder).Finish(Version(4), kFileTime);
  ASSERT_THAT(snapshot, Succeeded());
  EXPECT_EQ(snapshot->timestamp, FromEpochMs(77));
  EXPECT_THAT(Paths(*snapshot), ElementsAre("a"));
}

TEST(Snapshot, BeginsFromACheckpoint) {
  SnapshotBuilder builder;
  ASSERT_THAT(
      builder.AddCheckpointFile(
          Lines({kProtocol, kMetadata, Add("a"), Add("b"), Remove("gone"), R"({"txn":{"appId":"x","version":9}})",
                 R"({"domainMetadata":{"domain":"d","configuration":"1","removed":false}})"}),
          "checkpoint"),
      Succeeded());
  const auto snapshot = Build(std::move(builder), {Lines({Remove("a"), Add("c")}), Remove("b")}, 11);
  ASSERT_THAT(snapshot, Succeeded());
  EXPECT_EQ(snapshot->version, Version(12));
  EXPECT_THAT(Paths(*snapshot), ElementsAre("c"));
  EXPECT_THAT(snapshot->txns, ElementsAre(Key("x")));
  EXPECT_THAT(snapshot->domains, ElementsAre(Key("d")));
}

TEST(Snapshot, GathersSidecarsAndReadsThemThroughTheSink) {
  SnapshotBuilder builder;
  ASSERT_THAT(builder.AddCheckpointFile(Lines({R"({"checkpointMetadata":{"version":10}})", kProtocol, kMetadata,
                                               R"({"sidecar":{"path":"s1","sizeInBytes":1,"modificationTime":2}})",
                                               R"({"sidecar":{"path":"s2","sizeInBytes":1,"modificationTime":2}})"}),
                                        "checkpoint"),
              Succeeded());
  ASSERT_EQ(builder.sidecars().size(), 2U);
  EXPECT_EQ(builder.sidecars()[1].path, "s2");
  ActionSink& sink = builder.checkpoint_sink();
  ASSERT_THAT(sink.OnAdd({.path = "a"}), Succeeded());
  SnapshotBuilder moved = std::move(builder);
  ASSERT_THAT(moved.checkpoint_sink().OnAdd({.path = "b"}), Succeeded());
  EXPECT_EQ(moved.sidecars().size(), 2U);
  const auto snapshot = Build(std::move(moved), {Add("c")}, 11);
  ASSERT_THAT(snapshot, Succeeded());
  EXPECT_THAT(Paths(*snapshot), ElementsAre("a", "b", "c"));
}

TEST(Snapshot, RefusesSidecarsWithoutCheckpointMetadata) {
  SnapshotBuilder builder;
  ASSERT_THAT(builder.AddCheckpointFile(
                  Lines({kProtocol, kMetadata, R"({"sidecar":{"path":"s1","sizeInBytes":1,"modificationTime":2}})"}),
                  "checkpoint"),
              Succeeded());
  EXPECT_THAT(std::move(builder).Finish(Version(3), kFileTime),
              FailedWith(ErrorCode::kCorruptLog, "checkpointMetadata"));
}

TEST(Snapshot, RefusesACheckpointOfAnotherVersion) {
  const auto checkpoint = [] {
    SnapshotBuilder builder;
    EXPECT_THAT(
        builder.AddCheckpointFile(Lines({R"({"checkpointMetadata":{"version":10}})", kProtocol, kMetadata}), "c"),
        Succeeded());
    return builder;
  };
  EXPECT_THAT(checkpoint().Finish(Version(10), kFileTime), Succeeded());
  EXPECT_THAT(checkpoint().Finish(Version(9), kFileTime), FailedWith(ErrorCode::kCorruptLog, "version 10"));
  EXPECT_THAT(Build(checkpoint(), {Add("a")}, 11), Succeeded());
  EXPECT_THAT(Build(checkpoint(), {Add("a")}, 12), FailedWith(ErrorCode::kCorruptLog, "version 10"));
}

TEST(Snapshot, RefusesACheckpointThatContradictsItself) {
  for (const std::string& text :
       {Lines({Add("a"), Add("a", "", 11)}), Lines({Add("a"), Add("./a")}), Lines({kProtocol, kProtocol}),
        Lines({kMetadata, kMetadata}), Lines({Add("../a")}),
        Lines({R"({"checkpointMetadata":{"version":1}})", R"({"checkpointMetadata":{"version":1}})"})}) {
    SnapshotBuilder builder;
    EXPECT_THAT(builder.AddCheckpointFile(text, "checkpoint"), FailedWith(ErrorCode::kCorruptLog, "damaged checkpoint"))
        << text;
  }
}

// However a history is cut into a checkpoint and commits, the same table comes out.
TEST(Snapshot, IsTheSameFromEveryCheckpoint) {
  const std::vector<std::string> commits = {
      Start(Lines({Add("a"), Add("b")})), Lines({Remove("a"), Add("a", Dv("1"))}), Lines({Add("c"), Remove("b")}),
      Lines({Remove("a", Dv("1")), Add("a", Dv("2")), R"({"txn":{"appId":"x","version":3}})"}), Lines({Add("b")})};
  const std::vector<std::string> expected = Paths(Built(commits));
  for (size_t at = 0; at < commits.size(); ++at) {
    const FullSnapshot base = Built({commits.begin(), commits.begin() + static_cast<int64_t>(at) + 1});
    std::string checkpoint = ToLine(base.protocol) + "\n" + ToLine(base.metadata) + "\n";
    for (const auto* entry : base.files.Sorted()) checkpoint += ToLine(entry->second) + "\n";
    for (const auto& [id, txn] : base.txns) checkpoint += ToLine(txn) + "\n";
    SnapshotBuilder builder;
    ASSERT_THAT(builder.AddCheckpointFile(checkpoint, "checkpoint"), Succeeded());
    const auto snapshot = Build(std::move(builder), {commits.begin() + static_cast<int64_t>(at) + 1, commits.end()},
                                static_cast<int64_t>(at) + 1);
    ASSERT_THAT(snapshot, Succeeded());
    EXPECT_EQ(Paths(*snapshot), expected) << at;
    EXPECT_EQ(snapshot->txns.size(), 1U);
  }
}

TEST(LiveFiles, AreTakenAndFoundByKey) {
  LiveFiles files;
  ASSERT_THAT(files.OnLive({.path = "./a", .size = 3}), Succeeded());
  ASSERT_NE(files.Find("a"), nullptr);
  EXPECT_EQ(files.Find("other"), nullptr);
  EXPECT_EQ(files.Take("a")->path, "./a");
  EXPECT_FALSE(files.Take("a").has_value());
  EXPECT_EQ(files.size(), 0U);
}

}  // namespace
}  // namespace lakeferry::delta
