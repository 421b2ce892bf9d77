// What is no path of a file, at every entrance that paths of a log come in by.
#include <gtest/gtest.h>

#include <string>

#include "delta/file_path.h"
#include "delta/import_roots.h"
#include "delta_matchers.h"

namespace lakeferry::delta {
namespace {

constexpr std::string_view kLake = "s3://lake/sales";

TEST(PathGuards, BrokenEscapeIsNoObject) {
  for (const char* path : {"a%", "a%4", "a%4g", "a%g4", "s3://lake/sales/a%", "s3://lake/sales/a%zz"}) {
    EXPECT_THAT(ResolveInTable(path, kLake), FailedWith(ErrorCode::kInvalidArgument, "broken percent escape")) << path;
  }
}

TEST(PathGuards, EmptyPathIsSaidToBe) {
  EXPECT_THAT(ResolveInTable("", kLake), FailedWith(ErrorCode::kInvalidArgument, "is empty"));
  EXPECT_THAT(NormalisePath(""), FailedWith(ErrorCode::kInvalidArgument, "is empty"));
}

TEST(PathGuards, ControlCharactersNameNothing) {
  for (const char* path : {"a\nb", "a\x7f", "s3://lake/sales/a\tb"}) {
    EXPECT_THAT(ResolveInTable(path, kLake), FailedWith(ErrorCode::kInvalidArgument, "control character"));
    EXPECT_THAT(NormalisePath(path), FailedWith(ErrorCode::kInvalidArgument, "control character"));
    EXPECT_THAT(PlaceOf(path), FailedWith(ErrorCode::kInvalidArgument, "control character"));
  }
}

TEST(PathGuards, NameThatNoStoreTakesIsSaidToBeThat) {
  EXPECT_THAT(ResolveInTable(std::string(5'000, 'a'), kLake),
              FailedWith(ErrorCode::kInvalidArgument, "cannot name an object"));
}

TEST(PathGuards, PathFromTheRootMayLookLikeASchemeInside) {
  EXPECT_EQ(NormalisePath("/c:/e"), "file:///c:/e");
  EXPECT_THAT(NormalisePath("./c:/e"), FailedWith(ErrorCode::kInvalidArgument, "reads as an absolute one"));
}

TEST(PathGuards, ImportsHavePathsOfBoundedLength) {
  const ImportRoots roots({"s3://lake"});
  EXPECT_THAT(roots.Find("s3://lake/" + std::string(100'000, '/') + "a"),
              FailedWith(ErrorCode::kInvalidArgument, "is longer than"));
}

}  // namespace
}  // namespace lakeferry::delta
