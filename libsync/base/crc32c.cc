#include "base/crc32c.h"

#include <array>
#include <cstddef>

#include "base/check.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace lakeferry {
namespace {

constexpr uint32_t kCastagnoliReflected = 0x82f63b78;
constexpr size_t kWordBytes = 8;

// The register times x, modulo the polynomial. Reflected: bit 31 is the coefficient of x^0.
constexpr uint32_t CastagnoliTimesX(uint32_t value) {
  return (value & 1) != 0 ? (value >> 1) ^ kCastagnoliReflected : value >> 1;
}

constexpr auto MakeCastagnoliTables() {
  std::array<std::array<uint32_t, 256>, kWordBytes> tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = CastagnoliTimesX(crc);
    tables[0][byte] = crc;
  }
  for (size_t slice = 1; slice < kWordBytes; ++slice) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint32_t previous = tables[slice - 1][byte];
      tables[slice][byte] = tables[0][previous & 0xff] ^ (previous >> 8);
    }
  }
  return tables;
}

constexpr auto kCastagnoliTables = MakeCastagnoliTables();

uint64_t LoadWord(const char* bytes) {
  uint64_t word = 0;
  __builtin_memcpy(&word, bytes, sizeof(word));
  return word;
}

constexpr uint32_t kCastagnoliOne = uint32_t{1} << 31;  // x^0

// The product of two registers, modulo the polynomial.
constexpr uint32_t CastagnoliTimes(uint32_t a, uint32_t b) {
  uint32_t product = 0;
  for (uint32_t bit = kCastagnoliOne; bit != 0; bit >>= 1, b = CastagnoliTimesX(b)) {
    if ((a & bit) != 0) product ^= b;
  }
  return product;
}

// x^(8 * bytes): what follows moves a register on by eight bits for each of its bytes.
constexpr uint32_t ShiftOver(uint64_t bytes) {
  uint32_t shift = kCastagnoliOne;
  uint32_t power = kCastagnoliOne >> 8;  // x^8
  for (; bytes != 0; bytes >>= 1, power = CastagnoliTimes(power, power)) {
    if ((bytes & 1) != 0) shift = CastagnoliTimes(shift, power);
  }
  return shift;
}

}  // namespace

uint32_t Crc32cOfBoth(uint32_t first, uint32_t second, uint64_t second_bytes) {
  return CastagnoliTimes(first, ShiftOver(second_bytes)) ^ second;
}

uint32_t crc32c::UpdateByTable(uint32_t state, std::span<const char> bytes) {
  uint32_t crc = state;
  const char* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= kWordBytes; left -= kWordBytes, at += kWordBytes) {
    const uint64_t word = LoadWord(at) ^ crc;
    crc = 0;
    for (size_t i = 0; i < kWordBytes; ++i) crc ^= kCastagnoliTables[kWordBytes - 1 - i][(word >> (8 * i)) & 0xff];
  }
  for (; left > 0; --left, ++at) {
    crc = kCastagnoliTables[0][(crc ^ static_cast<unsigned char>(*at)) & 0xff] ^ (crc >> 8);
  }
  return crc;
}

#if defined(__x86_64__)

namespace {

// The instruction gives its result three cycles after it began, and one can begin in each: three lanes keep it busy.
constexpr size_t kLaneBytes = 1'024;

// A register moved on over a lane, as a table for each of its bytes.
constexpr auto MakeLaneTables() {
  std::array<std::array<uint32_t, 256>, 4> tables{};
  const uint32_t shift = ShiftOver(kLaneBytes);
  for (size_t at = 0; at < 4; ++at) {
    for (uint32_t byte = 0; byte < 256; ++byte) tables[at][byte] = CastagnoliTimes(byte << (8 * at), shift);
  }
  return tables;
}

constexpr auto kLaneTables = MakeLaneTables();

uint32_t OverLane(uint64_t crc) {
  return kLaneTables[0][crc & 0xff] ^ kLaneTables[1][(crc >> 8) & 0xff] ^ kLaneTables[2][(crc >> 16) & 0xff] ^
         kLaneTables[3][(crc >> 24) & 0xff];
}

}  // namespace

bool crc32c::HasInstruction() {
  static const bool has = __builtin_cpu_supports("sse4.2") != 0;
  return has;
}

__attribute__((target("sse4.2"))) uint32_t crc32c::UpdateByInstruction(uint32_t state, std::span<const char> bytes) {
  uint64_t crc = state;
  const char* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= 3 * kLaneBytes; left -= 3 * kLaneBytes, at += 3 * kLaneBytes) {
    uint64_t second = 0;
    uint64_t third = 0;
    for (size_t i = 0; i < kLaneBytes; i += kWordBytes) {
      crc = _mm_crc32_u64(crc, LoadWord(at + i));
      second = _mm_crc32_u64(second, LoadWord(at + kLaneBytes + i));
      third = _mm_crc32_u64(third, LoadWord(at + 2 * kLaneBytes + i));
    }
    crc = OverLane(OverLane(crc) ^ second) ^ third;
  }
  for (; left >= kWordBytes; left -= kWordBytes, at += kWordBytes) crc = _mm_crc32_u64(crc, LoadWord(at));
  auto last = static_cast<uint32_t>(crc);
  for (; left > 0; --left, ++at) last = _mm_crc32_u8(last, static_cast<unsigned char>(*at));
  return last;
}

#else

bool crc32c::HasInstruction() { return false; }

uint32_t crc32c::UpdateByInstruction(uint32_t, std::span<const char>) {
  CheckFailed("HasInstruction()", "the instruction is asked for only where the processor has it");
}

#endif

void Crc32c::Update(std::span<const char> bytes) {
  state_ = crc32c::HasInstruction() ? crc32c::UpdateByInstruction(state_, bytes) : crc32c::UpdateByTable(state_, bytes);
}

uint32_t Crc32cOf(std::string_view bytes) {
  Crc32c crc;
  crc.Update(bytes);
  return crc.value();
}

}  // namespace lakeferry
