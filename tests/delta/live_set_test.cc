#include "delta/live_set.h"

#include <gtest/gtest.h>

namespace lakeferry::delta {
namespace {

const DeletionVector kVector{.storage_type = "u",
                             .path_or_inline_dv = "ab^-aqEH.-t@S}K{vb[*k^",
                             .offset = 1,
                             .size_in_bytes = 40,
                             .cardinality = 2};

LiveSet Of(std::string_view path, const std::optional<DeletionVector>& vector, int64_t size) {
  LiveSet set;
  EXPECT_TRUE(set.Add(path, vector, size));
  return set;
}

TEST(LiveSet, KnowsAFileByPathVectorAndSize) {
  const LiveSet file = Of("a.parquet", std::nullopt, 10);
  EXPECT_EQ(file, Of("a.parquet", std::nullopt, 10));
  EXPECT_NE(file.hash(), Of("b.parquet", std::nullopt, 10).hash());
  EXPECT_NE(file.hash(), Of("a.parquet", std::nullopt, 11).hash());
  EXPECT_NE(file.hash(), Of("a.parquet", kVector, 10).hash());
  DeletionVector other = kVector;
  other.offset = 2;
  EXPECT_NE(Of("a.parquet", kVector, 10).hash(), Of("a.parquet", other, 10).hash());
}

TEST(LiveSet, TakesTwoSpellingsOfAPathForOne) {
  EXPECT_EQ(Of("p=%2f/a.parquet", std::nullopt, 10), Of("./p=%2F//a.parquet", std::nullopt, 10));
}

// An element is no mere text of its parts: what ends one part and begins the next is part of it.
TEST(LiveSet, DoesNotRunPathAndVectorTogether) {
  const DeletionVector one{.storage_type = "i", .path_or_inline_dv = "bc"};
  const DeletionVector other{.storage_type = "i", .path_or_inline_dv = "c"};
  EXPECT_NE(Of("a", one, 10).hash(), Of("ai", other, 10).hash());
}

TEST(LiveSet, CountsFilesAndBytes) {
  LiveSet set = Of("a.parquet", std::nullopt, 10);
  ASSERT_TRUE(set.Add("b.parquet", kVector, 5));
  EXPECT_EQ(set.files(), 2);
  EXPECT_EQ(set.bytes(), 15);
  ASSERT_TRUE(set.Remove("a.parquet", std::nullopt, 10));
  EXPECT_EQ(set, Of("b.parquet", kVector, 5));
}

TEST(LiveSet, TakesSizesThatNoStoreHolds) {
  LiveSet set = Of("a.parquet", std::nullopt, INT64_MAX);
  ASSERT_TRUE(set.Add("b.parquet", std::nullopt, INT64_MAX));
  ASSERT_TRUE(set.Remove("a.parquet", std::nullopt, INT64_MAX));
  EXPECT_EQ(set, Of("b.parquet", std::nullopt, INT64_MAX));
}

TEST(LiveSet, RefusesAPathWithoutAKey) {
  LiveSet set;
  EXPECT_FALSE(set.Add("../a.parquet", std::nullopt, 10));
  EXPECT_FALSE(set.Remove("../a.parquet", std::nullopt, 10));
  EXPECT_EQ(set, LiveSet());
}

// Digests travel between machines and versions: this value may change only with the domain in live_set.cc.
TEST(LiveSet, HasAFixedFingerprint) {
  LiveSet set = Of("day=2026-11-28/part-0.parquet", std::nullopt, 1000);
  ASSERT_TRUE(set.Add("part-1.parquet", kVector, 500));
  EXPECT_EQ(set.Fingerprint(), "b9231893435ad1857c1a6c8f6baa2281a0289a2042dcd3f9a016a40491ca9059");
}

TEST(LiveSet, ComesBackFromItsParts) {
  const LiveSet set = Of("a.parquet", kVector, 10);
  EXPECT_EQ(LiveSet::Of(set.files(), set.bytes(), set.hash().ToBase64()), set);
  EXPECT_EQ(LiveSet::Of(1, 10, "AAAA"), std::nullopt);
}

}  // namespace
}  // namespace lakeferry::delta
