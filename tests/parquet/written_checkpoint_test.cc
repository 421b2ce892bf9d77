// Shapes of checkpoints that other writers may leave, and those that mislead.
#include "tests/parquet/written_checkpoint.h"

#include "base/bytes_access.h"
#include "parquet/arrow_checkpoint_reader.h"
#include "tests/parquet/action_text.h"

namespace lakeferry::parquet {
namespace {

using arrow::field;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kWrittenPath = "t/_delta_log/00000000000000000001.checkpoint.parquet";
constexpr const char* kAddA = R"([{"add":{"path":"a","partitionValues":[],"size":1,"modificationTime":2}}])";

std::vector<std::string> LinesWithin(const std::string& bytes) {
  TextSink sink;
  const auto status = ArrowCheckpointReader().Read(BytesAccess(bytes), kWrittenPath, sink);
  EXPECT_TRUE(status) << ToString(status.error());
  return sink.lines();
}

std::string CorruptMessage(const std::string& bytes, CheckpointLimits limits = {}) {
  TextSink sink;
  const auto status = ArrowCheckpointReader(limits).Read(BytesAccess(bytes), kWrittenPath, sink);
  if (status) return "no error";
  EXPECT_EQ(status.error().code, ErrorCode::kCorruptLog);
  EXPECT_EQ(status.error().where.text(), kWrittenPath);
  return status.error().message;
}

TEST(WrittenCheckpoint, ColumnsThatAreMissingAreNull) {
  EXPECT_THAT(LinesWithin(WriteParquet({AddColumn()}, kAddA)),
              ElementsAre(R"({"add":{"path":"a","partitionValues":{},"size":1,"modificationTime":2}})"));
}

TEST(WrittenCheckpoint, UnknownActionsAndFieldsArePassedOver) {
  const auto bytes =
      WriteParquet({Action("future", {field("x", arrow::int32())}), AddColumn({field("y", arrow::utf8())})},
                   R"([{"future":{"x":1}},
      {"add":{"path":"a","partitionValues":[],"size":1,"modificationTime":2,"y":"z"}}])");
  EXPECT_THAT(LinesWithin(bytes), ElementsAre(HasSubstr(R"("path":"a")")));
}

TEST(WrittenCheckpoint, RowsKeepTheirOrder) {
  const auto bytes =
      WriteParquet({Action("txn", {field("appId", arrow::utf8()), field("version", arrow::int64())})},
                   R"([{"txn":{"appId":"b","version":9}},{"txn":null},{"txn":{"appId":"a","version":1}}])");
  EXPECT_THAT(LinesWithin(bytes),
              ElementsAre(R"({"txn":{"appId":"b","version":9}})", R"({"txn":{"appId":"a","version":1}})"));
}

// Row by row and all at once: which columns hold anything differs from one row group to the next.
TEST(WrittenCheckpoint, ColumnsThatHoldNothingInARowGroupLoseNoAction) {
  const auto txn = Action("txn", {field("appId", arrow::utf8()), field("version", arrow::int64())});
  const auto remove = Action("remove", {field("path", arrow::utf8()), field("extendedFileMetadata", arrow::boolean())});
  const auto add = AddColumn({field("tags", arrow::map(arrow::utf8(), arrow::utf8())),
                              field("baseRowId", arrow::int64()), field("stats", arrow::utf8())});
  const std::string rows = R"([{},
      {"add":{"path":"a","partitionValues":[],"size":1,"modificationTime":2}},
      {"remove":{"path":"r"}},
      {"add":{"path":"b","partitionValues":[["p",null]],"size":1,"modificationTime":2,"tags":[]}},
      {"add":{"path":"c","partitionValues":[],"size":1,"modificationTime":2,"baseRowId":0}},
      {"txn":{"appId":"t","version":1}},
      {"add":{"path":"d","partitionValues":[],"size":1,"modificationTime":2,"tags":[["k","v"]]}},
      {"remove":{"path":"s","extendedFileMetadata":true}},
      {"add":{"path":"e","partitionValues":[],"size":1,"modificationTime":2,"stats":"{}"}}])";
  const std::vector<std::string> expected = {
      R"({"add":{"path":"a","partitionValues":{},"size":1,"modificationTime":2}})",
      R"({"remove":{"path":"r","extendedFileMetadata":false}})",
      R"({"add":{"path":"b","partitionValues":{"p":null},"size":1,"modificationTime":2,"tags":{}}})",
      R"({"add":{"path":"c","partitionValues":{},"size":1,"modificationTime":2,"baseRowId":0}})",
      R"({"txn":{"appId":"t","version":1}})",
      R"({"add":{"path":"d","partitionValues":{},"size":1,"modificationTime":2,"tags":{"k":"v"}}})",
      R"({"remove":{"path":"s","extendedFileMetadata":true}})",
      R"({"add":{"path":"e","partitionValues":{},"size":1,"modificationTime":2,"stats":"{}"}})"};
  EXPECT_EQ(LinesWithin(WriteParquet({txn, add, remove}, rows)), expected);
  for (const int64_t group_rows : {1, 2, 3, 100}) {
    SCOPED_TRACE(group_rows);
    EXPECT_EQ(LinesWithin(WriteParquetWithoutStatistics({txn, add, remove}, rows, group_rows)), expected);
  }
}

