#include "delta/file_fingerprints.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>

#include "delta_matchers.h"

namespace lakeferry::delta {
namespace {

using Match = FileFingerprints::Match;

AddFile File(std::string path) {
  return {.path = std::move(path),
          .partition_values = {{"day", "1"}},
          .size = 10,
          .modification_time = 5,
          .stats = R"({"numRecords":1})"};
}

Match Taken(FileFingerprints& files, const AddFile& add) {
  const Result<Match> match = files.Take(add);
  EXPECT_THAT(match, Succeeded());
  return match.value_or(Match::kAbsent);
}

TEST(FileFingerprints, TellsSameOtherAndAbsentFilesApart) {
  FileFingerprints files(1);
  ASSERT_THAT(files.Add(File("a")), Succeeded());
  EXPECT_EQ(Taken(files, File("b")), Match::kAbsent);
  EXPECT_EQ(Taken(files, File("a")), Match::kSame);
  EXPECT_EQ(Taken(files, File("./a")), Match::kOther) << "one file, and another text in the log";
}

TEST(FileFingerprints, DataChangeIsAMatterOfTheCommit) {
  FileFingerprints files(1);
  AddFile moved = File("a");
  moved.data_change = false;
  ASSERT_THAT(files.Add(moved), Succeeded());
  EXPECT_EQ(Taken(files, File("a")), Match::kSame);
}

TEST(FileFingerprints, EveryOtherFieldCounts) {
  const std::function<void(AddFile&)> changes[] = {
      [](AddFile& add) { add.partition_values = {{"day", "2"}}; },
      [](AddFile& add) { add.size = 11; },
      [](AddFile& add) { add.modification_time = 6; },
      [](AddFile& add) { add.stats.reset(); },
      [](AddFile& add) { add.tags = NullableMap{{"a", std::nullopt}}; },
      [](AddFile& add) { add.base_row_id = 0; },
      [](AddFile& add) { add.default_row_commit_version = 0; },
      [](AddFile& add) { add.clustering_provider = "liquid"; },
  };
  for (const auto& change : changes) {
    FileFingerprints files(1);
    ASSERT_THAT(files.Add(File("a")), Succeeded());
    AddFile other = File("a");
    change(other);
    EXPECT_EQ(Taken(files, other), Match::kOther);
  }
}

TEST(FileFingerprints, ADeletionVectorMakesAnotherFile) {
  FileFingerprints files(1);
  AddFile marked = File("a");
  marked.deletion_vector = DeletionVector{.storage_type = "i", .path_or_inline_dv = "x", .offset = {}};
  ASSERT_THAT(files.Add(marked), Succeeded());
  EXPECT_EQ(Taken(files, File("a")), Match::kAbsent);
  EXPECT_EQ(Taken(files, marked), Match::kSame);
}

TEST(FileFingerprints, KnowsWhichOfManyWereTaken) {
  constexpr int kFiles = 100'000;
  FileFingerprints files(7);
  for (int i = 0; i < kFiles; ++i) ASSERT_THAT(files.Add(File(fmt::format("f{}", i))), Succeeded());
  for (int i = 0; i < kFiles; i += 3) ASSERT_EQ(Taken(files, File(fmt::format("f{}", i))), Match::kSame) << i;
  for (int i = 0; i < kFiles; ++i) {
    const Result<bool> taken = files.IsTaken(File(fmt::format("f{}", i)));
    ASSERT_THAT(taken, Succeeded());
    ASSERT_EQ(*taken, i % 3 == 0) << i;
  }
  files.Clear();
  EXPECT_EQ(Taken(files, File("f0")), Match::kAbsent);
}

TEST(FileFingerprints, APathThatIsNoneIsAnError) {
  FileFingerprints files(1);
  EXPECT_THAT(files.Add(File("../a")), FailedWith(ErrorCode::kInvalidArgument, "leaves the root"));
  EXPECT_THAT(files.Take(File("../a")), FailedWith(ErrorCode::kInvalidArgument, "leaves the root"));
  EXPECT_THAT(files.IsTaken(File("../a")), FailedWith(ErrorCode::kInvalidArgument, "leaves the root"));
}

}  // namespace
}  // namespace lakeferry::delta
