// From when on VACUUM may delete what the newest commits removed.
#include "plan/retention/removals.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "plan/retention/retention.h"

namespace lakeferry::plan {
namespace {

using std::chrono::days;

const TimeMs kThen = FromEpochMs(1'700'000'000'000);
constexpr Millis kWeek = days(7);

delta::DeletionVector Vector(int64_t offset) {
  return {.storage_type = "u",
          .path_or_inline_dv = "vBn[lx{q8@P<9BNH/isA",
          .offset = offset,
          .size_in_bytes = 4,
          .cardinality = 1};
}
const ObjectPath kVectorFile = ObjectPath::Of("deletion_vector_61d16c75-6994-46b7-a15b-8b538852e50e.bin");

class RemovalsTest : public ::testing::Test {
 protected:
  void Add(int64_t version, const std::string& path, std::optional<delta::DeletionVector> dv = {}) {
    delta::AddFile add;
    add.path = path;
    add.deletion_vector = std::move(dv);
    removals_.Note(Version(version), add);
  }
  void Remove(int64_t version, const std::string& path, std::optional<int64_t> deleted,
              std::optional<delta::DeletionVector> dv = {}) {
    delta::RemoveFile remove;
    remove.path = path;
    remove.deletion_timestamp = deleted;
    remove.deletion_vector = std::move(dv);
    removals_.Note(Version(version), kThen, remove);
  }
  std::optional<TimeMs> From(const ObjectPath& object) { return removals_.MayVanishFrom(object, kWeek); }
  std::optional<TimeMs> From(const std::string& object) { return From(ObjectPath::Of(object)); }

  Removals removals_{"file:///lake/t"};
};

TEST_F(RemovalsTest, ARemovedFileMayVanishAfterItsRetention) {
  Remove(5, "a", 1'000);
  EXPECT_EQ(From("a"), FromEpochMs(1'000) + kWeek);
  EXPECT_EQ(From("b"), std::nullopt);
}

TEST_F(RemovalsTest, WhatIsLiveIsForgottenAndTheAnswersStay) {
  Add(7, "back");
  Add(7, "shared-by", Vector(1));
  Remove(6, "gone", 1'000);
  Remove(5, "back", 1'000);
  Add(5, "gone");
  removals_.Finish();
  EXPECT_EQ(From("gone"), FromEpochMs(1'000) + kWeek);
  EXPECT_EQ(From("back"), std::nullopt);
  EXPECT_EQ(From(kVectorFile), std::nullopt);
  EXPECT_EQ(removals_.PassingVanishFrom(kWeek), FromEpochMs(1'000) + kWeek);
}

TEST_F(RemovalsTest, ARemovalWithoutATimeCountsAsLongAgo) {
  Remove(5, "a", std::nullopt);
  EXPECT_EQ(From("a"), kThen);
}

TEST_F(RemovalsTest, WhatALaterCommitBroughtBackStays) {
  Add(6, "a");
  Remove(5, "a", 1'000);
  EXPECT_EQ(From("a"), std::nullopt);
}

TEST_F(RemovalsTest, TheNewestRemovalCounts) {
  Remove(7, "a", 3'000);
  Add(6, "a");
  Remove(5, "a", 1'000);
  EXPECT_EQ(From("a"), FromEpochMs(3'000) + kWeek);
}

TEST_F(RemovalsTest, AnotherVectorLeavesTheFileAliveWhateverTheOrderOfTheCommit) {
  Remove(5, "a", 1'000, Vector(1));
  Add(5, "a");
  EXPECT_EQ(From("a"), std::nullopt);
  EXPECT_EQ(From(kVectorFile), FromEpochMs(1'000) + kWeek);
  Add(4, "b");
  Remove(4, "b", 1'000);
  EXPECT_EQ(From("b"), std::nullopt);
}

TEST_F(RemovalsTest, AVectorFileStaysWhileAnAddNamesIt) {
  Remove(5, "a", 1'000, Vector(1));
  Add(5, "b", Vector(9));
  EXPECT_EQ(From("a"), FromEpochMs(1'000) + kWeek);
  EXPECT_EQ(From(kVectorFile), std::nullopt);
}

TEST_F(RemovalsTest, AVectorFileStaysWhileAnOlderAddThatIsStillLiveNamesIt) {
  Remove(6, "a", 1'000, Vector(1));
  Add(6, "a");
  Add(5, "a", Vector(1));
  EXPECT_EQ(From(kVectorFile), FromEpochMs(1'000) + kWeek);
  Add(5, "b", Vector(9));
  Remove(5, "a", 500);
  Remove(5, "b", 500);
  EXPECT_EQ(From(kVectorFile), std::nullopt) << "b has it still";
}

TEST_F(RemovalsTest, AVectorFileGoesWithTheLastThatHadIt) {
  Remove(7, "b", 2'000, Vector(9));
  Remove(6, "a", 1'000, Vector(1));
  Add(5, "a", Vector(1));
  Add(5, "b", Vector(9));
  EXPECT_EQ(From(kVectorFile), FromEpochMs(2'000) + kWeek);
}

TEST_F(RemovalsTest, WhatIsKeptForEverNeverVanishes) {
  Remove(5, "a", INT64_MAX);
  Remove(5, "b", std::nullopt);
  for (const Millis kept : {kForever, Millis::max()}) {
    EXPECT_EQ(removals_.MayVanishFrom(ObjectPath::Of("a"), kept), std::nullopt);
    EXPECT_EQ(removals_.MayVanishFrom(ObjectPath::Of("b"), kept), std::nullopt);
  }
  const Millis century = days(36'500);
  EXPECT_EQ(removals_.MayVanishFrom(ObjectPath::Of("b"), century), TimeMs() + century) << "long ago is 1970";
}

TEST_F(RemovalsTest, WhatCameAndWentIsToldFromWhatWasThere) {
  Remove(6, "there", 100);
  EXPECT_EQ(removals_.PassingVanishFrom(kWeek), std::nullopt);
  Remove(7, "late", 3'000);
  Remove(6, "early", 2'000);
  Add(5, "late");
  Add(5, "early");
  Add(5, "stays");
  EXPECT_EQ(removals_.PassingVanishFrom(kWeek), FromEpochMs(2'000) + kWeek);
  EXPECT_EQ(removals_.PassingVanishFrom(kForever), std::nullopt);
}

TEST_F(RemovalsTest, ChangeFilesPassWithTheirCommit) {
  delta::AddCdcFile cdc;
  cdc.path = "_change_data/c";
  removals_.Note(Version(5), kThen, cdc);
  EXPECT_EQ(From("_change_data/c"), kThen + kWeek);
  EXPECT_EQ(removals_.PassingVanishFrom(kWeek), kThen + kWeek);
}

TEST_F(RemovalsTest, PathsAreThoseOfObjects) {
  Remove(5, "day%3D1/a%20b", 1'000);
  Remove(5, "file:///lake/t/c", 1'000);
  Remove(5, "../outside", 1'000);
  EXPECT_TRUE(From("day=1/a b"));
  EXPECT_TRUE(From("c"));
}

TEST_F(RemovalsTest, AnyNumberIsATime) {
  Remove(5, "a", INT64_MAX);
  Remove(5, "b", INT64_MIN);
  EXPECT_GT(From("a"), kThen);
  EXPECT_LT(From("b"), kThen);
}

}  // namespace
}  // namespace lakeferry::plan
