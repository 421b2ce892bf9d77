#include "parquet/level_runs.h"

#include <parquet/column_page.h>
#include <parquet/types.h>

#include <algorithm>
#include <bit>
#include <cstddef>

namespace lakeferry::parquet {
namespace {

using Bytes = std::span<const uint8_t>;

// So many values share the bytes of packed bits.
constexpr int64_t kPackedTogether = 8;

class Runs {
 public:
  Runs(Bytes bytes, int level_max) : left_(bytes), width_(std::bit_width(static_cast<unsigned>(level_max))) {}

  // How many levels the next run has, if all are below `level`; 0 otherwise, and at the end.
  int64_t NextBelow(int64_t count, int level) {
    uint64_t header = 0;
    if (!Varint(header)) return 0;
    const auto length = static_cast<int64_t>(header >> 1);
    return (header & 1) == 0 ? RepeatedBelow(length, level) : PackedBelow(length, count, level);
  }

 private:
  bool Varint(uint64_t& value) {
    for (int shift = 0; shift < 35 && !left_.empty(); shift += 7) {  // 32 bits are what the format allows
      const uint8_t byte = Take(1).front();
      value |= uint64_t{byte & 0x7FU} << shift;
      if ((byte & 0x80U) == 0) return true;
    }
    return false;
  }

  int64_t RepeatedBelow(int64_t length, int level) {
    const auto bytes = static_cast<size_t>((width_ + 7) / 8);
    if (left_.size() < bytes) return 0;
    int value = 0;
    int shift = 0;
    for (const uint8_t byte : Take(bytes)) {
      value |= byte << shift;
      shift += 8;
    }
    return value < level ? length : 0;
  }

  int64_t PackedBelow(int64_t groups, int64_t count, int level) {
    const int64_t values = std::min(groups * kPackedTogether, count);  // the last ones may be there to fill a byte
    const int64_t bits = values * width_;
    if (std::cmp_less(left_.size(), (bits + 7) / 8)) return 0;
    for (int64_t at = 0; at < bits; at += width_) {
      if (ValueAt(at) >= level) return 0;
    }
    left_ = left_.subspan(std::min(left_.size(), static_cast<size_t>(groups) * static_cast<size_t>(width_)));
    return values;
  }

  [[nodiscard]] int ValueAt(int64_t bit) const {
    int value = 0;
    for (int i = 0; i < width_; ++i, ++bit) {
      const unsigned byte = left_[static_cast<size_t>(bit / 8)];
      value |= static_cast<int>((byte >> (bit % 8)) & 1U) << i;
    }
    return value;
  }

  Bytes Take(size_t count) {
    const Bytes taken = left_.first(count);
    left_ = left_.subspan(count);
    return taken;
  }

  Bytes left_;
  int width_;
};

// Four bytes that tell the length of what follows them, and that; takes both off `bytes`. Empty where they are not
// there.
Bytes TakeCounted(Bytes& bytes) {
  if (bytes.size() < 4) return bytes = {};
  const size_t length = size_t{bytes[0]} | size_t{bytes[1]} << 8 | size_t{bytes[2]} << 16 | size_t{bytes[3]} << 24;
  if (bytes.size() - 4 < length) return bytes = {};
  const Bytes counted = bytes.subspan(4, length);
  bytes = bytes.subspan(4 + length);
  return counted;
}

Bytes DefinitionLevels(const ::parquet::DataPageV1& page, LevelBounds bounds) {
  const auto runs = ::parquet::Encoding::RLE;
  if (page.definition_level_encoding() != runs || page.size() < 0) return {};
  Bytes bytes(page.data(), static_cast<size_t>(page.size()));
  if (bounds.repetition_max > 0) {
    if (page.repetition_level_encoding() != runs) return {};
    TakeCounted(bytes);
  }
  return TakeCounted(bytes);
}

Bytes DefinitionLevels(const ::parquet::DataPageV2& page) {
  const int64_t before = page.repetition_levels_byte_length();
  const int64_t length = page.definition_levels_byte_length();
  if (before < 0 || length < 0 || before + length > page.size()) return {};
  return Bytes(page.data(), static_cast<size_t>(page.size()))
      .subspan(static_cast<size_t>(before), static_cast<size_t>(length));
}

}  // namespace

bool AllBelow(Bytes bytes, int level_max, int64_t count, int level) {
  Runs runs(bytes, level_max);
  while (count > 0) {
    const int64_t values = runs.NextBelow(count, level);
    if (values <= 0) return false;
    count -= values;
  }
  return true;
}

int64_t ValuesBelow(const ::parquet::Page& page, LevelBounds bounds, int level) {
  Bytes levels;
  switch (page.type()) {
    case ::parquet::PageType::DICTIONARY_PAGE: return 0;
    case ::parquet::PageType::DATA_PAGE:
      levels = DefinitionLevels(static_cast<const ::parquet::DataPageV1&>(page), bounds);
      break;
    case ::parquet::PageType::DATA_PAGE_V2:
      levels = DefinitionLevels(static_cast<const ::parquet::DataPageV2&>(page));
      break;
    default: return -1;
  }
  const int64_t count = static_cast<const ::parquet::DataPage&>(page).num_values();
  if (count < 0 || !AllBelow(levels, bounds.definition_max, count, level)) return -1;
  return count;
}

}  // namespace lakeferry::parquet
