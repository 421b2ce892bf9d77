#include "delta/seen_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "delta_matchers.h"

namespace lakeferry::delta {
namespace {

using Met = SeenFiles::Met;

FileHash Hashed(std::string_view path, const std::optional<DeletionVector>& vector = {}) {
  auto file = HashFile(path, vector, 1);
  EXPECT_THAT(file, Succeeded());
  return file.value_or(FileHash());
}

DeletionVector Vector(std::string id) {
  return {.storage_type = "u", .path_or_inline_dv = std::move(id), .size_in_bytes = 1, .cardinality = 1};
}

TEST(HashFile, IsTheSameForTextsOfOneFile) {
  EXPECT_EQ(Hashed("a/b"), Hashed("a//./b"));
  EXPECT_EQ(Hashed("x%2fy"), Hashed("x%2Fy"));
  EXPECT_FALSE(Hashed("a/b") == Hashed("a/c"));
  EXPECT_THAT(HashFile("../a", {}, 1), FailedWith(ErrorCode::kInvalidArgument, "leaves the root"));
}

TEST(HashFile, TellsDeletionVectorsOfOnePathApart) {
  EXPECT_FALSE(Hashed("a", Vector("1")) == Hashed("a"));
  EXPECT_FALSE(Hashed("a", Vector("1")) == Hashed("a", Vector("2")));
}

TEST(HashFile, DependsOnTheSeed) { EXPECT_FALSE(HashFile("a", {}, 1).value() == HashFile("a", {}, 2).value()); }

TEST(SeenFiles, SaysWhetherAFileCameBeforeOrTwiceInOneSource) {
  SeenFiles seen;
  EXPECT_EQ(seen.Meet(Hashed("a")), Met::kFirst);
  EXPECT_EQ(seen.Meet(Hashed("a")), Met::kTwice);
  seen.NextSource();
  EXPECT_EQ(seen.Meet(Hashed("a")), Met::kBefore);
  EXPECT_EQ(seen.Meet(Hashed("a")), Met::kTwice) << "shadowed, and named twice all the same";
  EXPECT_EQ(seen.Meet(Hashed("b")), Met::kFirst);
}

TEST(SeenFiles, KeepsEachOfManyFilesApart) {
  constexpr int kFiles = 100'000;
  SeenFiles seen;
  for (int i = 0; i < kFiles; ++i) ASSERT_EQ(seen.Meet(Hashed(fmt::format("f{}", i))), Met::kFirst);
  seen.NextSource();
  for (int i = 0; i < kFiles; ++i) {
    ASSERT_EQ(seen.Meet(Hashed(fmt::format("f{}", i))), Met::kBefore) << i;
  }
}

}  // namespace
}  // namespace lakeferry::delta
