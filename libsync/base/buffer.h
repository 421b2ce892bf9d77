// Buffer: owned bytes on their way between a reader and a writer. Its memory is not cleared first, and goes back and
// forth instead of being asked for again.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/check.h"

namespace lakeferry {

// Movable. Destroyed on any thread.
class Buffer {
 public:
  Buffer() = default;
  // Room for `capacity` bytes, of which none is in use. Throws std::bad_alloc.
  explicit Buffer(size_t capacity) : memory_(new char[capacity]), capacity_(capacity) {}

  [[nodiscard]] size_t capacity() const { return capacity_; }
  [[nodiscard]] size_t size() const { return size_; }
  // All of it, for whoever fills it.
  [[nodiscard]] std::span<char> room() { return {memory_.get(), capacity_}; }
  // What is in use.
  [[nodiscard]] std::span<const char> bytes() const { return {memory_.get(), size_}; }
  // `size` bytes from the first on are in use; no more than the capacity.
  void Resize(size_t size) {
    LF_CHECK(size <= capacity_, "a buffer holds what it has room for");
    size_ = size;
  }

 private:
  std::unique_ptr<char[]> memory_;
  size_t capacity_ = 0;
  size_t size_ = 0;
};

}  // namespace lakeferry
