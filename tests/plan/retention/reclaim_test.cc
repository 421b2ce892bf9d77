#include "plan/retention/reclaim.h"

#include "tests/delta/delta_matchers.h"

namespace lakeferry::plan {
namespace {

using delta::FailedWith;
using delta::Succeeded;
using std::chrono::hours;

constexpr std::string_view kVector = "vBn[lx{q8@P<9BNH/isA";
constexpr std::string_view kVectorPath = "deletion_vector_61d16c75-6994-46b7-a15b-8b538852e50e.bin";

TimeMs Hour(int64_t hour) { return FromEpochMs(1'700'000'000'000) + hours(hour); }

TEST(Reclaim, OldestReadableVersionIsTheOneThatWasNewestWhenRetentionBegins) {
  const std::vector<delta::CommitTime> commits = {
      {Version(3), Hour(0)}, {Version(4), Hour(10)}, {Version(5), Hour(20)}};
  EXPECT_EQ(OldestReadable(commits, Hour(-1)), std::nullopt) << "all of them";
  EXPECT_EQ(OldestReadable(commits, Hour(0)), Version(3));
  EXPECT_EQ(OldestReadable(commits, Hour(10) - Millis(1)), Version(3)) << "it was read until then";
  EXPECT_EQ(OldestReadable(commits, Hour(10)), Version(4));
  EXPECT_EQ(OldestReadable(commits, Hour(99)), Version(5)) << "the newest always";
  EXPECT_EQ(OldestReadable({}, Hour(0)), std::nullopt);
}

TEST(Reclaim, NeededIsWhatTheNewestHoldsAndWhatLaterCommitsName) {
  NeededObjects needed("file:///dr/t");
  delta::DeletionVector vector{.storage_type = "u", .path_or_inline_dv = std::string(kVector), .offset = 1};
  EXPECT_THAT(needed.OnLive({.path = "live%20one", .deletion_vector = vector}), Succeeded());
  EXPECT_THAT(needed.OnAdd({.path = "file:///dr/t/p=1/added"}), Succeeded());
  EXPECT_THAT(needed.OnRemove({.path = "removed"}), Succeeded());
  EXPECT_THAT(needed.OnCdc({.path = "_change_data/c"}), Succeeded());
  for (const std::string_view path : {std::string_view("live one"), kVectorPath, std::string_view("p=1/added"),
                                      std::string_view("removed"), std::string_view("_change_data/c")}) {
    EXPECT_TRUE(needed.Contains(ObjectPath::Of(path))) << path;
  }
  EXPECT_FALSE(needed.Contains(ObjectPath::Of("added")));
  EXPECT_FALSE(needed.Contains(ObjectPath::Of("live%20one")));
}

TEST(Reclaim, RemovedFilesVectorIsNeededToo) {
  NeededObjects needed("file:///dr/t");
  delta::DeletionVector vector{.storage_type = "u", .path_or_inline_dv = std::string(kVector), .offset = 1};
  EXPECT_THAT(needed.OnRemove({.path = "f", .deletion_vector = vector}), Succeeded());
  EXPECT_TRUE(needed.Contains(ObjectPath::Of(kVectorPath)));
}

TEST(Reclaim, PathThatNamesNoObjectIsAnErrorAndNotNothing) {
  NeededObjects needed("file:///dr/t");
  EXPECT_THAT(needed.OnAdd({.path = "file:///elsewhere/f"}), FailedWith(ErrorCode::kUnsupportedTable, "elsewhere"));
  EXPECT_THAT(needed.OnRemove({.path = "../f"}), FailedWith(ErrorCode::kInvalidArgument, ""));
}

TEST(Reclaim, HiddenNamesAreNoData) {
  for (const auto* name : {"part-0.parquet", "p=1", "ext", "a_b"}) {
    EXPECT_TRUE(IsDataName(name, true)) << name;
    EXPECT_TRUE(IsDataName(name, false)) << name;
  }
  for (const auto* name : {"_delta_log", "_delta_index", "_spark_metadata", ".git", "._p=1"}) {
    EXPECT_FALSE(IsDataName(name, true)) << name;
    EXPECT_FALSE(IsDataName(name, false)) << name;
  }
  EXPECT_TRUE(IsDataName("_change_data", true));
  EXPECT_TRUE(IsDataName("_p=1", true)) << "of a partition column";
  EXPECT_FALSE(IsDataName("_change_data", false));
  EXPECT_FALSE(IsDataName("_p=1", false)) << "a file";
}

TEST(Reclaim, FateIsByNeedThenByAge) {
  NeededObjects needed("file:///dr/t");
  ASSERT_THAT(needed.OnAdd({.path = "f"}), Succeeded());
  const ObjectPath other = ObjectPath::Of("g");
  EXPECT_EQ(FateOf(ObjectPath::Of("f"), Hour(0), needed, Hour(999), kYoungObject), ObjectFate::kNeeded);
  EXPECT_EQ(FateOf(other, Hour(0), needed, Hour(24) - Millis(1), kYoungObject), ObjectFate::kYoung);
  EXPECT_EQ(FateOf(other, Hour(0), needed, Hour(24), kYoungObject), ObjectFate::kUnneeded);
  EXPECT_EQ(FateOf(other, Hour(5), needed, Hour(0), kYoungObject), ObjectFate::kYoung) << "a clock that runs ahead";
}

}  // namespace
}  // namespace lakeferry::plan
