#include "plan/change/file_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry::plan {
namespace {

constexpr const char* kTable = "file:///lake/orders";

TEST(FileSet, TextsOfOnePathBecomeOneInAClone) {
  const FileSet files(kTable, true);
  for (const char* path : {"day=1/a.parquet", "day=1//a.parquet", "./day=1/a.parquet", "day=2/../day=1/a.parquet"}) {
    const Result<std::string> relative = files.Relative(path);
    ASSERT_TRUE(relative) << path;
    EXPECT_EQ(*relative, "day=1/a.parquet") << path;
  }
}

TEST(FileSet, EscapesOfAPathStayEncoded) {
  const FileSet files(kTable, true);
  EXPECT_EQ(files.Relative("t=10%253A45/a%20b.parquet"), "t=10%253A45/a%20b.parquet");
}

TEST(FileSet, AbsolutePathBelowTheTableBecomesRelative) {
  const FileSet files(kTable, true);
  EXPECT_EQ(files.Relative("file:/lake/orders/day=1/a.parquet"), "day=1/a.parquet");
}

TEST(FileSet, AbsolutePathElsewhereIsUnsupported) {
  const FileSet files(kTable, true);
  const Result<std::string> relative = files.Relative("file:///lake/other/a.parquet");
  ASSERT_FALSE(relative);
  EXPECT_EQ(relative.error().code, ErrorCode::kUnsupportedTable);
}

TEST(FileSet, AMirrorHasNoAbsolutePathsAndEveryOtherOne) {
  const FileSet files(kTable, false);
  for (const char* path : {"file:///lake/orders/a.parquet", "/lake/orders/a.parquet"}) {
    const Result<ObjectPath> object = files.Resolve(path);
    ASSERT_FALSE(object) << path;
    EXPECT_EQ(object.error().code, ErrorCode::kUnsupportedTable);
    EXPECT_THAT(object.error().remedy, ::testing::HasSubstr("use mode: clone"));
  }
  EXPECT_EQ(files.Resolve("day=1/a.parquet").value().text(), "day=1/a.parquet");
}

TEST(FileSet, ObjectsOfTheLogAreNoFiles) {
  const FileSet files(kTable, false);
  EXPECT_EQ(files.Resolve("_delta_log/a").error().code, ErrorCode::kRefused);
  // Twenty characters are the UUID; what stands before them is the prefix.
  const delta::DeletionVector vector{.storage_type = "u",
                                     .path_or_inline_dv = "_delta_logvBn[lx{q8@P<9BNH/isA",
                                     .offset = 1,
                                     .size_in_bytes = 4,
                                     .cardinality = 2};
  const auto in_log = files.VectorOf(vector, true);
  ASSERT_FALSE(in_log);
  EXPECT_EQ(in_log.error().code, ErrorCode::kRefused);
  delta::DeletionVector beside = vector;
  beside.path_or_inline_dv = "vBn[lx{q8@P<9BNH/isA";
  const auto allowed = files.VectorOf(beside, true);
  ASSERT_TRUE(allowed);
  EXPECT_TRUE(allowed->has_value());
}

TEST(FileSet, PathThatLeavesTheTableIsInvalid) {
  const FileSet files(kTable, true);
  const Result<std::string> relative = files.Relative("../a.parquet");
  ASSERT_FALSE(relative);
  EXPECT_EQ(relative.error().code, ErrorCode::kInvalidArgument);
}

TEST(FileSet, TableItselfIsNoFileOfIt) {
  const FileSet files(kTable, true);
  for (const char* path : {"file:///lake/orders", "file:/lake/orders/x/.."}) {
    EXPECT_FALSE(files.Resolve(path)) << path;
  }
}

TEST(FileSet, VectorByAnAbsolutePathIsRefusedWithTheWayOutOfItsMode) {
  const delta::DeletionVector vector{.storage_type = "p",
                                     .path_or_inline_dv = "file:///lake/orders/v.bin",
                                     .offset = 1,
                                     .size_in_bytes = 4,
                                     .cardinality = 2};
  const auto mirrored = FileSet(kTable, false).VectorOf(vector, true);
  ASSERT_FALSE(mirrored);
  EXPECT_THAT(mirrored.error().remedy, ::testing::HasSubstr("use mode: clone"));
  const auto cloned = FileSet(kTable, true).VectorOf(vector, true);
  ASSERT_FALSE(cloned);
  EXPECT_THAT(cloned.error().remedy, ::testing::HasSubstr("REORG TABLE"));
}

TEST(FileSet, WhoComesFirstSaysWhatCounts) {
  std::vector<FileToSend> taken;
  FileSet files(kTable, true, 1, [&taken](FileToSend file) -> Status {
    taken.push_back(std::move(file));
    return {};
  });
  ASSERT_TRUE(files.Add("a%20b", 7, true));
  ASSERT_TRUE(files.Add("file:/lake/orders/a%20b", 8, false));
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].path.text(), "a b");
  EXPECT_EQ(taken[0].size, 7);
  EXPECT_TRUE(taken[0].required);
  files.Clear();
  ASSERT_TRUE(files.Add("a%20b", 8, false));
  EXPECT_EQ(taken.size(), 2U);
}

TEST(FileSet, ErrorOfTheTakerIsPassedOn) {
  FileSet files(kTable, true, 1, [](const FileToSend&) -> Status { return Fail(ErrorCode::kOutOfSpace, "full"); });
  const Status added = files.Add("a", 7, true);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, ErrorCode::kOutOfSpace);
}

}  // namespace
}  // namespace lakeferry::plan