TEST(WrittenCheckpoint, FilesThatTheSinkDoesNotWantAreNotRead) {
  const auto txn = Action("txn", {field("appId", arrow::utf8()), field("version", arrow::int64())});
  const auto remove = Action("remove", {field("path", arrow::utf8())});
  // The size is missing: nobody may notice.
  const std::string rows = R"([{"add":{"path":"a","partitionValues":[],"modificationTime":2}},
      {"txn":{"appId":"t","version":1}}, {"remove":{"path":"r"}}])";
  TextSink sink(false);
  const std::string bytes = WriteParquet({AddColumn(), txn, remove}, rows);
  EXPECT_TRUE(ArrowCheckpointReader().Read(BytesAccess(bytes), kWrittenPath, sink));
  EXPECT_THAT(sink.lines(), ElementsAre(R"({"txn":{"appId":"t","version":1}})"));
  const std::string sidecar = WriteParquet({AddColumn(), remove}, R"([{"remove":{"path":"r"}}])");
  EXPECT_TRUE(ArrowCheckpointReader().Read(BytesAccess(sidecar), kWrittenPath, sink));
  EXPECT_THAT(sink.lines(), ElementsAre(R"({"txn":{"appId":"t","version":1}})"));
}

// Nothing is decoded of a row group without actions; that it has as many rows as the footer says is looked at even so.
TEST(WrittenCheckpoint, RowsOfNoActionAreCounted) {
  const auto txn = Action("txn", {field("appId", arrow::utf8()), field("version", arrow::int64())});
  std::string rows = "[{}";
  for (int i = 1; i < 57; ++i) rows += ",{}";
  std::string bytes = WriteParquetWithoutStatistics({txn}, rows + "]", 100);
  EXPECT_THAT(LinesWithin(bytes), IsEmpty());
  // Thrift's i64 in the field after the last one: 57 and 58.
  const std::string count = "\x16\x72";
  const std::string more = "\x16\x74";
  for (size_t at = bytes.find(count); at != std::string::npos; at = bytes.find(count)) bytes.replace(at, 2, more);
  EXPECT_THAT(CorruptMessage(bytes), HasSubstr("another number of rows than its footer counts"));
}

TEST(WrittenCheckpoint, RequiredFieldThatIsNullInAWholeRowGroupIsCorruptAndNamed) {
  const std::string rows = R"([{"add":{"path":"a","partitionValues":[],"size":1,"modificationTime":2}},
      {"add":{"path":"b","partitionValues":[],"size":null,"modificationTime":2}}])";
  EXPECT_THAT(CorruptMessage(WriteParquetWithoutStatistics({AddColumn()}, rows, 1)), HasSubstr("add.size is null"));
}

