#include "storage/file/scratch_folder.h"

#include <filesystem>
#include <string>

#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

// On file systems with files that have no name, and as on those without.
class ScratchFolderTest : public ::testing::TestWithParam<bool> {
 protected:
  TempFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(, ScratchFolderTest, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Unnamed" : "Unlinked"; });

TEST_P(ScratchFolderTest, GivesBackWhatWasAppended) {
  ScratchFolder scratch(folder_.path(), GetParam());
  auto file = scratch.Open();
  ASSERT_TRUE(file) << ToString(file.error());
  const std::string large(3 << 20, 'x');
  ASSERT_TRUE((*file)->Append("begin"));
  ASSERT_TRUE((*file)->Append(large));
  ASSERT_TRUE((*file)->Append(""));
  ASSERT_TRUE((*file)->Append("end"));
  EXPECT_EQ((*file)->size_bytes(), 8 + (3 << 20));
  std::string all(large.size() + 100, '\0');
  const auto got = (*file)->ReadAt(0, all);
  ASSERT_TRUE(got);
  EXPECT_EQ(all.substr(0, *got), "begin" + large + "end");
  std::string part(4, '\0');
  EXPECT_EQ((*file)->ReadAt(3, part).value_or(0), 4U);
  EXPECT_EQ(part, "inxx");
  EXPECT_EQ((*file)->ReadAt(8 + (3 << 20), part).value_or(9), 0U);
}

TEST_P(ScratchFolderTest, NobodyElseSeesItsFiles) {
  ScratchFolder scratch(folder_.path(), GetParam());
  const auto one = scratch.Open();
  const auto two = scratch.Open();
  ASSERT_TRUE(one && two);
  ASSERT_TRUE((*one)->Append("1"));
  EXPECT_EQ((*two)->size_bytes(), 0);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_P(ScratchFolderTest, AFolderThatIsNotThereIsNamed) {
  ScratchFolder scratch(folder_ / "gone", GetParam());
  const auto file = scratch.Open();
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kNotFound);
  EXPECT_NE(file.error().where.text().find("gone"), std::string::npos);
}

}  // namespace
}  // namespace lakeferry
