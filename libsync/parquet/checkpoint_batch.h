// CheckpointBatch: rows of a checkpoint while they are gathered, one action each. One thread.
#pragma once

#include <arrow/type_fwd.h>

#include <array>
#include <cstdint>
#include <memory>

#include "delta/action.h"
#include "parquet/checkpoint_schema.h"

namespace lakeferry::parquet {

class CheckpointBatch {
 public:
  // `pool` must outlive the batch and what Finish gives.
  [[nodiscard]] static arrow::Result<std::unique_ptr<CheckpointBatch>> Make(arrow::MemoryPool* pool);
  ~CheckpointBatch();

  // One row. Invalid: a number that does not fit its column. After an error the batch can only be destroyed.
  arrow::Status Append(const delta::AddFile& add);
  arrow::Status Append(const delta::RemoveFile& remove);
  arrow::Status Append(const delta::Metadata& metadata);
  arrow::Status Append(const delta::Protocol& protocol);
  arrow::Status Append(const delta::Txn& txn);
  arrow::Status Append(const delta::DomainMetadata& domain);

  [[nodiscard]] int64_t rows() const { return rows_; }
  // About as many bytes do the rows take.
  [[nodiscard]] int64_t bytes() const;

  // The rows, of which the batch is empty afterwards.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Finish();

 private:
  CheckpointBatch() = default;
  // The column of the new row's action, every row before it filled up.
  arrow::Result<arrow::StructBuilder*> NewRow(ActionKind kind);

  std::shared_ptr<arrow::Schema> schema_;
  std::array<std::unique_ptr<arrow::StructBuilder>, kActionKinds> columns_;
  int64_t rows_ = 0;
  int64_t text_bytes_ = 0;
};

}  // namespace lakeferry::parquet