TEST(WrittenCheckpoint, LargeStringsAndViewsAndNarrowNumbersAreRead) {
  const auto add = Action("add", {field("path", arrow::large_utf8()),
                                  field("partitionValues", arrow::map(arrow::large_utf8(), arrow::utf8_view())),
                                  field("size", arrow::int32()), field("modificationTime", arrow::uint32()),
                                  field("stats", arrow::utf8_view())});
  const auto bytes = WriteParquet(
      {add},
      R"([{"add":{"path":"a","partitionValues":[["k",null],["l",""]],"size":1,"modificationTime":2,"stats":"{}"}}])");
  EXPECT_THAT(
      LinesWithin(bytes),
      ElementsAre(
          R"({"add":{"path":"a","partitionValues":{"k":null,"l":""},"size":1,"modificationTime":2,"stats":"{}"}})"));
}

TEST(WrittenCheckpoint, InlineDeletionVectorHasNoOffset) {
  const auto dv = arrow::struct_({field("storageType", arrow::utf8()), field("pathOrInlineDv", arrow::utf8()),
                                  field("offset", arrow::int32()), field("sizeInBytes", arrow::int32()),
                                  field("cardinality", arrow::int64())});
  const auto bytes = WriteParquet({AddColumn({field("deletionVector", dv)})},
                                  R"([{"add":{"path":"a","partitionValues":[],"size":1,"modificationTime":2,
                                      "deletionVector":{"storageType":"i","pathOrInlineDv":"xyz","offset":null,
                                                        "sizeInBytes":3,"cardinality":4}}}])");
  EXPECT_THAT(LinesWithin(bytes),
              ElementsAre(HasSubstr(
                  R"("deletionVector":{"storageType":"i","pathOrInlineDv":"xyz","sizeInBytes":3,"cardinality":4})")));
}

std::shared_ptr<arrow::Field> ParsedStatsField() {
  const auto nulls = arrow::struct_({field("plain", arrow::int64()), field("a.\"b\"\\\n", arrow::int64()),
                                     field("s", arrow::struct_({field("t", arrow::int64())}))});
  return field("stats_parsed", arrow::struct_({field("numRecords", arrow::int64()),
                                               field("minValues", arrow::struct_({field("plain", arrow::int32())})),
                                               field("nullCount", nulls), field("tightBounds", arrow::boolean())}));
}

