#include "base/crc64.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/support/slow_build.h"

namespace lakeferry {
namespace {

std::string RandomBytes(std::mt19937_64& random, size_t size) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

TEST(Crc64, HasThePublishedCheckValue) { EXPECT_EQ(Crc64Of("123456789"), 0xae8b14860a799888U); }

TEST(Crc64, HasThePublishedValuesOfTheNvmeSpecification) {
  EXPECT_EQ(Crc64Of(std::string(4096, '\0')), 0x6482d367eb22b64eU);
  EXPECT_EQ(Crc64Of(std::string(4096, '\xff')), 0xc0ddba7302eca3acU);
}

TEST(Crc64, OfNothingIsZero) { EXPECT_EQ(Crc64Of(""), 0U); }

TEST(Crc64, TableHasThePublishedCheckValue) {
  const std::string_view text = "123456789";
  EXPECT_EQ(~crc64::UpdateByTable(~uint64_t{0}, text), 0xae8b14860a799888U);
}

TEST(Crc64, FoldingEqualsTheTableForEveryLengthAndAlignment) {
  if (!crc64::CanFold()) return;  // then Update takes the table, which the other tests try
  std::mt19937_64 random(1);
  const std::string bytes = RandomBytes(random, 2'048);
  for (size_t length = 0; length <= 700; ++length) {
    const size_t offset = random() % 64;
    const uint64_t state = random();
    const std::span part(bytes.data() + offset, length);
    ASSERT_EQ(crc64::UpdateByFolding(state, part), crc64::UpdateByTable(state, part)) << length << " at " << offset;
  }
}

TEST(Crc64, FoldingEqualsTheTableForLongRandomInput) {
  if (!crc64::CanFold()) return;  // then Update takes the table, which the other tests try
  std::mt19937_64 random(2);
  const std::string bytes = RandomBytes(random, 1 << 20);
  for (int round = 0; round < (kSlowBuild ? 20 : 200); ++round) {
    const size_t offset = random() % 1'000;
    const size_t length = random() % (bytes.size() - offset);
    const uint64_t state = random();
    const std::span part(bytes.data() + offset, length);
    ASSERT_EQ(crc64::UpdateByFolding(state, part), crc64::UpdateByTable(state, part)) << length << " at " << offset;
  }
}

TEST(Crc64, PiecesGiveTheSameAsTheWhole) {
  std::mt19937_64 random(3);
  const std::string bytes = RandomBytes(random, 100'000);
  Crc64 crc;
  for (size_t at = 0; at < bytes.size();) {
    const size_t piece = std::min(bytes.size() - at, static_cast<size_t>(random() % 999));
    crc.Update(std::span(bytes.data() + at, piece));
    at += piece;
  }
  EXPECT_EQ(crc.value(), Crc64Of(bytes));
}

TEST(Crc64, EveryFlippedBitChangesIt) {
  std::string bytes(300, 'a');
  const uint64_t before = Crc64Of(bytes);
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_NE(Crc64Of(bytes), before) << bit;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  }
}

TEST(Crc64Test, ThatOfBothComesOfThatOfEach) {
  std::string text;
  for (size_t i = 0; i < 100'000; ++i) text.push_back(static_cast<char>(i * i % 251));
  for (const size_t cut : {size_t{0}, size_t{1}, size_t{7}, size_t{65'536}, text.size() - 1, text.size()}) {
    const std::string_view first = std::string_view(text).substr(0, cut);
    const std::string_view second = std::string_view(text).substr(cut);
    EXPECT_EQ(Crc64OfBoth(Crc64Of(first), Crc64Of(second), second.size()), Crc64Of(text)) << cut;
  }
}

}  // namespace
}  // namespace lakeferry
