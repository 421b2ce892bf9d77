#include "delta/commit_json.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "delta_matchers.h"

namespace lakeferry::delta {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;
using ::testing::Pair;

constexpr std::string_view kWhere = "_delta_log/00000000000000000007.json";

std::string AddLine(std::string_view path, std::string_view more = "") {
  return fmt::format(
      R"({{"add":{{"path":"{}","partitionValues":{{}},"size":10,"modificationTime":5,"dataChange":true{}}}}})", path,
      more);
}

std::string RemoveLine(std::string_view path, std::string_view more = "") {
  return fmt::format(R"({{"remove":{{"path":"{}","dataChange":true{}}}}})", path, more);
}

Commit Read(std::string_view text) {
  auto commit = ParseCommit(text, kWhere);
  EXPECT_THAT(commit, Succeeded());
  return std::move(commit).value_or(Commit());
}

auto Refused(std::string_view text, std::string words) {
  EXPECT_THAT(ParseCommit(text, kWhere), FailedWith(ErrorCode::kCorruptLog, words)) << text;
  EXPECT_THAT(ParseCommit(text, kWhere), FailedWith(ErrorCode::kCorruptLog, std::string(kWhere))) << text;
}

TEST(ReadActions, ReadsEveryFieldOfAnAdd) {
  const Commit commit = Read(
      R"({"add":{"path":"d=1/a%20b.parquet","partitionValues":{"d":"1","e":null,"f":""},"size":9007199254740993,)"
      R"("modificationTime":-1,"dataChange":false,"stats":"{\"numRecords\":3,\"maxValues\":{\"x\":1.10}}",)"
      R"("tags":{"ZCUBE_ID":"x","n":null},"deletionVector":{"storageType":"u",)"
      R"("pathOrInlineDv":"ab^-aqEH.-t@S}K{vb[*k^",)"
      R"("offset":4,"sizeInBytes":40,"cardinality":6},"baseRowId":9223372036854775807,"defaultRowCommitVersion":12,)"
      R"("clusteringProvider":"liquid","futureField":{"a":[1,2]}}})");
  ASSERT_EQ(commit.adds.size(), 1U);
  const AddFile& add = commit.adds[0];
  EXPECT_EQ(add.path, "d=1/a%20b.parquet");
  EXPECT_THAT(add.partition_values, ElementsAre(Pair("d", Optional(std::string("1"))), Pair("e", std::nullopt),
                                                Pair("f", Optional(std::string()))));
  EXPECT_EQ(add.size, 9007199254740993);
  EXPECT_EQ(add.modification_time, -1);
  EXPECT_FALSE(add.data_change);
  EXPECT_EQ(add.stats, R"({"numRecords":3,"maxValues":{"x":1.10}})");
  EXPECT_THAT(*add.tags, ElementsAre(Pair("ZCUBE_ID", Optional(std::string("x"))), Pair("n", std::nullopt)));
  EXPECT_EQ(add.deletion_vector, (DeletionVector{.storage_type = "u",
                                                 .path_or_inline_dv = "ab^-aqEH.-t@S}K{vb[*k^",
                                                 .offset = 4,
                                                 .size_in_bytes = 40,
                                                 .cardinality = 6}));
  EXPECT_EQ(add.base_row_id, INT64_MAX);
  EXPECT_EQ(add.default_row_commit_version, 12);
  EXPECT_EQ(add.clustering_provider, "liquid");
}

TEST(ReadActions, ReadsEveryFieldOfARemove) {
  const Commit commit =
      Read(R"({"remove":{"path":"a","deletionTimestamp":17,"dataChange":true,"extendedFileMetadata":true,)"
           R"("partitionValues":{"d":"1"},"size":3,"stats":"{}","tags":{},"baseRowId":1,)"
           R"("defaultRowCommitVersion":2}})"
           "\n" +
           RemoveLine("b"));
  ASSERT_EQ(commit.removes.size(), 2U);
  EXPECT_EQ(commit.removes[0], (RemoveFile{.path = "a",
                                           .deletion_timestamp = 17,
                                           .data_change = true,
                                           .extended_file_metadata = true,
                                           .partition_values = NullableMap{{"d", "1"}},
                                           .size = 3,
                                           .stats = "{}",
                                           .tags = NullableMap{},
                                           .base_row_id = 1,
                                           .default_row_commit_version = 2}));
  EXPECT_EQ(commit.removes[1], (RemoveFile{.path = "b"}));
}

TEST(ReadActions, ReadsTheOtherActions) {
  const Commit commit =
      Read(R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors"],)"
           R"("writerFeatures":[]}})"
           "\n"
           R"({"metaData":{"id":"i","name":null,"description":"d","format":{"provider":"parquet",)"
           R"("options":{"o":"1"}},"schemaString":"{\"type\":\"struct\"}","partitionColumns":["p","q"],)"
           R"("createdTime":3,"configuration":{"k":"v"}}})"
           "\n"
           R"(
{"txn":{"appId":"app","version":9007199254740993,"lastUpdated":4}}
{"domainMetadata":{"domain":"delta.clustering","configuration":"{}","removed":false}}
{"cdc":{"path":"_change_data/c","partitionValues":{},"size":2,"dataChange":false}}
)");
  EXPECT_EQ(commit.protocol, (Protocol{.min_reader_version = 3,
                                       .min_writer_version = 7,
                                       .reader_features = {{"deletionVectors"}},
                                       .writer_features = std::vector<std::string>{}}));
  EXPECT_EQ(commit.metadata, (Metadata{.id = "i",
                                       .name = std::nullopt,
                                       .description = "d",
                                       .format_provider = "parquet",
                                       .format_options = {{"o", "1"}},
                                       .schema_string = R"({"type":"struct"})",
                                       .partition_columns = {"p", "q"},
                                       .created_time = 3,
                                       .configuration = {{"k", "v"}}}));
  EXPECT_THAT(commit.txns, ElementsAre(Txn{.app_id = "app", .version = 9007199254740993, .last_updated = 4}));
  EXPECT_THAT(commit.domains, ElementsAre(DomainMetadata{.domain = "delta.clustering", .configuration = "{}"}));
  EXPECT_THAT(commit.cdc, ElementsAre(AddCdcFile{.path = "_change_data/c", .size = 2}));
  EXPECT_FALSE(commit.HasFileActions());
}

TEST(ReadActions, ReadsWhatItNeedsOfCommitInfo) {
  const Commit commit =
      Read(R"({"commitInfo":{"inCommitTimestamp":20,"timestamp":10,"userId":"7","operation":"WRITE",)"
           R"("operationParameters":{"mode":"Append","predicate":[]},)"
           R"("job":{"jobId":"11","jobName":"n","runId":22,"jobRunId":"33"},"notebook":{"notebookId":"4"},)"
           R"("readVersion":1,)"
           R"("isolationLevel":"WriteSerializable","isBlindAppend":true,"operationMetrics":{"numFiles":"1"},)"
           R"("engineInfo":"e",)"
           R"("txnId":"t","userMetadata":"{\"run\":1}","airflow_run_id":"manual__2026"}})");
  ASSERT_TRUE(commit.commit_info.has_value());
  EXPECT_EQ(*commit.commit_info, (CommitInfo{.timestamp = 10,
                                             .in_commit_timestamp = 20,
                                             .operation = "WRITE",
                                             .engine_info = "e",
                                             .txn_id = "t",
                                             .user_metadata = R"({"run":1})",
                                             .job_id = "11",
                                             .job_run_id = "22",
                                             .job_parent_run_id = "33",
                                             .other_strings = {{"userId", "7"},
                                                               {"isolationLevel", "WriteSerializable"},
                                                               {"airflow_run_id", "manual__2026"}}}));
}

TEST(ReadActions, FindsTheRunIdWhereverWritersPutIt) {
  EXPECT_EQ(Read(R"({"commitInfo":{"jobRunId":5}})").commit_info->job_run_id, "5");
  EXPECT_EQ(Read(R"({"commitInfo":{"jobRunId":"5","job":{"runId":"6"}}})").commit_info->job_run_id, "6");
  EXPECT_EQ(Read(R"({"commitInfo":{"job":{"jobRunId":"7"}}})").commit_info->job_run_id, "7");
}

TEST(ReadActions, TakesOddCommitInfoAsAbsent) {
  const Commit commit = Read(R"({"commitInfo":{"timestamp":"soon","operation":5,"job":[],"engineInfo":null}})");
  EXPECT_EQ(*commit.commit_info, CommitInfo());
  EXPECT_EQ(*Read(R"({"commitInfo":{"inCommitTimestamp":"5"}})").commit_info, CommitInfo());
  EXPECT_EQ(*Read(R"({"commitInfo":[]})").commit_info, CommitInfo());
}

TEST(ReadActions, PassesOverLongTextsOfCommitInfo) {
  const auto info = [](std::string_view name, size_t bytes) {
    return fmt::format(R"({{"commitInfo":{{"{}":"{}"}}}})", name, std::string(bytes, 'x'));
  };
  EXPECT_EQ(Read(info("userMetadata", kInfoTextMax)).commit_info->user_metadata, std::string(kInfoTextMax, 'x'));
  EXPECT_EQ(*Read(info("userMetadata", kInfoTextMax + 1)).commit_info, CommitInfo());
  EXPECT_EQ(Read(info("airflow_run", kInfoOtherMax)).commit_info->other_strings.size(), 1U);
  EXPECT_EQ(*Read(info("airflow_run", kInfoOtherMax + 1)).commit_info, CommitInfo());
  EXPECT_EQ(*Read(R"({"commitInfo":{"job":{"runId":")" + std::string(kInfoTextMax + 1, '1') + R"("}}})").commit_info,
            CommitInfo());
}

TEST(ReadActions, ReadsSidecarsAndCheckpointMetadata) {
  struct Sink : ActionSink {
    Status OnSidecar(Sidecar&& sidecar) override {
      sidecars.push_back(std::move(sidecar));
      return {};
    }
    Status OnCheckpointMetadata(int64_t version) override {
      versions.push_back(version);
      return {};
    }
    std::vector<Sidecar> sidecars;
    std::vector<int64_t> versions;
  } sink;
  EXPECT_THAT(ReadActions(R"({"checkpointMetadata":{"version":4,"tags":{"a":"b"}}}
{"sidecar":{"path":"s.parquet","sizeInBytes":5,"modificationTime":6,"tags":null}})",
                          kWhere, sink),
              Succeeded());
  EXPECT_THAT(sink.sidecars, ElementsAre(Sidecar{.path = "s.parquet", .size_in_bytes = 5, .modification_time = 6}));
  EXPECT_THAT(sink.versions, ElementsAre(4));
}

