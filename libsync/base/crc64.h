// CRC-64/NVME, which guards data files on their way; object stores speak it natively.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace lakeferry {

// CRC-64/NVME (polynomial 0xad93d23594c93659, reflected, init and xorout all ones) over bytes given in pieces. Uses the
// processor's carry-less multiplication where there is one.
class Crc64 {
 public:
  Crc64() = default;
  // Goes on behind bytes that have this value.
  explicit Crc64(uint64_t value) : state_(~value) {}

  void Update(std::span<const char> bytes);
  [[nodiscard]] uint64_t value() const { return ~state_; }

 private:
  uint64_t state_ = ~uint64_t{0};
};

[[nodiscard]] uint64_t Crc64Of(std::string_view bytes);

// That of one text behind another, of theirs and of how many bytes the second has.
[[nodiscard]] uint64_t Crc64OfBoth(uint64_t first, uint64_t second, uint64_t second_bytes);

// The ways to compute it, for tests and benchmarks. Each goes on from a register and returns the next one.
namespace crc64 {

[[nodiscard]] uint64_t UpdateByTable(uint64_t state, std::span<const char> bytes);
// Only where CanFold() is true.
[[nodiscard]] uint64_t UpdateByFolding(uint64_t state, std::span<const char> bytes);
[[nodiscard]] bool CanFold();

}  // namespace crc64

}  // namespace lakeferry
