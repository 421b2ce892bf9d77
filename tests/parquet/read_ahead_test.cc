// Reading with threads of its own gives what reading without gives, in the same order, and ends as soon.
#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <fmt/format.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include "base/bytes_access.h"
#include "parquet/arrow_checkpoint_reader.h"
#include "parquet/arrow_checkpoint_writer.h"
#include "tests/parquet/action_text.h"
#include "tests/parquet/fixture_files.h"

namespace lakeferry::parquet {
namespace {

constexpr std::string_view kReadAheadPath = "t/_delta_log/00000000000000000001.checkpoint.parquet";
constexpr int kRows = 5'000;

// Ten row groups, every hundredth action no add.
std::string TenRowGroups() {
  const auto encoder = ArrowCheckpointWriter({.batch_rows = 100, .group_rows = 500}).Begin();
  for (int i = 0; i < kRows; ++i) {
    const auto put = i % 100 == 0
                         ? encoder->OnTxn({.app_id = std::to_string(i), .version = i})
                         : encoder->OnAdd({.path = fmt::format("file {}", i), .stats = fmt::format("{{{}}}", i)});
    EXPECT_TRUE(put);
  }
  EXPECT_TRUE(encoder->Finish());
  return encoder->TakeBytes();
}

// Where the first page of add.path begins in a row group.
size_t PlaceOfPaths(const std::string& bytes, int group) {
  const auto file =
      ::parquet::ParquetFileReader::Open(std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes)));
  const auto& footer = *file->metadata();
  const int column = footer.schema()->ColumnIndex("add.path");
  return static_cast<size_t>(footer.RowGroup(group)->ColumnChunk(column)->data_page_offset());
}

Status Read(const RandomAccess& file, int threads_ahead, delta::ActionSink& sink) {
  return ArrowCheckpointReader({.batch_rows_max = 64, .threads_ahead = threads_ahead}).Read(file, kReadAheadPath, sink);
}

TEST(ReadAhead, GivesTheSameActionsInTheSameOrder) {
  const BytesAccess file(TenRowGroups());
  TextSink expected;
  ASSERT_TRUE(Read(file, 0, expected));
  ASSERT_EQ(expected.lines().size(), size_t{kRows});
  for (const int threads : {1, 2, 3, 9, 10, 1000}) {
    TextSink sink;
    const auto status = Read(file, threads, sink);
    ASSERT_TRUE(status) << ToString(status.error());
    EXPECT_EQ(sink.lines(), expected.lines()) << threads;
  }
}

TEST(ReadAhead, FileOfOneRowGroupIsReadToo) {
  TextSink alone;
  TextSink sink;
  const BytesAccess file(FixtureBytes("spark_features.parquet"));
  ASSERT_TRUE(Read(file, 0, alone));
  ASSERT_TRUE(Read(file, 2, sink));
  EXPECT_EQ(sink.lines(), alone.lines());
}

TEST(ReadAhead, ErrorOfTheSinkEndsIt) {
  struct Refusing final : delta::ActionSink {
    int adds = 0;
    Status OnAdd(delta::AddFile&&) override {
      return ++adds < 700 ? Status{} : Status(Fail(ErrorCode::kCancelled, "stopped", "elsewhere"));
    }
  };
  const BytesAccess file(TenRowGroups());
  for (const int threads : {1, 2, 3}) {
    Refusing sink;
    const auto status = Read(file, threads, sink);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().where.text(), "elsewhere");
    EXPECT_EQ(sink.adds, 700);
  }
}

TEST(ReadAhead, DamageIsAnErrorAfterWhatStandsBeforeIt) {
  std::string bytes = TenRowGroups();
  bytes[PlaceOfPaths(bytes, 6) + 100] ^= 1;
  const BytesAccess file(bytes);
  for (const int threads : {0, 1, 2, 3}) {
    TextSink sink;
    const auto status = Read(file, threads, sink);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kCorruptLog);
    EXPECT_EQ(status.error().where.text(), kReadAheadPath);
    EXPECT_EQ(sink.lines().size(), 3000U) << threads;
  }
}

}  // namespace
}  // namespace lakeferry::parquet
