#include "plan/change/clone_commit.h"

#include "delta/commit_json.h"
#include "delta/commit_times.h"
#include "tests/delta/delta_matchers.h"

namespace lakeferry::plan {
namespace {

using delta::Succeeded;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

CloneCommitFacts Facts() {
  return CloneCommitFacts{.group = "orders",
                          .table = "raw.bronze",
                          .epoch = Epoch(7),
                          .manifest_sha256 = std::string(64, 'a'),
                          .read_version = Version(3),
                          .timestamp = FromEpochMs(1'000),
                          .in_commit_timestamp_ms = {},
                          .source_uri = "file:///srv/lake/bronze",
                          .source_version = Version(41),
                          .source_table_id = "source-id",
                          .atomic = true,
                          .adds = 5,
                          .removes = 2,
                          .bytes = 77};
}

delta::CommitInfo Parsed(const std::string& line) {
  const auto commit = delta::ParseCommit(line, "line");
  EXPECT_THAT(commit, Succeeded());
  return commit && commit->commit_info ? *commit->commit_info : delta::CommitInfo();
}

TEST(CloneCommit, CommitInfoIsOneLineThatAReaderTakes) {
  const std::string line = CommitInfoLine(Facts());
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const delta::CommitInfo info = Parsed(line);
  EXPECT_EQ(info.timestamp, 1'000);
  EXPECT_EQ(info.in_commit_timestamp, std::nullopt);
  EXPECT_EQ(info.operation, "CLONE");
  EXPECT_EQ(info.engine_info, "lakeferry");
  EXPECT_EQ(info.txn_id, CommitTxnId(Facts().manifest_sha256, "raw.bronze"));
  EXPECT_THAT(line, HasSubstr(R"("operationParameters":{"source":"file:///srv/lake/bronze","sourceVersion":41,)"
                              R"("sourceTableId":"source-id","isShallow":false})"));
  EXPECT_THAT(line, HasSubstr(R"("readVersion":3)"));
  EXPECT_THAT(line,
              HasSubstr(R"("operationMetrics":{"numCopiedFiles":"5","numRemovedFiles":"2","copiedFilesSize":"77"})"));
  EXPECT_THAT(line, HasSubstr(R"("epoch":7)"));
  EXPECT_THAT(line, HasSubstr(R"("atomic":true)"));
}

TEST(CloneCommit, FirstCommitHasNoReadVersionAndForcedCutsSayThatTheyAre) {
  CloneCommitFacts facts = Facts();
  facts.read_version.reset();
  facts.atomic = false;
  EXPECT_THAT(CommitInfoLine(facts), Not(HasSubstr("readVersion")));
  EXPECT_THAT(CommitInfoLine(facts), HasSubstr(R"("atomic":false)"));
}

TEST(CloneCommit, InCommitTimestampIsWrittenWhereThereIsOne) {
  CloneCommitFacts facts = Facts();
  facts.in_commit_timestamp_ms = 1'234;
  EXPECT_EQ(Parsed(CommitInfoLine(facts)).in_commit_timestamp, 1'234);
}

TEST(CloneCommit, SameFactsGiveTheSameBytes) {
  EXPECT_EQ(CommitInfoLine(Facts()), CommitInfoLine(Facts()));
  EXPECT_EQ(MarkerLine(Facts()), MarkerLine(Facts()));
}

TEST(CloneCommit, TextsFromOutsideAreEscaped) {
  CloneCommitFacts facts = Facts();
  facts.group = "or\"ders\n";
  facts.source_uri = "file:///a\"},{";
  EXPECT_EQ(Parsed(CommitInfoLine(facts)).operation, "CLONE");
  EXPECT_THAT(CommitInfoLine(facts), HasSubstr(R"("group":"or\"ders\n")"));
}

TEST(CloneCommit, TxnIdIsOfTheManifestAndTheTable) {
  EXPECT_EQ(CommitTxnId("a", "t"), CommitTxnId("a", "t"));
  EXPECT_NE(CommitTxnId("a", "t"), CommitTxnId("b", "t"));
  EXPECT_NE(CommitTxnId("a", "t"), CommitTxnId("a", "u"));
}

TEST(CloneCommit, MarkerAdvancesTheGroupsTransactionToTheEpoch) {
  const auto commit = delta::ParseCommit(MarkerLine(Facts()), "line");
  ASSERT_THAT(commit, Succeeded());
  ASSERT_EQ(commit->txns.size(), 1U);
  EXPECT_EQ(commit->txns[0], (delta::Txn{.app_id = "lakeferry/orders", .version = 7, .last_updated = 1'000}));
}

TEST(CloneCommit, RemoveIsAsYoungAsTheCommitWhateverTheSourceSaid) {
  delta::RemoveFile source;
  source.path = "f";
  source.deletion_timestamp = 5;
  source.data_change = true;
  source.extended_file_metadata = true;
  const delta::RemoveFile bare = ReplicaRemove(source, FromEpochMs(1'000), false);
  EXPECT_EQ(bare.deletion_timestamp, 1'000);
  EXPECT_FALSE(bare.data_change);
  EXPECT_FALSE(bare.extended_file_metadata) << "without size and partition values the flag would promise too much";
  source.size = 10;
  source.partition_values.emplace();
  EXPECT_TRUE(ReplicaRemove(source, FromEpochMs(1'000), false).extended_file_metadata);
}

TEST(CloneCommit, RemoveOfAFileOfTheReplicaKeepsWhatItsAddHad) {
  delta::AddFile add;
  add.path = "p=1/f";
  add.partition_values = {{"p", "1"}, {"q", std::nullopt}};
  add.size = 10;
  add.tags = delta::NullableMap{{"k", "v"}};
  add.deletion_vector = delta::DeletionVector{.storage_type = "i", .path_or_inline_dv = "x"};
  add.base_row_id = 4;
  add.default_row_commit_version = 2;
  const delta::RemoveFile remove = RemoveOf(add, FromEpochMs(1'000), true);
  EXPECT_EQ(remove.path, add.path);
  EXPECT_EQ(remove.deletion_timestamp, 1'000);
  EXPECT_TRUE(remove.data_change);
  EXPECT_TRUE(remove.extended_file_metadata);
  EXPECT_EQ(remove.partition_values, add.partition_values);
  EXPECT_EQ(remove.size, 10);
  EXPECT_EQ(remove.tags, add.tags);
  EXPECT_EQ(remove.deletion_vector, add.deletion_vector);
  EXPECT_EQ(remove.base_row_id, 4);
  EXPECT_EQ(remove.default_row_commit_version, 2);
}

delta::Metadata Source(delta::StringMap configuration = {}) {
  delta::Metadata metadata;
  metadata.id = "source-id";
  metadata.schema_string = "{\"verbatim\": 1 }";
  metadata.partition_columns = {"p"};
  metadata.created_time = 12;
  metadata.configuration = std::move(configuration);
  return metadata;
}

TEST(ReplicaMetadata, FirstOneHasAnIdOfItsOwnThatARepeatedFirstCommitHasToo) {
  const delta::Metadata first = ReplicaMetadata(Source(), std::nullopt, "g", "t");
  EXPECT_NE(first.id, "source-id");
  EXPECT_NE(first.id, "");
  EXPECT_EQ(first.id, ReplicaMetadata(Source(), std::nullopt, "g", "t").id);
  EXPECT_NE(first.id, ReplicaMetadata(Source(), std::nullopt, "g", "u").id);
  EXPECT_NE(first.id, ReplicaMetadata(Source(), std::nullopt, "h", "t").id);
}

TEST(ReplicaMetadata, KeepsWhatTheFilesAreReadWith) {
  const delta::Metadata metadata =
      ReplicaMetadata(Source({{"delta.columnMapping.mode", "name"}}), std::nullopt, "g", "t");
  EXPECT_EQ(metadata.schema_string, Source().schema_string);
  EXPECT_EQ(metadata.partition_columns, Source().partition_columns);
  EXPECT_EQ(metadata.created_time, 12);
  EXPECT_THAT(metadata.configuration, Contains(Pair("delta.columnMapping.mode", "name")));
}

TEST(ReplicaMetadata, LeavesOutWhatBindsTheSourceToItsCatalogAndHistory) {
  const delta::Metadata metadata = ReplicaMetadata(Source({{"io.unitycatalog.tableId", "x"},
                                                           {"delta.enableChangeDataFeed", "true"},
                                                           {"delta.inCommitTimestampEnablementVersion", "9"}}),
                                                   std::nullopt, "g", "t");
  EXPECT_TRUE(metadata.configuration.empty());
}

TEST(ReplicaMetadata, LaterOneKeepsTheReplicasId) {
  delta::Metadata replica = Source();
  replica.id = "replica-id";
  EXPECT_EQ(ReplicaMetadata(Source(), replica, "g", "t").id, "replica-id");
}

const delta::StringMap kOn{{"delta.enableInCommitTimestamps", "true"}};
const delta::StringMap kOnSince{{"delta.enableInCommitTimestamps", "true"},
                                {"delta.inCommitTimestampEnablementVersion", "4"},
                                {"delta.inCommitTimestampEnablementTimestamp", "99"}};
const delta::Protocol kInCommit{.min_reader_version = 1,
                                .min_writer_version = 7,
                                .reader_features = {},
                                .writer_features = std::vector<std::string>{"inCommitTimestamp"}};

TEST(ReplicaMetadata, KeepsTheReplicasOwnBeginningOfInCommitTimestamps) {
  const delta::Metadata metadata = ReplicaMetadata(
      Source({{"delta.enableInCommitTimestamps", "true"}, {"delta.inCommitTimestampEnablementVersion", "77"}}),
      Source(kOnSince), "g", "t");
  EXPECT_EQ(metadata.Property("delta.inCommitTimestampEnablementVersion"), "4");
  EXPECT_EQ(metadata.Property("delta.inCommitTimestampEnablementTimestamp"), "99");
}

TEST(ReplicaMetadata, SpellingOfTrueDoesNotBeginInCommitTimestampsAnew) {
  const delta::Metadata metadata =
      ReplicaMetadata(Source({{"delta.enableInCommitTimestamps", "TRUE"}}), Source(kOnSince), "g", "t");
  EXPECT_EQ(metadata.Property("delta.enableInCommitTimestamps"), "TRUE");
  EXPECT_EQ(metadata.Property("delta.inCommitTimestampEnablementVersion"), "4");
  EXPECT_EQ(metadata.Property("delta.inCommitTimestampEnablementTimestamp"), "99");
}

// A commit to a table with in-commit timestamps on must hold one, and whether ours does follows the source.
TEST(ReplicaMetadata, TurnsInCommitTimestampsOffWithTheSource) {
  for (const delta::StringMap& off : {delta::StringMap{}, {{"delta.enableInCommitTimestamps", "false"}}}) {
    const delta::Metadata metadata = ReplicaMetadata(Source(off), Source(kOnSince), "g", "t");
    EXPECT_FALSE(delta::InCommitTimestampsOn(kInCommit, metadata));
    EXPECT_EQ(metadata.Property("delta.inCommitTimestampEnablementVersion"), std::nullopt);
    EXPECT_EQ(metadata.Property("delta.inCommitTimestampEnablementTimestamp"), std::nullopt);
  }
}

TEST(ReplicaMetadata, EraOfNewlyEnabledTimestampsIsWhereTheyBegin) {
  delta::Metadata metadata = ReplicaMetadata(Source(kOn), Source(), "g", "t");
  MarkInCommitEra(metadata, Version(6), 1'234);
  const auto era = delta::InCommitEraOf(kInCommit, metadata, Version(0));
  ASSERT_THAT(era, Succeeded());
  ASSERT_TRUE(*era);
  EXPECT_EQ((*era)->from_version, Version(6));
  EXPECT_EQ((*era)->from_time, FromEpochMs(1'234));
}

}  // namespace
}  // namespace lakeferry::plan
