// AccessFile: a RandomAccess as Arrow reads files. Used by one thread; what it reads counts in the pool it is given.
#pragma once

#include <arrow/io/interfaces.h>
#include <arrow/memory_pool.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "base/random_access.h"

namespace lakeferry::parquet {

class AccessFile final : public arrow::io::RandomAccessFile {
 public:
  // Both must outlive the file.
  AccessFile(const RandomAccess& file, arrow::MemoryPool* pool) : file_(file), pool_(pool) {}

  // What a read failed with, for Arrow's statuses cannot carry it.
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

  arrow::Result<int64_t> GetSize() override { return file_.size_bytes(); }
  using arrow::io::RandomAccessFile::ReadAt;
  arrow::Result<int64_t> ReadAt(int64_t position, int64_t count, void* out) override;
  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(int64_t position, int64_t count) override;
  arrow::Result<int64_t> Read(int64_t count, void* out) override;
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(int64_t count) override;
  arrow::Status Seek(int64_t position) override;
  [[nodiscard]] arrow::Result<int64_t> Tell() const override { return position_; }
  arrow::Status Close() override;
  [[nodiscard]] bool closed() const override { return closed_; }

 private:
  const RandomAccess& file_;
  arrow::MemoryPool* const pool_;
  std::optional<Error> failure_;
  int64_t position_ = 0;
  bool closed_ = false;
};

}  // namespace lakeferry::parquet
