#include "parquet/footer_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>

#include "parquet/arrow_status.h"

namespace lakeferry::parquet {
namespace {

constexpr std::string_view kMagic = "PAR1";
constexpr size_t kTailBytes = 8;  // the footer's length and the magic
constexpr int kDepthMax = 16;     // of Parquet's own structures: 6

// What an element of a list takes in memory, about.
constexpr int64_t kColumnChunkBytes = 1024;
constexpr int64_t kStructBytes = 256;
constexpr int64_t kTextBytes = 32;
constexpr int64_t kNumberBytes = 8;

// Types of Thrift's compact protocol.
enum : uint8_t { kTrue = 1, kFalse, kByte, kI16, kI32, kI64, kDouble, kBinary, kList, kSet, kMap, kStruct, kUuid };

// Walks over one structure of the compact protocol and adds up what it would take. False: it ends early, is nested too
// deeply or takes too much.
class FooterWalk {
 public:
  FooterWalk(std::string_view bytes, int64_t memory_left) : bytes_(bytes), memory_left_(memory_left) {}

  bool Structure(int depth, bool row_group) {
    if (depth > kDepthMax) return false;
    for (uint64_t field = 0;;) {
      const auto head = Byte();
      if (!head) return false;
      if (*head == 0) return true;
      const unsigned step = *head >> 4U;
      if (step == 0) {
        const auto id = Number();
        if (!id) return false;
        field = *id >> 1U;
      } else {
        field += step;
      }
      if (!Value(*head & 0xfU, depth, Place{.field = field, .row_group = row_group})) return false;
    }
  }

  [[nodiscard]] bool too_large() const { return memory_left_ < 0; }

 private:
  // Where a value stands: the lists of RowGroup.columns, and of FileMetaData.row_groups, are told by their numbers.
  struct Place {
    uint64_t field = 0;
    bool row_group = false;
  };

  bool Value(unsigned type, int depth, Place place) {
    switch (type) {
      case kTrue:
      case kFalse: return true;
      case kByte: return Skip(1);
      case kI16:
      case kI32:
      case kI64: return Number().has_value();
      case kDouble: return Skip(8);
      case kUuid: return Skip(16);
      case kBinary: {
        const auto length = Number();
        return length && Skip(*length);
      }
      case kList:
      case kSet: return List(depth, place);
      case kMap: return Map(depth);
      case kStruct: return Structure(depth + 1, false);
      default: return false;
    }
  }

  bool List(int depth, Place place) {
    const auto head = Byte();
    if (!head) return false;
    const unsigned type = *head & 0xfU;
    uint64_t count = *head >> 4U;
    if (count == 15) {
      const auto number = Number();
      if (!number) return false;
      count = *number;
    }
    const bool column_chunks = place.row_group && place.field == 1;
    if (!Take(count, type == kStruct ? (column_chunks ? kColumnChunkBytes : kStructBytes)
                                     : (type == kBinary ? kTextBytes : kNumberBytes))) {
      return false;
    }
    const bool row_groups = depth == 0 && place.field == 4;
    for (; count > 0; --count) {
      const bool whole = type == kStruct                   ? Structure(depth + 1, row_groups)
                         : type == kTrue || type == kFalse ? Skip(1)
                                                           : Value(type, depth + 1, Place{});
      if (!whole) return false;
    }
    return true;
  }

  bool Map(int depth) {
    const auto count = Number();
    if (!count) return false;
    if (*count == 0) return true;
    const auto types = Byte();
    if (!types || !Take(*count, kStructBytes)) return false;
    for (uint64_t i = 0; i < *count; ++i) {
      if (!Value(*types >> 4U, depth + 1, Place{}) || !Value(*types & 0xfU, depth + 1, Place{})) return false;
    }
    return depth < kDepthMax;
  }

  // Each element takes a byte of the footer at least; and so much memory.
  bool Take(uint64_t count, int64_t bytes_each) {
    if (count > bytes_.size() - at_) return false;
    memory_left_ -= static_cast<int64_t>(count) * bytes_each;
    return memory_left_ >= 0;
  }

  std::optional<uint8_t> Byte() {
    if (at_ == bytes_.size()) return std::nullopt;
    return static_cast<uint8_t>(bytes_[at_++]);
  }

  std::optional<uint64_t> Number() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = Byte();
      if (!byte) return std::nullopt;
      value |= static_cast<uint64_t>(*byte & 0x7fU) << shift;
      if ((*byte & 0x80U) == 0) return value;
    }
    return std::nullopt;
  }

  bool Skip(uint64_t count) {
    if (count > bytes_.size() - at_) return false;
    at_ += count;
    return true;
  }

  std::string_view bytes_;
  int64_t memory_left_;
  size_t at_ = 0;
};

std::unexpected<Error> TooLarge(int64_t memory_bytes_max, std::string_view where) {
  return CorruptCheckpoint(
      fmt::format("the checkpoint's footer announces more than fits into {} KiB", memory_bytes_max >> 10), where);
}

}  // namespace

Status CheckFooter(const RandomAccess& file, int64_t memory_bytes_max, std::string_view where) {
  std::array<char, kTailBytes> tail_bytes{};
  const int64_t tail_begin = std::max<int64_t>(0, file.size_bytes() - static_cast<int64_t>(kTailBytes));
  LF_TRY(const size_t tail_size, file.ReadAt(tail_begin, tail_bytes));
  const std::string_view tail(tail_bytes.data(), tail_size);
  if (tail.size() < kTailBytes || !tail.ends_with(kMagic)) {
    return CorruptCheckpoint("the checkpoint cannot be read as Parquet: it does not end with a footer", where);
  }
  uint32_t length = 0;
  std::memcpy(&length, tail.data(), sizeof(length));
  if (length > tail_begin) {
    return CorruptCheckpoint("the checkpoint cannot be read as Parquet: its footer is longer than the file", where);
  }
  if (length > memory_bytes_max / 8) return TooLarge(memory_bytes_max, where);
  std::string footer(length, '\0');
  LF_TRY(const size_t footer_size, file.ReadAt(tail_begin - length, footer));
  FooterWalk walk(std::string_view(footer).substr(0, footer_size), memory_bytes_max);
  if (walk.Structure(0, false)) return {};
  if (walk.too_large()) return TooLarge(memory_bytes_max, where);
  return CorruptCheckpoint("the checkpoint cannot be read as Parquet: its footer is damaged", where);
}

}  // namespace lakeferry::parquet
