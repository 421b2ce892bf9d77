// Hostile checkpoint files: an error within 256 MiB beyond their own bytes, and soon.
#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include "base/bytes_access.h"
#include "base/check.h"
#include "delta/log_replay.h"
#include "parquet/arrow_checkpoint_reader.h"
#include "tests/limits/measured.h"
#include "tests/parquet/written_checkpoint.h"

namespace lakeferry::parquet {
namespace {

// Room for the limit itself and what lies around it.
constexpr int64_t kPeakMib = 256 + 64;
constexpr int64_t kMib = int64_t{1} << 20;

Measured MeasureFile(const std::function<std::string()>& make) {
  return Measure(make, [](std::string bytes) {
    delta::FileTotals files;
    delta::LogReplay replay(files, 1);
    return ArrowCheckpointReader().Read(BytesAccess(std::move(bytes)), "checkpoint",
                                        replay.BeginCheckpoint(Version(0)));
  });
}

void ExpectRefused(const Measured& measured, std::string_view words) {
  EXPECT_TRUE(measured.ended);
  EXPECT_TRUE(measured.refused);
  EXPECT_THAT(measured.error, testing::HasSubstr(words));
  EXPECT_LE(measured.peak_mib, kPeakMib);
  EXPECT_LT(measured.seconds, 30);
  testing::Test::RecordProperty("peak_mib", std::to_string(measured.peak_mib));
}

// `rows` adds with names of their own and the same statistics each.
std::string AddsWithStats(int64_t rows, int64_t stats_bytes, bool dictionary) {
  const std::string stats(static_cast<size_t>(stats_bytes), 'x');
  arrow::StringBuilder path;
  arrow::StringBuilder text;
  arrow::Int64Builder number;
  arrow::MapBuilder values(arrow::default_memory_pool(), std::make_shared<arrow::StringBuilder>(),
                           std::make_shared<arrow::StringBuilder>());
  for (int64_t row = 0; row < rows; ++row) {
    LF_CHECK(path.Append(fmt::format("{}", row)).ok() && text.Append(stats).ok() && number.Append(1).ok() &&
                 values.Append().ok(),
             "memory");
  }
  const auto add = arrow::StructArray::Make({*path.Finish(), *values.Finish(), *number.Finish(), *text.Finish()},
                                            std::vector<std::string>{"path", "partitionValues", "size", "stats"});
  LF_CHECK(add.ok(), "columns of one length");
  // size stands for modificationTime too.
  const auto with_time = arrow::StructArray::Make(
      {(*add)->field(0), (*add)->field(1), (*add)->field(2), (*add)->field(2), (*add)->field(3)},
      std::vector<std::string>{"path", "partitionValues", "size", "modificationTime", "stats"});
  const auto table = arrow::Table::Make(arrow::schema({arrow::field("add", (*with_time)->type())}), {*with_time});
  const auto sink = *arrow::io::BufferOutputStream::Create();
  ::parquet::WriterProperties::Builder builder;
  builder.compression(::parquet::Compression::ZSTD)->dictionary_pagesize_limit(512 * kMib);
  if (!dictionary) builder.disable_dictionary();
  LF_CHECK(::parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), sink, rows, builder.build()).ok(),
           "the table can be written");
  return (*sink->Finish())->ToString();
}

TEST(HostileParquet, PageThatDecompressesToMoreThanTheLimitIsRefused) {
  for (const bool dictionary : {false, true}) {
    SCOPED_TRACE(dictionary);
    ExpectRefused(MeasureFile([&] { return AddsWithStats(1, 260 * kMib, dictionary); }), "more memory");
  }
}

TEST(HostileParquet, LongTextInEveryRowOfASmallFileIsRefused) {
  // A dictionary of one long text, 16 KiB of it in each of 60,000 rows: a gigabyte from some hundred KiB.
  ExpectRefused(MeasureFile([] { return AddsWithStats(60'000, 16 << 10, true); }), "times its size");
}

// A footer in Thrift's compact protocol after the magic.
std::string FileWithFooter(const std::string& footer) {
  std::string file = "PAR1" + footer;
  const auto length = static_cast<uint32_t>(footer.size());
  for (unsigned shift = 0; shift < 32; shift += 8) file += static_cast<char>(length >> shift & 0xffU);
  return file + "PAR1";
}

// A list head: field `step` after the one before, of `count` elements of a type.
std::string ListHead(unsigned step, unsigned type, uint64_t count) {
  std::string text = {static_cast<char>(step << 4U | 9U), static_cast<char>(0xf0U | type)};
  for (; count >= 0x80; count >>= 7U) text += static_cast<char>((count & 0x7fU) | 0x80U);
  return text + static_cast<char>(count);
}

TEST(HostileParquet, FooterThatAnnouncesMillionsIsRefused) {
  constexpr unsigned kStruct = 12;
  constexpr uint64_t kCount = 900'000;
  const std::string version = {0x15, 0x02};
  // So many empty structures; row groups, each with columns; and a number of elements that are not there.
  const std::string schema = version + ListHead(1, kStruct, kCount) + std::string(kCount, '\0');
  const std::string columns =
      version + ListHead(3, kStruct, 1) + ListHead(1, kStruct, kCount) + std::string(kCount, '\0');
  const std::string nothing = version + ListHead(1, kStruct, uint64_t{1} << 40U);
  for (const std::string& footer : {schema, columns, nothing}) {
    const Measured measured = MeasureFile([&] { return FileWithFooter(footer); });
    ExpectRefused(measured, "footer");
    EXPECT_LE(measured.peak_mib, 64);
  }
}

TEST(HostileParquet, FooterNestedWithoutEndIsRefused) {
  ExpectRefused(MeasureFile([] { return FileWithFooter(std::string(8 * kMib, '\x1c')); }), "footer");
}

TEST(HostileParquet, FooterLongerThanItsFileIsRefused) {
  ExpectRefused(MeasureFile([] { return std::string("PAR1") + "\xff\xff\xff\x7f" + "PAR1"; }), "footer");
}

TEST(HostileParquet, LargePlainCheckpointIsRead) {
  const Measured measured = MeasureFile([] { return AddsWithStats(200'000, 20, true); });
  EXPECT_TRUE(measured.ended);
  EXPECT_FALSE(measured.refused) << measured.error;
}

}  // namespace
}  // namespace lakeferry::parquet