TEST(ReadActions, EndsWithTheErrorOfItsSink) {
  struct Sink : ActionSink {
    Status OnAdd(AddFile&&) override { return ++adds == 2 ? Fail(ErrorCode::kCancelled, "enough") : Status(); }
    int adds = 0;
  } sink;
  EXPECT_THAT(ReadActions(AddLine("a") + "\n" + AddLine("b") + "\n" + AddLine("c"), kWhere, sink),
              FailedWith(ErrorCode::kCancelled, "enough"));
  EXPECT_EQ(sink.adds, 2);
}

// What is passed over unread must still be JSON, and one action a line.
TEST(ReadActions, PassesOverFilesThatTheSinkDoesNotWant) {
  struct WithoutFiles final : public ActionSink {
    [[nodiscard]] bool wants_files() const override { return false; }
    Status OnAdd(AddFile&&) override { return Fail(ErrorCode::kInternal, "not wanted"); }
    Status OnRemove(RemoveFile&&) override { return Fail(ErrorCode::kInternal, "not wanted"); }
    Status OnCdc(AddCdcFile&&) override { return Fail(ErrorCode::kInternal, "not wanted"); }
    Status OnTxn(Txn&& txn) override {
      apps.push_back(txn.app_id);
      return {};
    }
    std::vector<std::string> apps;
  };
  const std::string files = R"({"add":{"path":5}})"
                            "\n"
                            R"({"remove":{"path":"b"}})"
                            "\n"
                            R"({"cdc":{}})"
                            "\n";
  WithoutFiles sink;
  EXPECT_THAT(ReadActions(files + R"({"txn":{"appId":"t","version":1}})", "c", sink), Succeeded());
  EXPECT_THAT(sink.apps, ElementsAre("t"));
  EXPECT_THAT(ReadActions(files + R"({"add":{"path":)", "c", sink), FailedWith(ErrorCode::kCorruptLog, "line 4"));
  EXPECT_THAT(ReadActions(R"({"add":{},"txn":{"appId":"t","version":1}})", "c", sink),
              FailedWith(ErrorCode::kCorruptLog, "two actions"));
}

