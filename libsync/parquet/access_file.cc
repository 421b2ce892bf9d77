#include "parquet/access_file.h"

#include <arrow/buffer.h>
#include <arrow/result.h>

#include <algorithm>
#include <span>
#include <utility>

namespace lakeferry::parquet {

arrow::Result<int64_t> AccessFile::ReadAt(int64_t position, int64_t count, void* out) {
  if (position < 0 || count < 0) return arrow::Status::Invalid("a place before the beginning of the file");
  auto got = file_.ReadAt(position, {static_cast<char*>(out), static_cast<size_t>(count)});
  if (got) return static_cast<int64_t>(*got);
  failure_ = std::move(got).error();
  return arrow::Status::IOError(failure_->message);
}

arrow::Result<std::shared_ptr<arrow::Buffer>> AccessFile::ReadAt(int64_t position, int64_t count) {
  // No more room than there are bytes: a damaged footer may ask for any number.
  const int64_t there = std::clamp<int64_t>(file_.size_bytes() - std::max<int64_t>(0, position), 0, file_.size_bytes());
  ARROW_ASSIGN_OR_RAISE(auto buffer, arrow::AllocateResizableBuffer(std::clamp<int64_t>(count, 0, there), pool_));
  ARROW_ASSIGN_OR_RAISE(const int64_t got, ReadAt(position, std::min(count, there), buffer->mutable_data()));
  ARROW_RETURN_NOT_OK(buffer->Resize(got, /*shrink_to_fit=*/false));
  return buffer;
}

arrow::Result<int64_t> AccessFile::Read(int64_t count, void* out) {
  ARROW_ASSIGN_OR_RAISE(const int64_t got, ReadAt(position_, count, out));
  position_ += got;
  return got;
}

arrow::Result<std::shared_ptr<arrow::Buffer>> AccessFile::Read(int64_t count) {
  ARROW_ASSIGN_OR_RAISE(auto buffer, ReadAt(position_, count));
  position_ += buffer->size();
  return buffer;
}

arrow::Status AccessFile::Seek(int64_t position) {
  position_ = position;
  return {};
}

arrow::Status AccessFile::Close() {
  closed_ = true;
  return {};
}

}  // namespace lakeferry::parquet
