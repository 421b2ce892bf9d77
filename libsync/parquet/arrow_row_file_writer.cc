#include "parquet/arrow_row_file_writer.h"

#include <arrow/array/builder_base.h>
#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_nested.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/buffer.h>
#include <arrow/builder.h>
#include <arrow/io/memory.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/type.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include <exception>
#include <memory>
#include <utility>

namespace lakeferry::parquet {
namespace {

std::shared_ptr<arrow::DataType> TypeOf(delta::ColumnType type) {
  switch (type) {
    case delta::ColumnType::kText: return arrow::utf8();
    case delta::ColumnType::kLong: return arrow::int64();
    case delta::ColumnType::kBool: return arrow::boolean();
    case delta::ColumnType::kTexts: return arrow::list(arrow::field("element", arrow::utf8()));
  }
  return nullptr;
}

std::shared_ptr<arrow::Schema> SchemaOf(std::span<const delta::Column> columns) {
  arrow::FieldVector fields;
  for (const delta::Column& column : columns) fields.push_back(arrow::field(column.name, TypeOf(column.type)));
  return arrow::schema(std::move(fields));
}

// One cell into the builder of its column.
class CellAppender {
 public:
  CellAppender(arrow::ArrayBuilder& builder, const delta::Column& column) : builder_(builder), column_(column) {}

  arrow::Status operator()(std::monostate /*null*/) const { return builder_.AppendNull(); }
  arrow::Status operator()(const std::string& text) const {
    if (column_.type != delta::ColumnType::kText) return WrongType();
    return static_cast<arrow::StringBuilder&>(builder_).Append(text);
  }
  arrow::Status operator()(int64_t number) const {
    if (column_.type != delta::ColumnType::kLong) return WrongType();
    return static_cast<arrow::Int64Builder&>(builder_).Append(number);
  }
  arrow::Status operator()(bool truth) const {
    if (column_.type != delta::ColumnType::kBool) return WrongType();
    return static_cast<arrow::BooleanBuilder&>(builder_).Append(truth);
  }
  arrow::Status operator()(const std::vector<std::string>& texts) const {
    if (column_.type != delta::ColumnType::kTexts) return WrongType();
    auto& list = static_cast<arrow::ListBuilder&>(builder_);
    ARROW_RETURN_NOT_OK(list.Append());
    return static_cast<arrow::StringBuilder&>(*list.value_builder()).AppendValues(texts);
  }

 private:
  [[nodiscard]] arrow::Status WrongType() const {
    return arrow::Status::TypeError("a cell of column ", column_.name, " is not of its type");
  }

  arrow::ArrayBuilder& builder_;
  const delta::Column& column_;
};

arrow::Result<std::shared_ptr<arrow::RecordBatch>> BatchOf(std::span<const delta::Column> columns,
                                                           std::span<const delta::Row> rows) {
  const auto schema = SchemaOf(columns);
  arrow::ArrayVector arrays;
  for (size_t i = 0; i < columns.size(); ++i) {
    std::unique_ptr<arrow::ArrayBuilder> builder;
    ARROW_RETURN_NOT_OK(arrow::MakeBuilder(arrow::default_memory_pool(), TypeOf(columns[i].type), &builder));
    for (const delta::Row& row : rows) {
      if (row.size() != columns.size()) return arrow::Status::Invalid("a row has another number of cells than columns");
      ARROW_RETURN_NOT_OK(std::visit(CellAppender(*builder, columns[i]), row[i]));
    }
    ARROW_ASSIGN_OR_RAISE(auto array, builder->Finish());
    arrays.push_back(std::move(array));
  }
  return arrow::RecordBatch::Make(schema, static_cast<int64_t>(rows.size()), std::move(arrays));
}

arrow::Result<std::string> Encode(std::span<const delta::Column> columns, std::span<const delta::Row> rows) {
  ARROW_ASSIGN_OR_RAISE(const auto batch, BatchOf(columns, rows));
  ARROW_ASSIGN_OR_RAISE(const auto stream, arrow::io::BufferOutputStream::Create());
  const auto properties = ::parquet::WriterProperties::Builder()
                              .compression(::parquet::Compression::SNAPPY)
                              ->enable_page_checksum()
                              ->build();
  ARROW_ASSIGN_OR_RAISE(const auto file, ::parquet::arrow::FileWriter::Open(
                                             *batch->schema(), arrow::default_memory_pool(), stream, properties));
  ARROW_RETURN_NOT_OK(file->WriteRecordBatch(*batch));
  ARROW_RETURN_NOT_OK(file->Close());
  ARROW_ASSIGN_OR_RAISE(const auto buffer, stream->Finish());
  return buffer->ToString();
}

std::unexpected<Error> NotWritten(const std::string& why) {
  return Fail(ErrorCode::kInternal, "a data file cannot be written: " + why);
}

}  // namespace

Result<std::string> ArrowRowFileWriter::Write(std::span<const delta::Column> columns,
                                              std::span<const delta::Row> rows) const {
  try {
    arrow::Result<std::string> bytes = Encode(columns, rows);
    if (!bytes.ok()) return NotWritten(bytes.status().message());
    return std::move(bytes).ValueUnsafe();
  } catch (const std::exception& e) {
    return NotWritten(e.what());
  }
}

}  // namespace lakeferry::parquet
