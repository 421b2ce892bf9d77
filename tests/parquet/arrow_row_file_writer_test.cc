// Data files of our own rows, read back by Arrow itself.
#include "parquet/arrow_row_file_writer.h"

#include <arrow/array.h>
#include <arrow/io/memory.h>
#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/schema.h>

namespace lakeferry::parquet {
namespace {

using delta::Cell;
using delta::Column;
using delta::ColumnType;
using delta::Row;
using testing::HasSubstr;

const std::vector<Column> kFourColumns{{"name", ColumnType::kText},
                                       {"count", ColumnType::kLong},
                                       {"good", ColumnType::kBool},
                                       {"tables", ColumnType::kTexts}};
const std::vector<Row> kFilledRows{
    {Cell("caf\xC3\xA9"), Cell(int64_t{1} << 40), Cell(true), Cell(std::vector<std::string>{"a", "b"})},
    {Cell(), Cell(), Cell(), Cell()},
    {Cell(""), Cell(int64_t{-1}), Cell(false), Cell(std::vector<std::string>())}};

std::shared_ptr<arrow::io::BufferReader> Reader(const std::string& bytes) {
  return std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes));
}

std::shared_ptr<arrow::Table> TableOf(const std::string& bytes) {
  auto reader = ::parquet::arrow::OpenFile(Reader(bytes), arrow::default_memory_pool()).ValueOrDie();
  return reader->ReadTable().ValueOrDie()->CombineChunks().ValueOrDie();
}

TEST(ArrowRowFileWriter, EveryCellComesBack) {
  const auto bytes = ArrowRowFileWriter().Write(kFourColumns, kFilledRows);
  ASSERT_TRUE(bytes) << ToString(bytes.error());
  const auto table = TableOf(*bytes);
  ASSERT_EQ(table->num_rows(), 3);
  const auto text = [&](int column) { return table->column(column)->chunk(0)->ToString(); };
  EXPECT_THAT(text(0), HasSubstr("\"caf\xC3\xA9\",\n  null,\n  \"\""));
  EXPECT_THAT(text(1), HasSubstr("1099511627776,\n  null,\n  -1"));
  EXPECT_THAT(text(2), HasSubstr("true,\n  null,\n  false"));
  const auto& lists = static_cast<const arrow::ListArray&>(*table->column(3)->chunk(0));
  EXPECT_EQ(lists.value_length(0), 2);
  EXPECT_TRUE(lists.IsNull(1));
  EXPECT_FALSE(lists.IsNull(2));
  EXPECT_EQ(lists.value_length(2), 0);
}

// Spark takes no others.
TEST(ArrowRowFileWriter, ListsHaveThreeLevelsByTheirUsualNames) {
  const auto bytes = ArrowRowFileWriter().Write(kFourColumns, kFilledRows);
  ASSERT_TRUE(bytes);
  const auto metadata = ::parquet::ParquetFileReader::Open(Reader(*bytes))->metadata();
  const auto* schema = metadata->schema();
  EXPECT_EQ(schema->Column(3)->path()->ToDotString(), "tables.list.element");
}

TEST(ArrowRowFileWriter, TheSameRowsGiveTheSameBytes) {
  const auto once = ArrowRowFileWriter().Write(kFourColumns, kFilledRows);
  ASSERT_TRUE(once);
  EXPECT_EQ(*once, *ArrowRowFileWriter().Write(kFourColumns, kFilledRows));
}

TEST(ArrowRowFileWriter, ACellThatIsNotOfItsColumnIsNamed) {
  const std::vector<Row> wrong[] = {{{Cell(true), Cell(), Cell(), Cell()}},
                                    {{Cell(), Cell("1"), Cell(), Cell()}},
                                    {{Cell(), Cell(), Cell(int64_t{1}), Cell()}},
                                    {{Cell(), Cell(), Cell(), Cell("a")}}};
  const char* names[] = {"name", "count", "good", "tables"};
  for (size_t i = 0; i < std::size(names); ++i) {
    const auto bytes = ArrowRowFileWriter().Write(kFourColumns, wrong[i]);
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error().code, ErrorCode::kInternal);
    EXPECT_THAT(bytes.error().message, HasSubstr(std::string("column ") + names[i]));
  }
  const auto texts_for_a_text =
      ArrowRowFileWriter().Write(kFourColumns, std::vector<Row>{{Cell(std::vector<std::string>()), {}, {}, {}}});
  EXPECT_FALSE(texts_for_a_text);
  EXPECT_FALSE(ArrowRowFileWriter().Write(kFourColumns, std::vector<Row>{{Cell("short")}}));
}

}  // namespace
}  // namespace lakeferry::parquet
