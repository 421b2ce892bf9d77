// BytesAccess: bytes in memory, read at any place.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "base/random_access.h"

namespace lakeferry {

class BytesAccess final : public RandomAccess {
 public:
  explicit BytesAccess(std::string bytes) : bytes_(std::move(bytes)) {}

  [[nodiscard]] int64_t size_bytes() const override { return static_cast<int64_t>(bytes_.size()); }
  Result<size_t> ReadAt(int64_t offset, std::span<char> buffer) const override {
    const size_t begin = std::min(static_cast<size_t>(offset), bytes_.size());
    const size_t count = std::min(buffer.size(), bytes_.size() - begin);
    std::copy_n(bytes_.data() + begin, count, buffer.data());
    return count;
  }

 private:
  std::string bytes_;
};

}  // namespace lakeferry
