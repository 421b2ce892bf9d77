#include "parquet/arrow_checkpoint_writer.h"

#include <arrow/io/interfaces.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include <exception>
#include <string>
#include <utility>

#include "base/check.h"
#include "parquet/checkpoint_batch.h"

namespace lakeferry::parquet {
namespace {

// Keeps what is written until it is taken.
class TakenStream final : public arrow::io::OutputStream {
 public:
  arrow::Status Write(const void* data, int64_t count) override {
    bytes_.append(static_cast<const char*>(data), static_cast<size_t>(count));
    written_ += count;
    return {};
  }
  using arrow::io::OutputStream::Write;
  [[nodiscard]] arrow::Result<int64_t> Tell() const override { return written_; }
  arrow::Status Close() override {
    closed_ = true;
    return {};
  }
  [[nodiscard]] bool closed() const override { return closed_; }

  [[nodiscard]] std::string Take() { return std::exchange(bytes_, std::string()); }
  [[nodiscard]] int64_t written() const { return written_; }

 private:
  std::string bytes_;
  int64_t written_ = 0;
  bool closed_ = false;
};

std::shared_ptr<::parquet::WriterProperties> Properties(arrow::MemoryPool* pool) {
  ::parquet::WriterProperties::Builder builder;
  builder.memory_pool(pool)->compression(::parquet::Compression::SNAPPY)->enable_page_checksum();
  // Columns whose values are each other's unlike: a dictionary would be looked up in vain.
  for (const char* column : {"add.path", "add.size", "add.stats", "add.baseRowId", "remove.path", "remove.size",
                             "add.deletionVector.pathOrInlineDv"}) {
    builder.disable_dictionary(column);
  }
  return builder.build();
}

Status FromArrow(const arrow::Status& status) {
  if (status.ok()) return {};
  return Fail(status.IsInvalid() ? ErrorCode::kCorruptLog : ErrorCode::kInternal,
              "the checkpoint cannot be written: " + status.message());
}

class ArrowCheckpointEncoder final : public delta::CheckpointEncoder {
 public:
  explicit ArrowCheckpointEncoder(const CheckpointSizes& sizes) : sizes_(sizes) {}

  Status OnAdd(delta::AddFile&& add) override {
    ++summary_.adds;
    return Put(add);
  }
  Status OnRemove(delta::RemoveFile&& remove) override { return Put(remove); }
  Status OnMetadata(delta::Metadata&& metadata) override { return Put(metadata); }
  Status OnProtocol(delta::Protocol&& protocol) override { return Put(protocol); }
  Status OnTxn(delta::Txn&& txn) override { return Put(txn); }
  Status OnDomainMetadata(delta::DomainMetadata&& domain) override { return domain.removed ? Status() : Put(domain); }
  Status OnSidecar(delta::Sidecar&&) override {
    return Fail(ErrorCode::kInternal, "a classic checkpoint has no sidecar");
  }
  Status OnCheckpointMetadata(int64_t) override {
    return Fail(ErrorCode::kInternal, "a classic checkpoint has no checkpointMetadata");
  }

  std::string TakeBytes() override { return stream_->Take(); }

  Result<delta::CheckpointSummary> Finish() override {
    LF_CHECK(!finished_, "a checkpoint is finished once");
    finished_ = true;
    LF_TRY_OK(Guarded([&]() -> arrow::Status {
      ARROW_RETURN_NOT_OK(Open());
      ARROW_RETURN_NOT_OK(Flush());
      return file_->Close();
    }));
    summary_.bytes = stream_->written();
    return summary_;
  }

 private:
  // What Parquet throws is an error of ours too.
  template <typename Function>
  static Status Guarded(Function&& function) {
    try {
      return FromArrow(std::forward<Function>(function)());
    } catch (const std::exception& e) {
      return Fail(ErrorCode::kInternal, std::string("the checkpoint cannot be written: ") + e.what());
    }
  }

  template <typename Action>
  Status Put(const Action& action) {
    LF_CHECK(!finished_, "nothing follows the end of a checkpoint");
    ++summary_.actions;
    return Guarded([&]() -> arrow::Status {
      ARROW_RETURN_NOT_OK(Open());
      ARROW_RETURN_NOT_OK(batch_->Append(action));
      if (batch_->rows() < sizes_.batch_rows && batch_->bytes() < sizes_.batch_bytes) return {};
      return Flush();
    });
  }

  arrow::Status Open() {
    if (file_ != nullptr) return {};
    ARROW_ASSIGN_OR_RAISE(batch_, CheckpointBatch::Make(pool_));
    return ::parquet::arrow::FileWriter::Open(*CheckpointSchema(), pool_, stream_, Properties(pool_)).Value(&file_);
  }

  // Encodes the batch, and ends the row group where it is full.
  arrow::Status Flush() {
    if (batch_->rows() == 0) return {};
    if (group_rows_ >= sizes_.group_rows || group_bytes_ >= sizes_.group_bytes) {
      ARROW_RETURN_NOT_OK(file_->NewBufferedRowGroup());
      group_rows_ = group_bytes_ = 0;
    }
    group_rows_ += batch_->rows();
    group_bytes_ += batch_->bytes();
    ARROW_ASSIGN_OR_RAISE(const auto rows, batch_->Finish());
    return file_->WriteRecordBatch(*rows);
  }

  const CheckpointSizes sizes_;
  arrow::MemoryPool* const pool_ = arrow::default_memory_pool();
  const std::shared_ptr<TakenStream> stream_ = std::make_shared<TakenStream>();
  std::unique_ptr<CheckpointBatch> batch_;
  std::unique_ptr<::parquet::arrow::FileWriter> file_;  // made with the first action, since that may fail
  int64_t group_rows_ = 0;
  int64_t group_bytes_ = 0;
  delta::CheckpointSummary summary_;
  bool finished_ = false;
};

}  // namespace

std::unique_ptr<delta::CheckpointEncoder> ArrowCheckpointWriter::Begin() const {
  return std::make_unique<ArrowCheckpointEncoder>(sizes_);
}

}  // namespace lakeferry::parquet