TEST(ParseCommit, ToleratesLineEndsAndBlankLinesAsEnginesDo) {
  for (const std::string& text :
       {AddLine("a") + "\n" + AddLine("b") + "\n", AddLine("a") + "\r\n" + AddLine("b") + "\r\n",
        AddLine("a") + "\n\n  \n" + AddLine("b"), "\n" + AddLine("a") + "\n" + AddLine("b") + "\n\n"}) {
    EXPECT_EQ(Read(text).adds.size(), 2U) << text;
  }
}

TEST(ParseCommit, PassesOverUnknownActionsAndFields) {
  const Commit commit = Read(R"({"futureAction":{"path":"x"}})"
                             "\n" +
                             AddLine("a", R"(,"x":null,"y":[{"z":1e3}])") + "\n{}");
  EXPECT_EQ(commit.adds.size(), 1U);
}

TEST(ParseCommit, TakesNullForAbsent) {
  const Commit commit =
      Read(R"({"txn":null,"remove":null,"add":{"path":"a","partitionValues":{},"size":1,"modificationTime":1,)"
           R"("dataChange":true,"stats":null,"tags":null,"deletionVector":null,"baseRowId":null}})");
  ASSERT_EQ(commit.adds.size(), 1U);
  EXPECT_EQ(commit.adds[0], (AddFile{.path = "a", .size = 1, .modification_time = 1}));
  EXPECT_TRUE(commit.removes.empty());
}

