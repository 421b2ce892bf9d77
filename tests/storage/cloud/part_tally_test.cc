#include "storage/cloud/part_tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

#include "base/crc64.h"
#include "tests/support/buffer_of.h"

namespace lakeferry {
namespace {

using ::testing::HasSubstr;

PartTally Of(std::string_view first, std::string_view second) {
  PartTally tally;
  tally.Add(1, second.size(), Crc64Of(second));
  tally.Add(0, first.size(), Crc64Of(first));
  return tally;
}

TEST(PartTally, ChecksumOfAPartIsWhatItCameWithOrTaken) {
  Buffer part = BufferOf("hello ");
  EXPECT_EQ(Crc64OfPart(part), Crc64Of("hello "));
  part.set_crc64(7);
  EXPECT_EQ(Crc64OfPart(part), 7);
}

TEST(PartTally, ComesToTheWholeInWhateverOrderPartsCome) {
  const PartTally tally = Of("hello ", "world");
  EXPECT_EQ(tally.WholeCrc64(), Crc64Of("hello world"));
  EXPECT_TRUE(tally.Check(11, {}, "w").has_value());
  EXPECT_TRUE(tally.Check(11, {.crc64 = Crc64Of("hello world")}, "w").has_value());
}

TEST(PartTally, AnotherLengthOrChecksumIsNamed) {
  const PartTally tally = Of("hello ", "world");
  const Status shorter = tally.Check(10, {}, "w");
  ASSERT_FALSE(shorter.has_value());
  EXPECT_EQ(shorter.error().code, ErrorCode::kCorruptData);
  EXPECT_THAT(shorter.error().message, HasSubstr("11 bytes were written where 10"));
  const Status other = tally.Check(11, {.crc64 = Crc64Of("hello_world")}, "w");
  ASSERT_FALSE(other.has_value());
  EXPECT_THAT(other.error().message, HasSubstr("the CRC-64 of what was written"));
}

TEST(PartTally, OfNothingIsTheEmptyObject) {
  const PartTally tally;
  EXPECT_TRUE(tally.empty());
  EXPECT_EQ(tally.WholeCrc64(), Crc64Of(""));
  EXPECT_TRUE(tally.Check(0, {}, "w").has_value());
}

}  // namespace
}  // namespace lakeferry
