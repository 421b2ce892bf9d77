#include "tests/parquet/written_checkpoint.h"

#include <arrow/array.h>
#include <arrow/chunked_array.h>
#include <arrow/io/memory.h>
#include <arrow/json/from_string.h>
#include <arrow/table.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace lakeferry::parquet {

namespace {

std::string Write(const arrow::FieldVector& columns, const std::string& rows, int times,
                  ::parquet::WriterProperties::Builder& properties, int64_t group_rows) {
  const auto array = arrow::json::ArrayFromJSONString(arrow::struct_(columns), rows);
  LF_CHECK(array.ok(), "the rows of the test fit its schema");
  const auto& table_struct = static_cast<const arrow::StructArray&>(**array);
  std::vector<std::shared_ptr<arrow::ChunkedArray>> chunks;
  for (const auto& column : table_struct.fields()) {
    chunks.push_back(std::make_shared<arrow::ChunkedArray>(arrow::ArrayVector(static_cast<size_t>(times), column)));
  }
  const auto table = arrow::Table::Make(arrow::schema(columns), chunks);
  const auto sink = arrow::io::BufferOutputStream::Create();
  LF_CHECK(sink.ok(), "memory");
  // The embedded Arrow schema is what gives large strings and views back to a reader, as with files of delta-rs.
  const auto arrow_properties = ::parquet::ArrowWriterProperties::Builder().store_schema()->build();
  properties.compression(::parquet::Compression::SNAPPY);
  LF_CHECK(::parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), *sink,
                                        std::clamp<int64_t>(table->num_rows(), 1, group_rows), properties.build(),
                                        arrow_properties)
               .ok(),
           "the table can be written");
  return (*sink)->Finish().ValueOrDie()->ToString();
}

}  // namespace

std::string WriteParquetRepeated(const arrow::FieldVector& columns, const std::string& rows, int times) {
  ::parquet::WriterProperties::Builder properties;
  return Write(columns, rows, times, properties, std::numeric_limits<int64_t>::max());
}

std::string WriteParquetWithoutStatistics(const arrow::FieldVector& columns, const std::string& rows,
                                          int64_t group_rows) {
  ::parquet::WriterProperties::Builder properties;
  properties.disable_statistics();
  return Write(columns, rows, 1, properties, group_rows);
}

std::string WriteParquet(const arrow::FieldVector& columns, const std::string& rows) {
  return WriteParquetRepeated(columns, rows, 1);
}

std::shared_ptr<arrow::Field> Action(const std::string& name, const arrow::FieldVector& fields) {
  return arrow::field(name, arrow::struct_(fields));
}

std::shared_ptr<arrow::Field> AddColumn(const arrow::FieldVector& more) {
  arrow::FieldVector fields = {arrow::field("path", arrow::utf8()),
                               arrow::field("partitionValues", arrow::map(arrow::utf8(), arrow::utf8())),
                               arrow::field("size", arrow::int64()), arrow::field("modificationTime", arrow::int64())};
  fields.insert(fields.end(), more.begin(), more.end());
  return Action("add", fields);
}

}  // namespace lakeferry::parquet
