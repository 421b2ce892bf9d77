// What `lakeferry log` says of a table, as text and JSON.
#include <limits>

#include "tests/daemon/output_samples.h"

namespace lakeferry {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Text(const SnapshotReport& report) {
  std::ostringstream out;
  WriteText(out, report);
  return out.str();
}

TEST(SnapshotReport, LogOfManyFilesIsOneDocumentHoweverManyPiecesItIsWrittenIn) {
  SnapshotAndFiles sample = SnapshotSample();
  sample.files.Restart();
  std::string files;
  for (int i = 10'000; i < 20'000; ++i) {
    delta::AddFile file;
    file.path = std::to_string(i);
    EXPECT_TRUE(sample.files.OnLive(std::move(file)));
    files += R"({"path":")" + std::to_string(i) +
             R"(","size":0,"partition_values":{},"num_records":null,"deletion_vector":null},)";
  }
  files.back() = ']';
  const std::string json =
      Json({.table_uri = "u", .snapshot = &sample.snapshot, .files = &sample.files, .with_files = true});
  EXPECT_EQ(json.substr(json.find("[{") + 1), files + "}\n");
}

TEST(SnapshotReport, TextHasFilesByPathInColumns) {
  const SnapshotAndFiles sample = SnapshotSample();
  const std::string text =
      Text({.table_uri = "u", .snapshot = &sample.snapshot, .files = &sample.files, .with_files = true});
  EXPECT_EQ(text.substr(text.find("\n\n") + 2),
            "PATH                                             SIZE  RECORDS  DELETED\n"
            "day=2026-11-20/part-0.parquet                  1.0 kB       10        -\n"
            "day=__HIVE_DEFAULT_PARTITION__/part-1.parquet   500 B        5        2\n");
}

TEST(SnapshotReport, LogWithoutFilesHasNoListOfThem) {
  const SnapshotAndFiles sample = SnapshotSample();
  const std::string json =
      Json({.table_uri = "u", .snapshot = &sample.snapshot, .files = &sample.files, .with_files = false});
  EXPECT_THAT(json, AllOf(HasSubstr("\"num_files\":2"), Not(HasSubstr("\"files\""))));
}

TEST(SnapshotReport, NamesWhatTheTableAsksForAndNobodyHereKnows) {
  SnapshotAndFiles sample = SnapshotSample();
  const SnapshotReport report{.table_uri = "u", .snapshot = &sample.snapshot, .files = &sample.files};
  EXPECT_THAT(Json(report), HasSubstr(R"("unsupported":[])"));
  EXPECT_THAT(Text(report), HasSubstr("unsupported      -\n"));
  sample.snapshot.protocol = {.min_reader_version = 99,
                              .min_writer_version = 7,
                              .reader_features = std::vector<std::string>{"catalogManaged"},
                              .writer_features = std::vector<std::string>{"catalogManaged", "someday"}};
  EXPECT_THAT(Json(report), HasSubstr(R"("unsupported":["minReaderVersion 99","catalogManaged","someday"])"));
  EXPECT_THAT(Text(report),
              HasSubstr("unsupported      minReaderVersion 99, catalogManaged, someday (in clone mode)\n"));
}

TEST(SnapshotReport, ATableWithoutSchemaHasNone) {
  SnapshotAndFiles sample = SnapshotSample();
  sample.snapshot.metadata.schema_string.reset();
  const SnapshotReport report{.table_uri = "u", .snapshot = &sample.snapshot, .files = &sample.files};
  EXPECT_THAT(Json(report), HasSubstr(R"("schema_string":null)"));
  EXPECT_THAT(Text(report), HasSubstr("schema           none\n"));
}

TEST(SnapshotReport, RecordsAreUnknownWhenOneFileDoesNotSay) {
  SnapshotAndFiles sample = SnapshotSample();
  delta::AddFile silent;
  silent.path = "c";
  EXPECT_TRUE(sample.files.OnLive(std::move(silent)));
  EXPECT_THAT(Json({.table_uri = "u", .snapshot = &sample.snapshot, .files = &sample.files, .with_files = false}),
              HasSubstr("\"num_records\":null"));
}

TEST(SnapshotReport, NumRecordsIsReadFromTheTopOfTheStatisticsOnly) {
  delta::AddFile file;
  EXPECT_EQ(NumRecordsOf(file), std::nullopt);
  for (const char* none : {"", "{}", "not json", "[1]", R"({"minValues":{"numRecords":1}})", R"({"numRecords":"1"})",
                           R"({"numRecords":-1})", R"({"numRecords":{"numRecords":1}})"}) {
    file.stats = none;
    EXPECT_EQ(NumRecordsOf(file), std::nullopt) << none;
  }
  file.stats = R"({"maxValues":{"a":{"b":[1,2]}},"numRecords":9223372036854775807})";
  EXPECT_EQ(NumRecordsOf(file), INT64_MAX);
}

// It need not come first, and what else the statistics hold need not fit into 64 bits or a parser's depth.
TEST(SnapshotReport, NumRecordsIsFoundBehindWhateverElseTheStatisticsHold) {
  delta::AddFile file;
  const std::string deep = std::string(2'000, '[') + std::string(2'000, ']');
  for (const std::string& other : {std::string("123456789012345678901234567890"), std::string("1e999"), deep}) {
    file.stats = R"({"minValues":{"a":)" + other + R"(},"numRecords":7})";
    EXPECT_EQ(NumRecordsOf(file), 7) << other;
  }
  for (const char* none : {R"({"a":1,"numRecords":9223372036854775808})", R"({"a":1,"numRecords":1.0})",
                           R"({"a":1,"numRecords":[1]})", R"({"a":1,"numRecords":true})", R"({"a":1,"numRecords":1)",
                           R"({"a":1,"numRecordsOf":1})", R"([{"a":1,"numRecords":1}])"}) {
    file.stats = none;
    EXPECT_EQ(NumRecordsOf(file), std::nullopt) << none;
  }
}

TEST(FileTally, TotalsOfDeclaredSizesStopAtTheLargestNumber) {
  FileTally files{false};
  delta::FileTotals totals;
  for (int i = 0; i < 3; ++i) {
    delta::AddFile file;
    file.size = int64_t{1} << 62;
    EXPECT_TRUE(totals.OnLive(delta::AddFile(file)));
    EXPECT_TRUE(files.OnLive(std::move(file)));
  }
  EXPECT_EQ(files.bytes(), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(totals.bytes, std::numeric_limits<int64_t>::max());
}

}  // namespace
}  // namespace lakeferry
