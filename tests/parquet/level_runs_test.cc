#include "parquet/level_runs.h"

#include <arrow/buffer.h>
#include <parquet/column_page.h>
#include <parquet/column_writer.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace lakeferry::parquet {
namespace {

using ::parquet::DataPageV1;
using ::parquet::DataPageV2;
using ::parquet::Encoding;

using Bytes = std::vector<uint8_t>;

// By Parquet's own encoder.
Bytes Encoded(const std::vector<int16_t>& levels, int16_t level_max) {
  const int count = static_cast<int>(levels.size());
  Bytes bytes(static_cast<size_t>(::parquet::LevelEncoder::MaxBufferSize(Encoding::RLE, level_max, count)));
  ::parquet::LevelEncoder encoder;
  encoder.Init(Encoding::RLE, level_max, count, bytes.data(), static_cast<int>(bytes.size()));
  EXPECT_EQ(encoder.Encode(count, levels.data()), count);
  bytes.resize(static_cast<size_t>(encoder.len()));
  return bytes;
}

// Runs of random length, now and then of levels that differ.
std::vector<int16_t> RandomLevels(std::mt19937& random, int16_t level_max) {
  std::vector<int16_t> levels;
  const auto any = [&](int most) { return static_cast<int16_t>(random() % static_cast<unsigned>(most + 1)); };
  while (levels.size() < 1 + random() % 200) {
    if (random() % 2 == 0) {
      levels.insert(levels.end(), 1 + random() % 60, any(level_max));
    } else {
      for (int i = any(30); i >= 0; --i) levels.push_back(any(level_max));
    }
  }
  return levels;
}

TEST(LevelRuns, AgreeWithParquetsEncoder) {
  std::mt19937 random(20261122);
  int below = 0;
  for (int round = 0; round < 5000; ++round) {
    const auto level_max = static_cast<int16_t>(1 + random() % 9);
    auto levels = RandomLevels(random, level_max);
    const auto cap = static_cast<int16_t>(random() % static_cast<unsigned>(level_max + 1));
    if (random() % 2 == 0) std::ranges::transform(levels, levels.begin(), [&](auto l) { return std::min(l, cap); });
    const Bytes bytes = Encoded(levels, level_max);
    const auto count = std::ssize(levels);
    for (int level = 1; level <= level_max; ++level) {
      const bool expected = std::ranges::max(levels) < level;
      ASSERT_EQ(AllBelow(bytes, level_max, count, level), expected) << round << ' ' << level;
      below += expected ? 1 : 0;
    }
  }
  EXPECT_GT(below, 1000);
}

TEST(LevelRuns, FewerLevelsThanCountedAreNotBelow) {
  const Bytes run = {57 << 1, 0};
  EXPECT_TRUE(AllBelow(run, 1, 57, 1));
  EXPECT_TRUE(AllBelow(run, 1, 3, 1));
  EXPECT_FALSE(AllBelow(run, 1, 58, 1));
  const Bytes packed = {1 << 1 | 1, 0b00000010};
  EXPECT_TRUE(AllBelow(packed, 1, 1, 1)) << "the second is there to fill the byte";
  EXPECT_FALSE(AllBelow(packed, 1, 2, 1));
  EXPECT_FALSE(AllBelow(packed, 1, 9, 2));
}

TEST(LevelRuns, WhatIsNotWellFormedIsNotBelow) {
  EXPECT_FALSE(AllBelow({}, 1, 1, 1));
  EXPECT_FALSE(AllBelow(Bytes{0x80}, 1, 1, 1)) << "a length that does not end";
  EXPECT_FALSE(AllBelow(Bytes{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0}, 1, 1, 1));
  EXPECT_FALSE(AllBelow(Bytes{0, 0}, 1, 1, 1)) << "a run of no levels";
  EXPECT_FALSE(AllBelow(Bytes{1, 0}, 1, 1, 1)) << "no packed bits";
  EXPECT_FALSE(AllBelow(Bytes{2}, 1, 1, 1)) << "a run without its level";
  EXPECT_FALSE(AllBelow(Bytes{0xff, 0xff, 0xff, 0xff, 0x0f, 0}, 7, 1'000, 1)) << "more packed bits than bytes";
  EXPECT_TRUE(AllBelow({}, 1, 0, 1));
}

// Four bytes of length before the levels, as in pages of the first version.
std::string Counted(const std::string& bytes) { return std::string{static_cast<char>(bytes.size()), 0, 0, 0} + bytes; }

int64_t ValuesOfFirst(const std::string& text, LevelBounds bounds, Encoding::type encoding = Encoding::RLE) {
  const DataPageV1 page(arrow::Buffer::FromString(text), 5, Encoding::PLAIN, encoding, encoding, std::ssize(text));
  return ValuesBelow(page, bounds, 1);
}

int64_t ValuesOfSecond(const std::string& text, int definition_bytes, int repetition_bytes) {
  const DataPageV2 page(arrow::Buffer::FromString(text), 5, 5, 5, Encoding::PLAIN, definition_bytes, repetition_bytes,
                        std::ssize(text));
  return ValuesBelow(page, {.definition_max = 2, .repetition_max = 1}, 1);
}

const std::string kNone("\x0a\x00", 2);
const std::string kSome("\x0a\x01", 2);

TEST(LevelRuns, PagesOfTheFirstVersion) {
  const LevelBounds flat{.definition_max = 2, .repetition_max = 0};
  const LevelBounds repeated{.definition_max = 2, .repetition_max = 1};
  EXPECT_EQ(ValuesOfFirst(Counted(kNone), flat), 5);
  EXPECT_EQ(ValuesOfFirst(Counted(kNone) + "values", flat), 5);
  EXPECT_EQ(ValuesOfFirst(Counted(kSome), flat), -1);
  EXPECT_EQ(ValuesOfFirst(Counted(kSome) + Counted(kNone), repeated), 5);
  EXPECT_EQ(ValuesOfFirst(Counted(kNone) + Counted(kSome), repeated), -1);
  EXPECT_EQ(ValuesOfFirst(Counted(kNone), repeated), -1) << "no definition levels";
  EXPECT_EQ(ValuesOfFirst(Counted(kNone), flat, Encoding::BIT_PACKED), -1);
  EXPECT_EQ(ValuesOfFirst(Counted(kNone).substr(0, 5), flat), -1) << "shorter than it says";
  EXPECT_EQ(ValuesOfFirst("\x02", flat), -1);
}

TEST(LevelRuns, PagesOfTheSecondVersion) {
  EXPECT_EQ(ValuesOfSecond(kSome + kNone, 2, 2), 5);
  EXPECT_EQ(ValuesOfSecond(kNone + kSome, 2, 2), -1);
  EXPECT_EQ(ValuesOfSecond(kNone, 2, 0), 5);
  EXPECT_EQ(ValuesOfSecond(kNone, 2, 2), -1) << "longer than the page";
  EXPECT_EQ(ValuesOfSecond(kNone, -1, 2), -1);
  EXPECT_EQ(ValuesOfSecond(kNone, 2, -2), -1);
}

TEST(LevelRuns, DictionaryHasNoValues) {
  const ::parquet::DictionaryPage page(arrow::Buffer::FromString("x"), 1, Encoding::PLAIN);
  EXPECT_EQ(ValuesBelow(page, {.definition_max = 1, .repetition_max = 0}, 1), 0);
}

}  // namespace
}  // namespace lakeferry::parquet
