// ReadText: an object whose bytes have been read already, for whoever reads objects.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/random_access.h"
#include "env/object_store.h"

namespace lakeferry::engine {

class ReadText final : public OpenObject, public RandomAccess {
 public:
  // `info`: of the object that had this text.
  ReadText(ObjectInfo info, std::shared_ptr<const std::string> text) : info_(std::move(info)), text_(std::move(text)) {
    info_.size_bytes = static_cast<int64_t>(text_->size());
  }

  [[nodiscard]] const ObjectInfo& info() const override { return info_; }
  Task<Result<size_t>> Read(Call /*call*/, int64_t offset, std::span<char> buffer) override {
    co_return ReadAt(offset, buffer);
  }
  [[nodiscard]] ObjectAddress address() const override { return {}; }
  [[nodiscard]] const RandomAccess* local() const override { return this; }

  [[nodiscard]] int64_t size_bytes() const override { return info_.size_bytes; }
  Result<size_t> ReadAt(int64_t offset, std::span<char> buffer) const override {
    const size_t begin = std::min(static_cast<size_t>(offset), text_->size());
    const size_t count = std::min(buffer.size(), text_->size() - begin);
    std::copy_n(text_->data() + begin, count, buffer.data());
    return count;
  }

 private:
  ObjectInfo info_;
  std::shared_ptr<const std::string> text_;
};

}  // namespace lakeferry::engine