TEST(ParseCommit, TakesAByteOrderMarkBeforeAnyLine) {
  EXPECT_EQ(Read("\xEF\xBB\xBF" + AddLine("a") + "\n\xEF\xBB\xBF" + AddLine("b")).adds.size(), 2U);
  Refused(AddLine("a") + "\n\xEF\xBB" + AddLine("b"), "line 2");
}

// As Spark has it: no number is 0, no flag is false, no map is empty; an action without what it is about is none.
TEST(ParseCommit, TakesAbsentAndNullFieldsAsSparkDoes) {
  for (const std::string_view text :
       {R"({"add":{"path":"a"}})",
        R"({"add":{"path":"a","partitionValues":null,"size":null,"modificationTime":null,"dataChange":null}})"}) {
    EXPECT_THAT(Read(text).adds, ElementsAre(AddFile{.path = "a", .data_change = false}));
  }
  EXPECT_THAT(Read(R"({"remove":{"path":"a"}})").removes, ElementsAre(RemoveFile{.path = "a", .data_change = false}));
  EXPECT_THAT(Read(R"({"cdc":{"path":"a","size":[],"tags":5}})").cdc, ElementsAre(AddCdcFile{.path = "a"}));
  EXPECT_THAT(Read(R"({"txn":{"appId":"a"}})").txns, ElementsAre(Txn{.app_id = "a"}));
  EXPECT_THAT(Read(R"({"domainMetadata":{"domain":"d"}})").domains, ElementsAre(DomainMetadata{.domain = "d"}));
  for (const std::string_view text :
       {R"({"add":{"path":null,"size":1}})", R"({"add":{}})", R"({"remove":{}})", R"({"cdc":{}})", R"({"cdc":[]})",
        R"({"txn":{"version":1}})", R"({"domainMetadata":{"configuration":"{}"}})"}) {
    const Commit commit = Read(text);
    EXPECT_FALSE(commit.HasFileActions()) << text;
    EXPECT_TRUE(commit.cdc.empty() && commit.txns.empty() && commit.domains.empty()) << text;
  }
}

