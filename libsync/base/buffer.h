// Buffer: owned bytes on their way between a reader and a writer. Its memory is not cleared first, and goes back and
// forth instead of being asked for again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
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
  // All of it, for whoever fills it; what was known of its bytes is known no more.
  [[nodiscard]] std::span<char> room() {
    crc64_.reset();
    return {memory_.get(), capacity_};
  }
  // What is in use.
  [[nodiscard]] std::span<const char> bytes() const { return {memory_.get(), size_}; }
  // `size` bytes from the first on are in use; no more than the capacity.
  void Resize(size_t size) {
    LF_CHECK(size <= capacity_, "a buffer holds what it has room for");
    crc64_.reset();
    size_ = size;
  }
  // CRC-64/NVME of what is in use, for whoever comes next: it is taken once of bytes that two want to know it of.
  [[nodiscard]] std::optional<uint64_t> crc64() const { return crc64_; }
  void set_crc64(uint64_t crc64) { crc64_ = crc64; }

 private:
  std::unique_ptr<char[]> memory_;
  size_t capacity_ = 0;
  size_t size_ = 0;
  std::optional<uint64_t> crc64_;  // absent: nobody has taken it
};

}  // namespace lakeferry