TEST(WrittenCheckpoint, StatsOfAnAddWithoutAnyAreRebuiltWithoutBounds) {
  const auto bytes = WriteParquet({AddColumn({ParsedStatsField()})},
                                  R"([{"add":{"path":"a","partitionValues":[],"size":1,"modificationTime":2,
      "stats_parsed":{"numRecords":3,"minValues":{"plain":-7},"nullCount":{"plain":0,"a.\"b\"\\\n":1,"s":{"t":2}},
      "tightBounds":false}}},
      {"add":{"path":"b","partitionValues":[],"size":1,"modificationTime":2,
      "stats_parsed":{"numRecords":4,"minValues":null,"nullCount":{"plain":null,"a.\"b\"\\\n":null,"s":null},
      "tightBounds":null}}},
      {"add":{"path":"c","partitionValues":[],"size":1,"modificationTime":2,"stats_parsed":null}}])");
  const std::string counts = R"({\"plain\":0,\"a.\\\"b\\\"\\\\\\u000a\":1,\"s\":{\"t\":2}})";
  EXPECT_THAT(
      LinesWithin(bytes),
      ElementsAre(HasSubstr(R"("stats":"{\"numRecords\":3,\"nullCount\":)" + counts + R"(,\"tightBounds\":false}")"),
                  HasSubstr(R"("stats":"{\"numRecords\":4,\"nullCount\":{}}")"), testing::Not(HasSubstr("stats"))));
}

TEST(WrittenCheckpoint, StatsThatAreThereAreKeptBesideAddsThatLackThem) {
  const auto bytes =
      WriteParquet({AddColumn({field("stats", arrow::utf8()), ParsedStatsField()})},
                   R"([{"add":{"path":"a","partitionValues":[],"size":1,"modificationTime":2,"stats":"{ }",
      "stats_parsed":{"numRecords":3,"minValues":null,"nullCount":null,"tightBounds":null}}},
      {"add":{"path":"b","partitionValues":[],"size":1,"modificationTime":2,"stats":null,
      "stats_parsed":{"numRecords":4,"minValues":null,"nullCount":null,"tightBounds":true}}}])");
  EXPECT_THAT(LinesWithin(bytes), ElementsAre(HasSubstr(R"("stats":"{ }")"),
                                              HasSubstr(R"("stats":"{\"numRecords\":4,\"tightBounds\":true}")")));
}

TEST(WrittenCheckpoint, ParsedStatsAreOnlyReadWhereAnAddLacksStats) {
  const auto unusable = field("stats_parsed", arrow::struct_({field("numRecords", arrow::utf8())}));
  const arrow::FieldVector columns = {AddColumn({field("stats", arrow::utf8()), unusable})};
  const std::string row = R"({"add":{"path":"a","partitionValues":[],"size":1,"modificationTime":2,
      "stats_parsed":{"numRecords":"many"},"stats":)";
  EXPECT_THAT(LinesWithin(WriteParquet(columns, "[" + row + "\"{}\"}}]")), ElementsAre(HasSubstr(R"("stats":"{}")")));
  EXPECT_THAT(CorruptMessage(WriteParquet(columns, "[" + row + "\"{}\"}}," + row + "null}}]")),
              HasSubstr("add.stats_parsed.numRecords is of type string"));
}

TEST(WrittenCheckpoint, NoRowsIsAnEmptyPart) {
  EXPECT_THAT(LinesWithin(WriteParquet({AddColumn()}, "[]")), ElementsAre());
}

TEST(WrittenCheckpoint, NoColumnOfACheckpointIsCorrupt) {
  EXPECT_THAT(CorruptMessage(WriteParquet({field("id", arrow::int64())}, R"([{"id":1}])")),
              HasSubstr("none of a checkpoint's columns"));
}

TEST(WrittenCheckpoint, ActionThatIsNoStructIsCorrupt) {
  EXPECT_THAT(CorruptMessage(WriteParquet({field("add", arrow::utf8())}, R"([{"add":"a"}])")),
              HasSubstr("column add lacks the field path"));
}

TEST(WrittenCheckpoint, ActionWithoutItsKeyIsCorrupt) {
  EXPECT_THAT(CorruptMessage(WriteParquet({AddColumn(), Action("remove", {field("size", arrow::int64())})},
                                          R"([{"add":null,"remove":{"size":1}}])")),
              HasSubstr("column remove lacks the field path"));
}

TEST(WrittenCheckpoint, FieldOfAnotherTypeIsCorruptAndNamed) {
  const auto txn = Action("txn", {field("appId", arrow::utf8()), field("version", arrow::float64())});
  EXPECT_THAT(CorruptMessage(WriteParquet({txn}, R"([{"txn":{"appId":"a","version":1.5}}])")),
              HasSubstr("column txn.version is of type double, not a whole number"));
}

TEST(WrittenCheckpoint, RequiredFieldThatIsNullIsCorruptAndNamed) {
  for (const char* gone : {"path", "size", "modificationTime"}) {
    std::string row = kAddA;
    const auto value = row.find(':', row.find(gone)) + 1;
    row.replace(value, row.find_first_of(",}", value) - value, "null");
    EXPECT_THAT(CorruptMessage(WriteParquet({AddColumn()}, row)), HasSubstr("add." + std::string(gone) + " is null"));
  }
}

TEST(WrittenCheckpoint, NoPartitionValuesAreAnEmptyMapAsInCommits) {
  EXPECT_THAT(LinesWithin(WriteParquet(
                  {AddColumn()}, R"([{"add":{"path":"a","partitionValues":null,"size":1,"modificationTime":2}}])")),
              ElementsAre(R"({"add":{"path":"a","partitionValues":{},"size":1,"modificationTime":2}})"));
}

TEST(WrittenCheckpoint, RowWithTwoActionsIsCorrupt) {
  const auto txn = Action("txn", {field("appId", arrow::utf8()), field("version", arrow::int64())});
  EXPECT_THAT(CorruptMessage(WriteParquet({AddColumn(), txn}, R"([{"add":{"path":"a","partitionValues":[],"size":1,
      "modificationTime":2},"txn":{"appId":"a","version":1}}])")),
              HasSubstr("two actions"));
}