// Spark takes the very characters of what stands where a text belongs.
TEST(ParseCommit, TakesWhatIsNoTextForTheTextItIsWrittenAs) {
  const Commit commit =
      Read(R"({"add":{"path":7,"partitionValues":{"a":1.50E+2,"b":true,"c":123456789012345678901234567890,)"
           R"("d":[1, "x\"y"],"e":null,"f":"t","g":{ "h":)"
           "	"
           R"(-0 }},"size":1,"modificationTime":2,"dataChange":true,"stats":{"numRecords": 3},"tags":{"t":1.0}}})"
           "\n"
           R"({"metaData":{"id":5,"format":{"provider":"parquet","options":{"o":1}},"partitionColumns":[1,"b"],)"
           R"("configuration":{"a":true,"b":null,"c":1e3}}})");
  ASSERT_EQ(commit.adds.size(), 1U);
  EXPECT_EQ(commit.adds[0], (AddFile{.path = "7",
                                     .partition_values = {{"a", "1.50E+2"},
                                                          {"b", "true"},
                                                          {"c", "123456789012345678901234567890"},
                                                          {"d", R"([1, "x\"y"])"},
                                                          {"e", std::nullopt},
                                                          {"f", "t"},
                                                          {"g", "{ \"h\":\t-0 }"}},
                                     .size = 1,
                                     .modification_time = 2,
                                     .stats = R"({"numRecords": 3})",
                                     .tags = NullableMap{{"t", "1.0"}}}));
  EXPECT_EQ(commit.metadata, (Metadata{.id = "5",
                                       .format_options = {{"o", "1"}},
                                       .partition_columns = {"1", "b"},
                                       .configuration = {{"a", "true"}, {"c", "1e3"}}}));
}

// delta-rs reads these.
TEST(ParseCommit, TakesNumbersWithFractionsAndAsText) {
  for (const std::string_view size : {"7", "7.0", "7.9", "70e-1", "\"7\"", "\"7.5\""}) {
    const Commit commit = Read(fmt::format(R"({{"add":{{"path":"a","size":{}}}}})", size));
    ASSERT_EQ(commit.adds.size(), 1U) << size;
    EXPECT_EQ(commit.adds[0].size, 7) << size;
  }
  for (const std::string_view size : {"\"\"", "\"7x\"", "\" 7\"", "1e30", "-1e19", "true", "[]", "{}", "\"1e30\"",
                                      "1e999", "\"nan\"", "9223372036854775808"}) {
    Refused(fmt::format(R"({{"add":{{"path":"a","size":{}}}}})", size), "'size'");
  }
}

TEST(ParseCommit, OfAFieldThatIsThereTwiceTheLastCounts) {
  EXPECT_EQ(Read(R"({"add":{"path":"a","size":1,"path":"b","size":2,"stats":"x","stats":null}})").adds,
            (std::vector<AddFile>{{.path = "b", .size = 2, .data_change = false}}));
}

TEST(ParseCommit, TakesHalfAPairOfSurrogatesForAQuestionMark) {
  EXPECT_EQ(Read(R"({"txn":{"appId":"\ud800q\udc00\\ud800","version":1}})").txns[0].app_id, "?q?\\ud800");
  EXPECT_EQ(Read(R"({"txn":{"appId":"\ud83d\ude00","version":1}})").txns[0].app_id, "\xF0\x9F\x98\x80");
}

