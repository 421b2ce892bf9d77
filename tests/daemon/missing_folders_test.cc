// Which roots are not there, told without making one.
#include "daemon/wiring/missing_folders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

TEST(MissingFolders, AreThoseOfFileSystemsThatAreNotThereAndNoneIsMade) {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "there");
  plan::GroupSpec group;
  group.staging_uri = "file://" + (folder / "there");
  group.tables.Edit().push_back({.name = "a", .source_uri = {}, .target_uri = "file://" + (folder / "x/y")});
  group.tables.Edit().push_back({.name = "b", .source_uri = {}, .target_uri = "s3://bucket/prefix"});
  EXPECT_THAT(MissingFolders({group}), UnorderedElementsAre(Pair(group.tables[0].target_uri, IsEmpty())));
  EXPECT_FALSE(std::filesystem::exists(folder / "x"));
}

}  // namespace
}  // namespace lakeferry
