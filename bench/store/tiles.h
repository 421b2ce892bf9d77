// Tiles: content of an object of any size that lies nowhere. Each MiB of it begins with a stamp, made of the object's
// key and the number of the MiB, and goes on with bytes that all share: no part of it is like another of the same or of
// another object, and making it costs next to nothing. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <vector>

namespace lakeferry::bench {

// Bytes to send, and what keeps the made ones of them.
struct Spans {
  std::vector<std::span<const char>> list;
  std::deque<std::array<char, 8>> stamps;
};

class Tiles {
 public:
  static constexpr int64_t kTileBytes = int64_t{1} << 20;

  explicit Tiles(std::string_view key);

  // Bytes `first` to `first + size` of the object.
  void AppendTo(Spans& spans, int64_t first, int64_t size) const;
  // CRC-64 of its first `size` bytes.
  [[nodiscard]] uint64_t Crc64OfFirst(int64_t size) const;

 private:
  [[nodiscard]] std::array<char, 8> Stamp(int64_t tile) const;

  uint64_t seed_;
};

}  // namespace lakeferry::bench