TEST(ParseCommit, PassesOverNumbersBeyond64BitsInUnknownFields) {
  const Commit commit = Read(AddLine("a", R"(,"huge":123456789012345678901234567890,"far":[-1.5e999],)"
                                          R"("s":"1\"e999")"));
  EXPECT_EQ(commit.adds.size(), 1U);
  Refused(R"({"add":{"path":"a","partitionValues":{},"size":123456789012345678901234567890,)"
          R"("modificationTime":1,"dataChange":true}})",
          "'size'");
  Refused(R"({"unknown":12345678901234567890123.})", "line 1");
  Refused(R"({"unknown":012345678901234567890123})", "line 1");
}

TEST(ParseCommit, RefusesDamagedText) {
  const std::string whole = AddLine("a");
  Refused("", "empty");
  Refused("\n \r\n", "empty");
  Refused(std::string(20, '\0'), "line 1");
  Refused(whole.substr(0, whole.size() - 1), "line 1");
  Refused(whole + "\n" + whole.substr(0, whole.size() / 2), "line 2");
  Refused(whole + "\n" + whole.substr(0, whole.size() / 2) + "\n", "line 2");
  Refused(whole + whole, "line 1");
  Refused("[]", "line 1");
  Refused("17", "line 1");
  Refused("\"add\"", "line 1");
  Refused(whole + "\nnull", "line 2");
  Refused(AddLine("\xff\xfe"), "line 1");
}

TEST(ParseCommit, NoCutOfACommitPassesForAWholeOne) {
  const std::string text = RemoveLine("old") + "\n" + AddLine("new", R"(,"stats":"{\"numRecords\":1}")") + "\n";
  const size_t first_line = text.find('\n');
  for (size_t length = 0; length + 1 < text.size(); ++length) {
    const auto commit = ParseCommit(std::string_view(text).substr(0, length), kWhere);
    const bool at_line_end = length == first_line || length == first_line + 1;
    EXPECT_EQ(commit.has_value(), at_line_end) << length;
  }
}

TEST(ParseCommit, RefusesMissingAndWrongFields) {
  Refused(R"({"add":{"path":"a","partitionValues":[],"size":1}})", "'partitionValues'");
  Refused(R"({"add":{"path":"a","size":true}})", "'size'");
  Refused(R"({"add":{"path":[]}})", "'path'");
  Refused(R"({"add":{"path":"a","dataChange":"true"}})", "'dataChange'");
  Refused(R"({"add":{"path":"a","tags":"t"}})", "'tags'");
  Refused(R"({"add":{"path":"","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true}})", "empty");
  Refused(AddLine("a", R"(,"deletionVector":{"storageType":"u"})"), "'deletionVector'");
  Refused(AddLine("a", R"(,"deletionVector":[])"), "'deletionVector'");
  Refused(R"({"add":"a"})", "no object");
  Refused(R"({"add":[]})", "no object");
  Refused(R"({"remove":{"path":"a","dataChange":1}})", "'dataChange'");
  Refused(R"({"txn":{"appId":"a","version":"x"}})", "'version'");
  Refused(R"({"protocol":{"minReaderVersion":1}})", "'minWriterVersion'");
  Refused(R"({"protocol":{"minReaderVersion":4294967297,"minWriterVersion":2}})", "'minReaderVersion'");
  Refused(R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":[null]}})", "'readerFeatures'");
  const auto metadata = [](std::string_view fields) { return fmt::format(R"({{"metaData":{{{}}}}})", fields); };
  Refused(metadata(R"("format":{"options":{}},"partitionColumns":[],"configuration":{})"), "'id'");
  Refused(metadata(R"("id":"i","partitionColumns":[],"configuration":{})"), "'format'");
  Refused(metadata(R"("id":"i","format":{"options":{}},"configuration":{})"), "'partitionColumns'");
  Refused(metadata(R"("id":"i","format":{"options":null},"partitionColumns":[],"configuration":{})"), "'format'");
  Refused(metadata(R"("id":"i","format":{"options":{}},"partitionColumns":[])"), "'configuration'");
  Refused(metadata(R"("id":"i","format":{"options":{}},"partitionColumns":[null],"configuration":{})"),
          "'partitionColumns'");
  EXPECT_THAT(
      ParseCommit(metadata(R"("id":"i","format":{"options":{}},"partitionColumns":[],"configuration":{})"), kWhere),
      Succeeded());
  Refused(R"({"domainMetadata":{"domain":"d","configuration":"c","removed":5}})", "'removed'");
}

TEST(ParseCommit, RefusesTwoActionsInOneObject) {
  Refused(R"({"txn":{"appId":"a","version":1},"domainMetadata":{"domain":"d","configuration":"","removed":false}})",
          "two actions");
  Refused(R"({"txn":{"appId":"a","version":1},"txn":{"appId":"a","version":2}})", "two actions");
}

