#include "parquet/checkpoint_batch.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/type.h>

#include <utility>

#include "parquet/struct_row.h"

namespace lakeferry::parquet {
namespace {

constexpr bool kDataChange = false;
// Of the columns without text, their levels and bitmaps.
constexpr int64_t kRowBytes = 64;

}  // namespace

CheckpointBatch::~CheckpointBatch() = default;

arrow::Result<std::unique_ptr<CheckpointBatch>> CheckpointBatch::Make(arrow::MemoryPool* pool) {
  std::unique_ptr<CheckpointBatch> batch(new CheckpointBatch());
  batch->schema_ = CheckpointSchema();
  for (int i = 0; i < kActionKinds; ++i) {
    std::unique_ptr<arrow::ArrayBuilder> builder;
    ARROW_RETURN_NOT_OK(arrow::MakeBuilder(pool, batch->schema_->field(i)->type(), &builder));
    batch->columns_[static_cast<size_t>(i)].reset(static_cast<arrow::StructBuilder*>(builder.release()));
  }
  return batch;
}

int64_t CheckpointBatch::bytes() const { return text_bytes_ + rows_ * kRowBytes; }

arrow::Result<arrow::StructBuilder*> CheckpointBatch::NewRow(ActionKind kind) {
  arrow::StructBuilder& column = *columns_[static_cast<size_t>(kind)];
  if (const int64_t behind = rows_ - column.length(); behind > 0) ARROW_RETURN_NOT_OK(column.AppendNulls(behind));
  ++rows_;
  return &column;
}

arrow::Status CheckpointBatch::Append(const delta::AddFile& add) {
  ARROW_ASSIGN_OR_RAISE(arrow::StructBuilder * column, NewRow(ActionKind::kAdd));
  return StructRow(*column, text_bytes_)
      .Put(add.path)
      .Put(add.partition_values)
      .Put(add.size)
      .Put(add.modification_time)
      .Put(kDataChange)
      .Put(add.tags)
      .Put(add.deletion_vector)
      .Put(add.base_row_id)
      .Put(add.default_row_commit_version)
      .Put(add.clustering_provider)
      .Put(add.stats)
      .End();
}

arrow::Status CheckpointBatch::Append(const delta::RemoveFile& remove) {
  ARROW_ASSIGN_OR_RAISE(arrow::StructBuilder * column, NewRow(ActionKind::kRemove));
  return StructRow(*column, text_bytes_)
      .Put(remove.path)
      .Put(remove.deletion_timestamp)
      .Put(kDataChange)
      .Put(remove.extended_file_metadata)
      .Put(remove.partition_values)
      .Put(remove.size)
      .Put(remove.deletion_vector)
      .Put(remove.base_row_id)
      .Put(remove.default_row_commit_version)
      .End();
}

arrow::Status CheckpointBatch::Append(const delta::Metadata& metadata) {
  ARROW_ASSIGN_OR_RAISE(arrow::StructBuilder * column, NewRow(ActionKind::kMetadata));
  StructRow row(*column, text_bytes_);
  row.Put(metadata.id).Put(metadata.name).Put(metadata.description);
  ARROW_RETURN_NOT_OK(row.Nested().Put(metadata.format_provider).Put(metadata.format_options).End());
  return row.Put(metadata.schema_string)
      .Put(metadata.partition_columns)
      .Put(metadata.configuration)
      .Put(metadata.created_time)
      .End();
}

arrow::Status CheckpointBatch::Append(const delta::Protocol& protocol) {
  ARROW_ASSIGN_OR_RAISE(arrow::StructBuilder * column, NewRow(ActionKind::kProtocol));
  return StructRow(*column, text_bytes_)
      .Put(protocol.min_reader_version)
      .Put(protocol.min_writer_version)
      .Put(protocol.reader_features)
      .Put(protocol.writer_features)
      .End();
}

arrow::Status CheckpointBatch::Append(const delta::Txn& txn) {
  ARROW_ASSIGN_OR_RAISE(arrow::StructBuilder * column, NewRow(ActionKind::kTxn));
  return StructRow(*column, text_bytes_).Put(txn.app_id).Put(txn.version).Put(txn.last_updated).End();
}

arrow::Status CheckpointBatch::Append(const delta::DomainMetadata& domain) {
  ARROW_ASSIGN_OR_RAISE(arrow::StructBuilder * column, NewRow(ActionKind::kDomainMetadata));
  return StructRow(*column, text_bytes_).Put(domain.domain).Put(domain.configuration).Put(domain.removed).End();
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> CheckpointBatch::Finish() {
  arrow::ArrayVector arrays;
  for (const auto& column : columns_) {
    if (const int64_t behind = rows_ - column->length(); behind > 0) ARROW_RETURN_NOT_OK(column->AppendNulls(behind));
    ARROW_ASSIGN_OR_RAISE(auto array, column->Finish());
    arrays.push_back(std::move(array));
  }
  auto batch = arrow::RecordBatch::Make(schema_, rows_, std::move(arrays));
  rows_ = 0;
  text_bytes_ = 0;
  return batch;
}

}  // namespace lakeferry::parquet
