#include "engine/spill/spilled_bytes.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "async/offload.h"

namespace lakeferry::engine {

Status SpilledBytes::Append(std::string_view bytes) {
  if (rest_.size() + bytes.size() < kept_max_) {
    rest_ += bytes;
    return {};
  }
  if (scratch_ == nullptr) {
    LF_TRY(scratch_, env_.scratch.Open());
  }
  if (!rest_.empty()) LF_TRY_OK(scratch_->Append(rest_));
  rest_.clear();
  // What is long by itself is not copied first.
  if (bytes.size() >= kept_max_) return scratch_->Append(bytes);
  rest_ = bytes;
  return {};
}

void SpilledBytes::Clear() {
  scratch_.reset();
  rest_.clear();
}

int64_t SpilledBytes::size_bytes() const { return spilled_bytes() + static_cast<int64_t>(rest_.size()); }

Task<Result<size_t>> SpilledBytes::Read(int64_t offset, std::span<char> buffer) const {
  if (offset >= spilled_bytes()) {
    const auto at = static_cast<size_t>(offset - spilled_bytes());
    co_return std::string_view(rest_).substr(std::min(at, rest_.size())).copy(buffer.data(), buffer.size());
  }
  auto read = [this, offset, buffer] { return scratch_->ReadAt(offset, buffer); };
  LF_CO_TRY(const size_t got, co_await Offload(env_.pool, read));
  if (got == 0) co_return Fail(ErrorCode::kInternal, "a temporary file has lost its end");
  co_return got;
}

Status SpilledBytes::ReadNow(int64_t offset, std::span<char> buffer) const {
  while (!buffer.empty() && offset < spilled_bytes()) {
    LF_TRY(const size_t got, scratch_->ReadAt(offset, buffer));
    if (got == 0) break;
    offset += static_cast<int64_t>(got);
    buffer = buffer.subspan(got);
  }
  if (buffer.empty()) return {};
  const auto at = static_cast<size_t>(std::max<int64_t>(offset - spilled_bytes(), 0));
  const size_t got = std::string_view(rest_).substr(std::min(at, rest_.size())).copy(buffer.data(), buffer.size());
  if (got == buffer.size()) return {};
  return Fail(ErrorCode::kInternal, "a temporary file has lost its end");
}

Task<Result<std::string>> SpilledLines::Next() {
  std::vector<char> buffer(piece_bytes_);
  size_t searched = 0;
  while (true) {
    const size_t end = std::string_view(rest_).substr(searched).rfind('\n');
    if (end != std::string_view::npos) {
      const size_t taken = searched + end + 1;
      std::string lines = rest_.substr(0, taken);
      rest_.erase(0, taken);
      co_return lines;
    }
    searched = rest_.size();
    LF_CO_TRY(const size_t got, co_await bytes_.Read(offset_, buffer));
    if (got == 0 && !rest_.empty()) co_return Fail(ErrorCode::kInternal, "a temporary file ends within a line");
    if (got == 0) co_return std::string();
    offset_ += static_cast<int64_t>(got);
    rest_.append(buffer.data(), got);
  }
}

}  // namespace lakeferry::engine