TEST(ParseCommit, PassesOverDeepNestingButNotWithoutEnd) {
  const auto nested = [](size_t depth) { return R"({"x":)" + std::string(depth, '[') + std::string(depth, ']') + "}"; };
  for (const size_t depth : {50U, 64U, 1'200U, 9'999U}) EXPECT_TRUE(Read(nested(depth)).adds.empty()) << depth;
  Refused(nested(10'000), "nests too deep");
  Refused(nested(1'000'000), "line 1");
}

TEST(ParseCommit, RefusesContradictions) {
  const std::string dv1 =
      R"(,"deletionVector":{"storageType":"i","pathOrInlineDv":"1","sizeInBytes":1,"cardinality":1})";
  const std::string dv2 =
      R"(,"deletionVector":{"storageType":"i","pathOrInlineDv":"2","sizeInBytes":1,"cardinality":1})";
  Refused(AddLine("a") + "\n" + AddLine("a"), "twice");
  Refused(AddLine("a") + "\n" + AddLine("./a"), "twice");
  Refused(RemoveLine("a") + "\n" + RemoveLine("a"), "twice");
  Refused(AddLine("a") + "\n" + RemoveLine("a"), "twice");
  Refused(RemoveLine("a", dv1) + "\n" + AddLine("a", dv1), "twice");
  EXPECT_TRUE(Read(RemoveLine("a", dv1) + "\n" + AddLine("a", dv2)).HasFileActions());
  EXPECT_TRUE(Read(AddLine("a", dv2) + "\n" + RemoveLine("a")).HasFileActions());
  Refused(AddLine("../a"), "leaves the root");
  const std::string protocol = R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})";
  const std::string info = R"({"commitInfo":{}})";
  const std::string metadata =
      R"({"metaData":{"id":"i","format":{"provider":"parquet","options":{}},"schemaString":"","partitionColumns":[],)"
      R"("configuration":{}}})";
  for (const std::string& line : {protocol, info, metadata}) {
    EXPECT_THAT(ParseCommit(line, kWhere), Succeeded());
    Refused(line + "\n" + line, "two");
  }
}

TEST(ParseCommit, RefusesALineBeyondTheLimit) {
  std::string text = AddLine("a") + "\n";
  text.resize(text.size() + kLineBytesMax + 1, 'x');
  Refused(text, "line 2 is no whole JSON object");
  const std::string stats(kLineBytesMax, 's');
  const auto refused = ParseCommit(AddLine("a") + "\n" + AddLine("b", R"(,"stats":")" + stats + "\""), kWhere);
  EXPECT_THAT(refused, FailedWith(ErrorCode::kUnsupportedTable, "line 2 holds more than can be carried"));
  EXPECT_THAT(refused, FailedWith(ErrorCode::kUnsupportedTable, "field 'stats' of 'add' takes 16777229 bytes"));
}

TEST(ParseCommit, ReadsALongLineWhoseLengthNobodyNeeds) {
  const std::string predicate(kLineBytesMax + 5, '7');
  const Commit commit = Read(R"({"commitInfo":{"operation":"DELETE","operationParameters":{"predicate":")" + predicate +
                             R"("},"userMetadata":"run-1"}})"
                             "\n" +
                             AddLine("a", R"(,"x":")" + predicate + "\""));
  EXPECT_EQ(*commit.commit_info, (CommitInfo{.operation = "DELETE", .user_metadata = "run-1"}));
  EXPECT_THAT(commit.adds, ElementsAre(AddFile{.path = "a", .size = 10, .modification_time = 5}));
}

TEST(ParseCommit, GrowsForOneLongLineAmongShortOnes) {
  const std::string stats(3 << 20, 's');
  const Commit commit = Read(AddLine("a") + "\n" +
                             AddLine("b", R"(,)"
                                          R"("stats":")" +
                                              stats + "\"") +
                             "\n" + AddLine("c"));
  ASSERT_EQ(commit.adds.size(), 3U);
  EXPECT_EQ(commit.adds[1].stats, stats);
}