TEST(WrittenCheckpoint, TwoFieldsOfOneNameAreCorruptEvenWhereTheyHoldNothing) {
  EXPECT_THAT(CorruptMessage(WriteParquet({AddColumn({field("size", arrow::int64())})}, "[[null]]")),
              HasSubstr("two columns named add.size"));
}

TEST(WrittenCheckpoint, TwoColumnsOfOneNameAreCorrupt) {
  EXPECT_THAT(CorruptMessage(WriteParquet({AddColumn(), AddColumn()}, "[[null,null]]")),
              HasSubstr("two columns named add"));
}

// The path of the only add, of any type, and the file with one byte of it replaced wherever it stands.
std::string WithPathByte(const std::shared_ptr<arrow::DataType>& type, char byte) {
  auto fields = AddColumn()->type()->fields();
  fields[0] = field("path", type);
  std::string bytes = WriteParquet({Action("add", fields)}, R"([{"add":{"path":"pathMARKpath",
      "partitionValues":[],"size":1,"modificationTime":2}}])");
  for (auto at = bytes.find("MARK"); at != std::string::npos; at = bytes.find("MARK", at + 1)) bytes[at] = byte;
  return bytes;
}

TEST(WrittenCheckpoint, TextIsReadFromUndeclaredBytes) {
  EXPECT_THAT(LinesWithin(WithPathByte(arrow::binary(), 'X')), ElementsAre(HasSubstr("pathXARKpath")));
}

TEST(WrittenCheckpoint, TextThatIsNoUtf8IsCorrupt) {
  EXPECT_THAT(LinesWithin(WithPathByte(arrow::utf8(), 'X')), ElementsAre(HasSubstr("pathXARKpath")));
  EXPECT_THAT(CorruptMessage(WithPathByte(arrow::utf8(), '\xFF')), HasSubstr("UTF8"));
  EXPECT_THAT(CorruptMessage(WithPathByte(arrow::binary(), '\xFF')), HasSubstr("add.path holds text that is no UTF-8"));
}

TEST(WrittenCheckpoint, NullWithinAListIsCorrupt) {
  const auto protocol =
      Action("protocol", {field("minReaderVersion", arrow::int32()), field("minWriterVersion", arrow::int32()),
                          field("readerFeatures", arrow::list(arrow::utf8()))});
  EXPECT_THAT(CorruptMessage(WriteParquet({protocol}, R"([{"protocol":{"minReaderVersion":3,"minWriterVersion":7,
      "readerFeatures":["deletionVectors",null]}}])")),
              HasSubstr("protocol.readerFeatures has a null within a list"));
}

TEST(WrittenCheckpoint, MoreRowsThanTheFileCanHoldAreCorrupt) {
  std::string nulls = "[[null]";
  for (int i = 1; i < 1000; ++i) nulls += ",[null]";
  const auto txn = Action("txn", {field("appId", arrow::utf8())});
  EXPECT_THAT(CorruptMessage(WriteParquetRepeated({txn}, nulls + "]", 500)), HasSubstr("more rows than its"));
}

// A dictionary names the text once: the batch would hold it as often as there are rows.
TEST(WrittenCheckpoint, LongTextBehindManyRowsStaysWithinTheMemoryLimit) {
  const std::string row =
      R"([{"add":{"path":")" + std::string(100'000, 'p') + R"(","partitionValues":[],"size":1,"modificationTime":2}}])";
  const auto bytes = WriteParquetRepeated({AddColumn()}, row, 2000);
  EXPECT_THAT(CorruptMessage(bytes, {.memory_bytes_max = int64_t{64} << 20}),
              HasSubstr("more memory than a reader may use"));
}

}  // namespace
}  // namespace lakeferry::parquet
