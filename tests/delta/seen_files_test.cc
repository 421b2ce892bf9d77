#include "delta/seen_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "delta_matchers.h"

namespace lakeferry::delta {
namespace {

using Met = SeenFiles::Met;

HashedFile Hashed(std::string_view path, const std::optional<DeletionVector>& vector = {}) {
  auto file = HashFile(path, vector, 1);
  EXPECT_THAT(file, Succeeded());
  return file.value_or(HashedFile());
}

DeletionVector Vector(std::string id) {
  return {.storage_type = "u", .path_or_inline_dv = std::move(id), .size_in_bytes = 1, .cardinality = 1};
}

TEST(HashFile, IsTheSameForTextsOfOneFile) {
  EXPECT_EQ(Hashed("a/b").key, Hashed("a//./b").key);
  EXPECT_EQ(Hashed("x%2fy").key, Hashed("x%2Fy").key);
  EXPECT_FALSE(Hashed("a/b").key == Hashed("a/c").key);
  EXPECT_THAT(HashFile("../a", {}, 1), FailedWith(ErrorCode::kInvalidArgument, "leaves the root"));
}

TEST(HashFile, TellsDeletionVectorsOfOnePathApart) {
  EXPECT_EQ(Hashed("a").key, Hashed("a").path);
  EXPECT_EQ(Hashed("a", Vector("1")).path, Hashed("a").path);
  EXPECT_FALSE(Hashed("a", Vector("1")).key == Hashed("a").key);
  EXPECT_FALSE(Hashed("a", Vector("1")).key == Hashed("a", Vector("2")).key);
}

TEST(HashFile, DependsOnTheSeed) { EXPECT_FALSE(HashFile("a", {}, 1)->key == HashFile("a", {}, 2)->key); }

TEST(SeenFiles, SaysWhetherAFileCameBeforeOrTwiceInOneSource) {
  SeenFiles seen;
  EXPECT_EQ(seen.Meet(Hashed("a").key, true), Met::kFirst);
  EXPECT_EQ(seen.Meet(Hashed("a").key, false), Met::kTwice);
  seen.NextSource();
  EXPECT_EQ(seen.Meet(Hashed("a").key, false), Met::kBefore);
  EXPECT_EQ(seen.Meet(Hashed("a").key, false), Met::kTwice) << "shadowed, and named twice all the same";
  EXPECT_TRUE(seen.IsLive(Hashed("a").key)) << "the newest word holds";
  EXPECT_EQ(seen.Meet(Hashed("b").key, false), Met::kFirst);
  EXPECT_FALSE(seen.IsLive(Hashed("b").key));
  EXPECT_FALSE(seen.IsLive(Hashed("c").key));
}

TEST(SeenFiles, KeepsEachOfManyFilesApart) {
  constexpr int kFiles = 100'000;
  SeenFiles seen;
  for (int i = 0; i < kFiles; ++i) ASSERT_EQ(seen.Meet(Hashed(fmt::format("f{}", i)).key, i % 3 == 0), Met::kFirst);
  seen.NextSource();
  for (int i = 0; i < kFiles; ++i) {
    ASSERT_EQ(seen.IsLive(Hashed(fmt::format("f{}", i)).key), i % 3 == 0) << i;
    ASSERT_EQ(seen.Meet(Hashed(fmt::format("f{}", i)).key, true), Met::kBefore) << i;
  }
}

}  // namespace
}  // namespace lakeferry::delta