TEST(ToLine, WritesTheProtocolsOrderAndLeavesAbsentFieldsOut) {
  EXPECT_EQ(ToLine(AddFile{.path = "a", .size = 1, .modification_time = 2}),
            R"({"add":{"path":"a","partitionValues":{},"size":1,"modificationTime":2,"dataChange":true}})");
  EXPECT_EQ(ToLine(RemoveFile{.path = "a"}), R"({"remove":{"path":"a","dataChange":true}})");
  EXPECT_EQ(ToLine(AddCdcFile{.path = "c", .partition_values = {{"d", std::nullopt}}, .size = 2}),
            R"({"cdc":{"path":"c","partitionValues":{"d":null},"size":2,"dataChange":false}})");
  EXPECT_EQ(ToLine(Protocol{}), R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})");
  EXPECT_EQ(ToLine(Txn{.app_id = "a", .version = INT64_MAX}), R"({"txn":{"appId":"a",)"
                                                              R"("version":9223372036854775807}})");
  EXPECT_EQ(ToLine(DomainMetadata{.domain = "d", .configuration = "{}", .removed = true}),
            R"({"domainMetadata":{"domain":"d","configuration":"{}","removed":true}})");
  EXPECT_EQ(ToLine(Metadata{.id = "i"}), R"({"metaData":{"id":"i","format":{"provider":"parquet","options":{}},)"
                                         R"("partitionColumns":[],"configuration":{}}})");
}

TEST(ToLine, WritesTheLinesOfRealWritersAsTheyWere) {
  const std::string lines[] = {
      R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors"],)"
      R"("writerFeatures":["deletionVectors","appendOnly"]}})",
      R"({"metaData":{"id":"6f0c","name":"n","description":"d\n\"q\" é","format":{"provider":"parquet",)"
      R"("options":{}},"schemaString":"{\"type\":\"struct\",\"fields\":[]}","partitionColumns":["d"],)"
      R"("createdTime":1700000000000,"configuration":{"delta.appendOnly":"false"}}})",
      R"({"add":{"path":"d=a%2520b/part-0.parquet","partitionValues":{"d":"a b","e":null},"size":478,)"
      R"("modificationTime":1700000000000,"dataChange":true,"stats":"{\"numRecords\":2,\"minValues\":{\"x\":1}}",)"
      R"("tags":{"INSERTION_TIME":"1"},"deletionVector":{"storageType":"u",)"
      R"("pathOrInlineDv":"vBn[lx{q8@P<9BNH/isA","offset":1,"sizeInBytes":34,"cardinality":2},"baseRowId":4,)"
      R"("defaultRowCommitVersion":2,"clusteringProvider":"liquid"}})",
      R"({"remove":{"path":"a","deletionTimestamp":1700000000000,"dataChange":false,)"
      R"("extendedFileMetadata":true,"partitionValues":{},"size":478,"stats":"{}","tags":{},)"
      R"("deletionVector":{"storageType":"i","pathOrInlineDv":"x","sizeInBytes":34,"cardinality":2},)"
      R"("baseRowId":4,"defaultRowCommitVersion":2}})",
      R"({"txn":{"appId":"a","version":-3,"lastUpdated":17}})",
  };
  for (const std::string& line : lines) {
    const Commit commit = Read(line);
    std::string written;
    for (const auto& add : commit.adds) written += ToLine(add);
    for (const auto& remove : commit.removes) written += ToLine(remove);
    for (const auto& txn : commit.txns) written += ToLine(txn);
    if (commit.protocol) written += ToLine(*commit.protocol);
    if (commit.metadata) written += ToLine(*commit.metadata);
    EXPECT_EQ(written, line);
  }
}

TEST(ToLine, EscapesSoThatALineStaysALine) {
  const AddFile add{
      .path = "a\nb\"c\\d\x01", .partition_values = {{"k\n", "v\r\n\t\x1f"}}, .stats = "\xE2\x80\xA8\xF0\x9F\x98\x80"};
  const std::string line = ToLine(add);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  struct Sink : ActionSink {
    Status OnAdd(AddFile&& read) override {
      add = std::move(read);
      return {};
    }
    AddFile add;
  } sink;
  ASSERT_THAT(ReadActions(line, kWhere, sink), Succeeded());
  EXPECT_EQ(sink.add, add);
}

}  // namespace
}  // namespace lakeferry::delta
