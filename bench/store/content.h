// Content: the bytes of an object, as pieces that several objects may share. A value.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "bench/store/tiles.h"

namespace lakeferry::bench {

class Content {
 public:
  Content() = default;
  static Content InMemory(std::shared_ptr<const char[]> bytes, int64_t size);
  static Content Sparse(Tiles tiles, int64_t size);
  // What came, was summed and was not kept: it cannot be read.
  static Content Dropped(int64_t size);

  [[nodiscard]] int64_t size() const { return size_; }
  [[nodiscard]] bool readable() const;
  // What follows.
  void Append(const Content& other);
  // `first + size` is within.
  [[nodiscard]] Content Slice(int64_t first, int64_t size) const;
  // Of what is readable; they live as long as this and `spans`.
  void AppendTo(Spans& spans) const;
  [[nodiscard]] uint64_t Crc64() const;

 private:
  struct Piece {
    std::shared_ptr<const char[]> memory;
    std::optional<Tiles> tiles;  // with neither it was dropped
    int64_t first;
    int64_t size;
  };
  void Add(Piece piece);

  std::vector<Piece> pieces_;
  int64_t size_ = 0;
};

}  // namespace lakeferry::bench
