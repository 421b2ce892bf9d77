#include "base/error.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "base/ids.h"
#include "base/result.h"

namespace lakeferry {
namespace {

constexpr std::array kCodes{ErrorCode::kNotFound,        ErrorCode::kUnavailable, ErrorCode::kThrottled,
                            ErrorCode::kUnauthorized,    ErrorCode::kOutOfSpace,  ErrorCode::kOutcomeUnknown,
                            ErrorCode::kCorruptData,     ErrorCode::kCorruptLog,  ErrorCode::kUnsupportedTable,
                            ErrorCode::kSourceMovedOn,   ErrorCode::kDiverged,    ErrorCode::kRefused,
                            ErrorCode::kInvalidArgument, ErrorCode::kCancelled,   ErrorCode::kInternal};

TEST(ErrorCode, EveryCodeHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const ErrorCode code : kCodes) names.insert(ErrorCodeName(code));
  EXPECT_EQ(names.size(), kCodes.size());
}

TEST(ErrorCode, OnlyWhatMayPassByItselfIsTransient) {
  EXPECT_TRUE(IsTransient(ErrorCode::kUnavailable));
  EXPECT_TRUE(IsTransient(ErrorCode::kThrottled));
  EXPECT_FALSE(IsTransient(ErrorCode::kUnauthorized));
  EXPECT_FALSE(IsTransient(ErrorCode::kCorruptLog));
  EXPECT_FALSE(IsTransient(ErrorCode::kRefused));
}

TEST(Error, ToStringLeavesOutWhatIsEmpty) {
  EXPECT_EQ(ToString(Error{.message = "it broke"}), "it broke");
  EXPECT_EQ(ToString(Error{.message = "it broke", .where = "a/b", .remedy = "mend it"}), "it broke (a/b): mend it");
}

TEST(FailAt, KeepsAPlaceThatIsKnown) {
  EXPECT_EQ(FailAt(Error{.where = "near"}, "far").error().where.text(), "near");
  EXPECT_EQ(FailAt(Error{}, "far").error().where.text(), "far");
}

Result<int> Half(int number) {
  if (number % 2 != 0) return Fail(ErrorCode::kInvalidArgument, "odd");
  return number / 2;
}

Result<int> Quarter(int number) {
  LF_TRY(const int half, Half(number));
  LF_TRY_OK(Half(half));
  return Half(half);
}

TEST(LfTry, PassesTheValueOnAndTheFirstErrorUp) {
  EXPECT_EQ(Quarter(12).value(), 3);
  EXPECT_EQ(Quarter(3).error().message, "odd");
  EXPECT_EQ(Quarter(6).error().message, "odd");
}

TEST(StrongNumber, CountsAndCompares) {
  EXPECT_EQ(Version(4).Next(), Version(5));
  EXPECT_EQ(Version(4).Previous(), Version(3));
  EXPECT_LT(Epoch(9), Epoch(10));
  EXPECT_EQ(ToString(Generation(12)), "12");
  EXPECT_EQ(Epoch(), Epoch(0));
}

}  // namespace
}  // namespace lakeferry
