#include "base/crc64.h"

#include <array>
#include <cstddef>

#include "base/check.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace lakeferry {
namespace {

constexpr uint64_t kPolynomialReflected = 0x9a6c9329ac4bc9b5;
constexpr size_t kSlices = 8;
using Tables = std::array<std::array<uint64_t, 256>, kSlices>;

// The register times x, modulo the polynomial. Reflected: bit 63 is the coefficient of x^0.
constexpr uint64_t TimesX(uint64_t value) {
  return (value & 1) != 0 ? (value >> 1) ^ kPolynomialReflected : value >> 1;
}

constexpr Tables MakeTables() {
  Tables tables{};
  for (uint64_t byte = 0; byte < 256; ++byte) {
    uint64_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = TimesX(crc);
    tables[0][byte] = crc;
  }
  for (size_t slice = 1; slice < kSlices; ++slice) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint64_t previous = tables[slice - 1][byte];
      tables[slice][byte] = tables[0][previous & 0xff] ^ (previous >> 8);
    }
  }
  return tables;
}

constexpr Tables kTables = MakeTables();

uint64_t LoadLittleEndian(const char* bytes) {
  uint64_t word = 0;
  __builtin_memcpy(&word, bytes, sizeof(word));
  return word;
}

}  // namespace

namespace {

constexpr uint64_t kOne = uint64_t{1} << 63;  // x^0

// The product of two registers, modulo the polynomial.
constexpr uint64_t Times(uint64_t a, uint64_t b) {
  uint64_t product = 0;
  for (uint64_t bit = kOne; bit != 0; bit >>= 1, b = TimesX(b)) {
    if ((a & bit) != 0) product ^= b;
  }
  return product;
}

}  // namespace

uint64_t Crc64OfBoth(uint64_t first, uint64_t second, uint64_t second_bytes) {
  // What follows moves the first on by eight bits for each of its bytes.
  uint64_t shift = kOne;
  uint64_t power = kOne >> 8;  // x^8
  for (uint64_t rest = second_bytes; rest != 0; rest >>= 1, power = Times(power, power)) {
    if ((rest & 1) != 0) shift = Times(shift, power);
  }
  return Times(first, shift) ^ second;
}

uint64_t crc64::UpdateByTable(uint64_t state, std::span<const char> bytes) {
  uint64_t crc = state;
  const char* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= kSlices; left -= kSlices, at += kSlices) {
    crc ^= LoadLittleEndian(at);
    uint64_t next = 0;
    for (size_t slice = 0; slice < kSlices; ++slice) next ^= kTables[kSlices - 1 - slice][(crc >> (8 * slice)) & 0xff];
    crc = next;
  }
  for (; left > 0; --left, ++at) crc = kTables[0][(crc ^ static_cast<unsigned char>(*at)) & 0xff] ^ (crc >> 8);
  return crc;
}

#if defined(__x86_64__)

namespace {

// x^n modulo the polynomial.
constexpr uint64_t PowerOfX(int n) {
  uint64_t value = uint64_t{1} << 63;
  for (int i = 0; i < n; ++i) value = TimesX(value);
  return value;
}

// What moves a 128-bit block `bits` further up the message. A block in a register is H * x^64 + L, the first eight
// bytes being H in the low half. A reflected carry-less product comes out multiplied by x, hence the one less:
// H * x^64 * x^bits = H * (x^(bits + 63)) * x, and L * x^bits = L * (x^(bits - 1)) * x.
struct Fold {
  uint64_t first_half;
  uint64_t second_half;
};
constexpr Fold FoldOver(int bits) { return {PowerOfX(bits + 63), PowerOfX(bits - 1)}; }

constexpr size_t kLanes = 8;
constexpr size_t kBlockBytes = 16;
constexpr Fold kFoldOne = FoldOver(128);
constexpr Fold kFoldLanes = FoldOver(static_cast<int>(kLanes) * 128);

#define LF_FOLDING __attribute__((target("pclmul,sse2")))

LF_FOLDING inline __m128i LoadBlock(const char* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); }

LF_FOLDING inline __m128i Constants(const Fold& fold) {
  return _mm_set_epi64x(static_cast<int64_t>(fold.second_half), static_cast<int64_t>(fold.first_half));
}

LF_FOLDING inline __m128i FoldInto(__m128i block, __m128i constants, __m128i next) {
  const __m128i first = _mm_clmulepi64_si128(block, constants, 0x00);
  const __m128i second = _mm_clmulepi64_si128(block, constants, 0x11);
  return _mm_xor_si128(_mm_xor_si128(first, second), next);
}

}  // namespace

bool crc64::CanFold() {
  static const bool can = __builtin_cpu_supports("pclmul") != 0;
  return can;
}

LF_FOLDING uint64_t crc64::UpdateByFolding(uint64_t state, std::span<const char> bytes) {
  constexpr size_t kStride = kLanes * kBlockBytes;
  if (bytes.size() < kStride) return UpdateByTable(state, bytes);
  const char* at = bytes.data();
  size_t left = bytes.size();
  __m128i lanes[kLanes];
  for (size_t lane = 0; lane < kLanes; ++lane) lanes[lane] = LoadBlock(at + lane * kBlockBytes);
  lanes[0] = _mm_xor_si128(lanes[0], _mm_set_epi64x(0, static_cast<int64_t>(state)));
  const __m128i over_lanes = Constants(kFoldLanes);
  for (at += kStride, left -= kStride; left >= kStride; at += kStride, left -= kStride) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      lanes[lane] = FoldInto(lanes[lane], over_lanes, LoadBlock(at + lane * kBlockBytes));
    }
  }
  const __m128i over_one = Constants(kFoldOne);
  __m128i all = lanes[0];
  for (size_t lane = 1; lane < kLanes; ++lane) all = FoldInto(all, over_one, lanes[lane]);
  for (; left >= kBlockBytes; at += kBlockBytes, left -= kBlockBytes) all = FoldInto(all, over_one, LoadBlock(at));
  // The block stands for everything before it, the register included: its own remainder is the new register.
  std::array<char, kBlockBytes> block{};
  _mm_storeu_si128(reinterpret_cast<__m128i*>(block.data()), all);
  return UpdateByTable(UpdateByTable(0, block), std::span(at, left));
}

#undef LF_FOLDING

#else

bool crc64::CanFold() { return false; }

uint64_t crc64::UpdateByFolding(uint64_t, std::span<const char>) {
  CheckFailed("CanFold()", "folding is asked for only where the processor has it");
}

#endif

void Crc64::Update(std::span<const char> bytes) {
  state_ = crc64::CanFold() ? crc64::UpdateByFolding(state_, bytes) : crc64::UpdateByTable(state_, bytes);
}

uint64_t Crc64Of(std::string_view bytes) {
  Crc64 crc;
  crc.Update(bytes);
  return crc.value();
}

}  // namespace lakeferry
