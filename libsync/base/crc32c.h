// CRC-32C (Castagnoli), the checksum that Google's stores keep of every object, and others of some.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace lakeferry {

// CRC-32C (polynomial 0x1edc6f41, reflected, init and xorout all ones) over bytes given in pieces. Uses the processor's
// instruction for it where there is one.
class Crc32c {
 public:
  void Update(std::span<const char> bytes);
  [[nodiscard]] uint32_t value() const { return ~state_; }

 private:
  uint32_t state_ = ~uint32_t{0};
};

[[nodiscard]] uint32_t Crc32cOf(std::string_view bytes);

// That of one text behind another, of theirs and of how many bytes the second has.
[[nodiscard]] uint32_t Crc32cOfBoth(uint32_t first, uint32_t second, uint64_t second_bytes);

// The ways to compute it, for tests and benchmarks. Each goes on from a register and returns the next one.
namespace crc32c {

[[nodiscard]] uint32_t UpdateByTable(uint32_t state, std::span<const char> bytes);
// Only where HasInstruction() is true.
[[nodiscard]] uint32_t UpdateByInstruction(uint32_t state, std::span<const char> bytes);
[[nodiscard]] bool HasInstruction();

}  // namespace crc32c

}  // namespace lakeferry
