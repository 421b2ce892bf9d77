#include "bench/store/tiles.h"

#include <algorithm>
#include <bit>
#include <cstddef>

#include "base/crc64.h"

namespace lakeferry::bench {
namespace {

constexpr int64_t kStampBytes = 8;

uint64_t Mixed(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

// What follows a stamp.
std::span<const char> Filler() {
  static const std::vector<char> filler = [] {
    std::vector<char> bytes(static_cast<size_t>(Tiles::kTileBytes - kStampBytes));
    for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(Mixed(i / 8) >> (i % 8 * 8));
    return bytes;
  }();
  return filler;
}

}  // namespace

Tiles::Tiles(std::string_view key) : seed_(Crc64Of(key)) {}

std::array<char, 8> Tiles::Stamp(int64_t tile) const {
  return std::bit_cast<std::array<char, 8>>(Mixed(seed_ + static_cast<uint64_t>(tile)));
}

void Tiles::AppendTo(Spans& spans, int64_t first, int64_t size) const {
  while (size > 0) {
    const int64_t within = first % kTileBytes;
    const bool of_stamp = within < kStampBytes;
    const int64_t count = std::min((of_stamp ? kStampBytes : kTileBytes) - within, size);
    std::span<const char> from = Filler();
    if (of_stamp) from = spans.stamps.emplace_back(Stamp(first / kTileBytes));
    spans.list.push_back(
        from.subspan(static_cast<size_t>(of_stamp ? within : within - kStampBytes), static_cast<size_t>(count)));
    first += count;
    size -= count;
  }
}

uint64_t Tiles::Crc64OfFirst(int64_t size) const {
  static const uint64_t of_filler = Crc64Of({Filler().data(), Filler().size()});
  uint64_t crc64 = Crc64().value();
  int64_t tile = 0;
  for (; (tile + 1) * kTileBytes <= size; ++tile) {
    const std::array<char, 8> stamp = Stamp(tile);
    const uint64_t whole =
        Crc64OfBoth(Crc64Of({stamp.data(), stamp.size()}), of_filler, static_cast<uint64_t>(kTileBytes - kStampBytes));
    crc64 = Crc64OfBoth(crc64, whole, static_cast<uint64_t>(kTileBytes));
  }
  const int64_t rest = size - tile * kTileBytes;
  Spans spans;
  AppendTo(spans, tile * kTileBytes, rest);
  Crc64 last;
  for (const std::span<const char> one : spans.list) last.Update(one);
  return Crc64OfBoth(crc64, last.value(), static_cast<uint64_t>(rest));
}

}  // namespace lakeferry::bench
