#include "delta/deletion_vector.h"

#include <gtest/gtest.h>

#include "delta_matchers.h"

namespace lakeferry::delta {
namespace {

std::string ObjectText(std::string storage_type, std::string text) {
  const auto object = ObjectOf({.storage_type = std::move(storage_type), .path_or_inline_dv = std::move(text)});
  EXPECT_THAT(object, Succeeded());
  return object && *object ? (*object)->text() : "";
}

TEST(DeletionVector, DecodesTheNameOfARelativeFile) {
  EXPECT_EQ(ObjectText("u", "vBn[lx{q8@P<9BNH/isA"), "deletion_vector_61d16c75-6994-46b7-a15b-8b538852e50e.bin");
}

TEST(DeletionVector, TakesThePrefixAsAFolder) {
  EXPECT_EQ(ObjectText("u", "ab^-aqEH.-t@S}K{vb[*k^"), "ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin");
}

TEST(DeletionVector, TellsThePrefixByLengthWhateverItHolds) {
  EXPECT_EQ(ObjectText("u", "%4 é^-aqEH.-t@S}K{vb[*k^"),
            "%4 é/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin");
}

TEST(DeletionVector, InlineVectorsHaveNoObject) {
  const auto object =
      ObjectOf({.storage_type = "i", .path_or_inline_dv = "wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L"});
  ASSERT_THAT(object, Succeeded());
  EXPECT_FALSE(object->has_value());
}

TEST(DeletionVector, RefusesPlacesOutsideTheTable) {
  EXPECT_THAT(ObjectOf({.storage_type = "p", .path_or_inline_dv = "s3://other/dv.bin"}),
              FailedWith(ErrorCode::kUnsupportedTable, "s3://other/dv.bin"));
  EXPECT_THAT(ObjectOf({.storage_type = "r", .path_or_inline_dv = "dv.bin"}),
              FailedWith(ErrorCode::kUnsupportedTable, "'r'"));
  EXPECT_THAT(ObjectOf({.storage_type = "", .path_or_inline_dv = "dv.bin"}),
              FailedWith(ErrorCode::kUnsupportedTable, "unknown storage type"));
}

TEST(DeletionVector, RefusesTextThatIsNoUuid) {
  const auto corrupt = [](std::string text) {
    return ObjectOf({.storage_type = "u", .path_or_inline_dv = std::move(text)});
  };
  EXPECT_THAT(corrupt(""), FailedWith(ErrorCode::kCorruptLog, "shorter"));
  EXPECT_THAT(corrupt("vBn[lx{q8@P<9BNH/is"), FailedWith(ErrorCode::kCorruptLog, "shorter"));
  EXPECT_THAT(corrupt("vBn[lx{q8@P<9BNH/i A"), FailedWith(ErrorCode::kCorruptLog, "z85"));
  EXPECT_THAT(corrupt("#####x{q8@P<9BNH/isA"), FailedWith(ErrorCode::kCorruptLog, "z85"));  // above 32 bits
}

TEST(DeletionVector, RefusesPrefixesThatLeaveTheTable) {
  EXPECT_THAT(ObjectOf({.storage_type = "u", .path_or_inline_dv = "../..vBn[lx{q8@P<9BNH/isA"}),
              FailedWith(ErrorCode::kCorruptLog, "'.' or '..'"));
  EXPECT_THAT(ObjectOf({.storage_type = "u", .path_or_inline_dv = "/etcvBn[lx{q8@P<9BNH/isA"}),
              FailedWith(ErrorCode::kCorruptLog, "empty segment"));
}

TEST(DeletionVector, UniqueIdTellsAnAbsentOffsetFromZero) {
  DeletionVector dv{.storage_type = "u", .path_or_inline_dv = "ab^-aqEH.-t@S}K{vb[*k^"};
  EXPECT_EQ(UniqueId(dv), "uab^-aqEH.-t@S}K{vb[*k^");
  dv.offset = 0;
  EXPECT_EQ(UniqueId(dv), "uab^-aqEH.-t@S}K{vb[*k^@0");
  dv.offset = 4;
  EXPECT_EQ(UniqueId(dv), "uab^-aqEH.-t@S}K{vb[*k^@4");
}

}  // namespace
}  // namespace lakeferry::delta
