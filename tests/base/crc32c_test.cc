#include "base/crc32c.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace lakeferry {
namespace {

std::string BytesAtRandom(std::mt19937_64& random, size_t size) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

TEST(Crc32c, HasThePublishedCheckValue) { EXPECT_EQ(Crc32cOf("123456789"), 0xe3069283U); }

// RFC 3720 B.4.
TEST(Crc32c, HasThePublishedValuesOfIscsi) {
  EXPECT_EQ(Crc32cOf(std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(Crc32cOf(std::string(32, '\xff')), 0x62a8ab43U);
  std::string up;
  for (int i = 0; i < 32; ++i) up.push_back(static_cast<char>(i));
  EXPECT_EQ(Crc32cOf(up), 0x46dd794eU);
}

TEST(Crc32c, OfNothingIsZero) { EXPECT_EQ(Crc32cOf(""), 0U); }

TEST(Crc32c, TableHasThePublishedCheckValue) {
  const std::string_view text = "123456789";
  EXPECT_EQ(~crc32c::UpdateByTable(~uint32_t{0}, text), 0xe3069283U);
}

TEST(Crc32c, InstructionEqualsTheTableForEveryLengthAndAlignment) {
  if (!crc32c::HasInstruction()) return;  // then Update takes the table, which the other tests try
  std::mt19937_64 random(1);
  const std::string bytes = BytesAtRandom(random, 20'000);
  for (size_t length = 0; length <= 19'000; length += length < 100 || length % 3'072 > 3'060 ? 1 : 11) {
    const size_t offset = random() % 64;
    const auto state = static_cast<uint32_t>(random());
    const std::span part(bytes.data() + offset, length);
    ASSERT_EQ(crc32c::UpdateByInstruction(state, part), crc32c::UpdateByTable(state, part)) << length;
  }
}

TEST(Crc32c, PiecesGiveTheSameAsTheWhole) {
  std::mt19937_64 random(3);
  const std::string bytes = BytesAtRandom(random, 100'000);
  Crc32c crc;
  for (size_t at = 0; at < bytes.size();) {
    const size_t piece = std::min(bytes.size() - at, static_cast<size_t>(random() % 9'999));
    crc.Update(std::span(bytes.data() + at, piece));
    at += piece;
  }
  EXPECT_EQ(crc.value(), Crc32cOf(bytes));
}

TEST(Crc32c, OfBothIsThatOfOneBehindTheOther) {
  std::mt19937_64 random(4);
  for (const size_t length : {0, 1, 7, 8, 255, 1'024, 5'000, 70'001}) {
    const std::string first = BytesAtRandom(random, random() % 5'000);
    const std::string second = BytesAtRandom(random, length);
    EXPECT_EQ(Crc32cOfBoth(Crc32cOf(first), Crc32cOf(second), length), Crc32cOf(first + second)) << length;
  }
}

}  // namespace
}  // namespace lakeferry
