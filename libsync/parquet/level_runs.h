// The definition levels of a page of a Parquet column, judged run by run: a page whose every value is missing says so
// in a few bytes, however many values that are. Pure.
#pragma once

#include <cstdint>
#include <span>

namespace parquet {
class Page;
}  // namespace parquet

namespace lakeferry::parquet {

// What a column's schema says of its levels.
struct LevelBounds {
  int16_t definition_max = 0;
  int16_t repetition_max = 0;
};

// How many values a data page has, if the definition level of each is below `level`; -1 if one is not, or if the page
// is of an unknown kind or not well formed. 0 for a dictionary.
[[nodiscard]] int64_t ValuesBelow(const ::parquet::Page& page, LevelBounds bounds, int level);

// Whether `count` levels of at most `level_max`, encoded as runs and packed bits (Parquet format: "Run Length Encoding
// / Bit-Packing Hybrid"), are all below `level`. False where `bytes` hold fewer.
[[nodiscard]] bool AllBelow(std::span<const uint8_t> bytes, int level_max, int64_t count, int level);

}  // namespace lakeferry::parquet
