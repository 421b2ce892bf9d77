#include "bench/store/content.h"

#include <algorithm>
#include <cstddef>

#include "base/crc64.h"

namespace lakeferry::bench {

void Content::Add(Piece piece) {
  if (piece.size == 0) return;
  size_ += piece.size;
  pieces_.push_back(std::move(piece));
}

Content Content::InMemory(std::shared_ptr<const char[]> bytes, int64_t size) {
  Content content;
  content.Add({.memory = std::move(bytes), .tiles = {}, .first = 0, .size = size});
  return content;
}

Content Content::Sparse(Tiles tiles, int64_t size) {
  Content content;
  content.Add({.memory = nullptr, .tiles = tiles, .first = 0, .size = size});
  return content;
}

Content Content::Dropped(int64_t size) {
  Content content;
  content.Add({.memory = nullptr, .tiles = {}, .first = 0, .size = size});
  return content;
}

bool Content::readable() const {
  return std::ranges::all_of(pieces_, [](const Piece& piece) { return piece.memory || piece.tiles; });
}

void Content::Append(const Content& other) {
  for (const Piece& piece : other.pieces_) Add(piece);
}

Content Content::Slice(int64_t first, int64_t size) const {
  Content slice;
  for (Piece piece : pieces_) {
    const int64_t skipped = std::min(first, piece.size);
    first -= skipped;
    piece.first += skipped;
    piece.size = std::min(piece.size - skipped, size);
    size -= piece.size;
    slice.Add(std::move(piece));
  }
  return slice;
}

void Content::AppendTo(Spans& spans) const {
  for (const Piece& piece : pieces_) {
    if (piece.memory) {
      spans.list.emplace_back(piece.memory.get() + piece.first, static_cast<size_t>(piece.size));
    } else if (piece.tiles) {
      piece.tiles->AppendTo(spans, piece.first, piece.size);
    }
  }
}

uint64_t Content::Crc64() const {
  lakeferry::Crc64 crc64;
  Spans spans;
  AppendTo(spans);
  for (const std::span<const char> one : spans.list) crc64.Update(one);
  return crc64.value();
}

}  // namespace lakeferry::bench
