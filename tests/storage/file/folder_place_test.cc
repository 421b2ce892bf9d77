// Where a folder is, and who may write there.
#include "storage/file/folder_place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/child_process.h"
#include "tests/support/small_file_system.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

class FolderPlace : public testing::Test {
 protected:
  [[nodiscard]] std::optional<bool> OthersMayWrite(mode_t mode) const {
    EXPECT_EQ(::chmod(folder_.path().c_str(), mode), 0);
    const Result<StorePlace> place = PlaceOfFolder(folder_.path());
    return place ? place->others_may_write : std::nullopt;
  }
  TempFolder folder_;
};

TEST_F(FolderPlace, OthersMayWriteByModeOfGroupOrAll) {
  EXPECT_EQ(OthersMayWrite(0755), false);
  EXPECT_EQ(OthersMayWrite(0700), false);
  EXPECT_EQ(OthersMayWrite(0775), true);
  EXPECT_EQ(OthersMayWrite(0757), true);
}

TEST_F(FolderPlace, AFolderOfAnotherUserIsTheirs) {
  ASSERT_EQ(::chown(folder_.path().c_str(), 65'534, 65'534), 0) << "runs as root, as the suite does";
  EXPECT_EQ(OthersMayWrite(0755), true);
}

TEST_F(FolderPlace, ThatOfOneAmongManyIsThatOfItsOwn) {
  namespace fs = std::filesystem;
  const fs::path top = folder_.path();
  for (const char* name : {"a/b/c", "a/b/d", "e/f"}) fs::create_directories(top / name);
  fs::create_directory_symlink(top / "a/b/d", top / "e/link");
  FolderPlaces together;
  for (const char* name : {"a/b/c", "a/b/d", "a/b", "e/link", "e/f", "e/link/x/y", "a/b/c/z", "", "a"}) {
    const Result<StorePlace> one = PlaceOfFolder(top / name);
    const Result<StorePlace> among = together.Find(top / name);
    ASSERT_TRUE(one && among) << name;
    EXPECT_EQ(among->root_first, one->root_first) << name;
    EXPECT_EQ(among->others_may_write, one->others_may_write) << name;
  }
}

// One file system under two names: what lies below the second lies in other folders. 0: as expected.
int AmongTwoMounts(const std::string& folder) {
  const std::string a = folder + "/a";
  const std::string mounted = folder + "/b/c";
  std::filesystem::create_directories(mounted);
  std::filesystem::create_directories(a);
  if (!MountSmallFileSystem(a, 1 << 20)) return 10;
  std::filesystem::create_directories(a + "/x/y");
  if (::mount(a.c_str(), mounted.c_str(), nullptr, MS_BIND, nullptr) != 0) return 10;
  FolderPlaces together;
  const Result<StorePlace> first = together.Find(a + "/x/y");
  const Result<StorePlace> second = together.Find(mounted + "/x/y");
  const Result<StorePlace> b = together.Find(folder + "/b");
  if (!first || !second || !b) return 11;
  if (first->root_first.front() != second->root_first.front()) return 12;
  const auto lies_in_b = [&b](const StorePlace& place) {
    return std::ranges::find(place.root_first, b->root_first.front()) != place.root_first.end();
  };
  if (!lies_in_b(*second)) return 13;
  return lies_in_b(*first) ? 14 : 0;
}

TEST_F(FolderPlace, OfAnotherMountIsNotThatOfTheFirst) {
  ChildProcess child([&] { return AmongTwoMounts(folder_.path()); });
  EXPECT_EQ(child.Wait(), 0) << "10 means that this user may not mount";
}

TEST_F(FolderPlace, OfWhatIsNotThereNothingIsSaid) {
  const Result<StorePlace> place = PlaceOfFolder(std::string(folder_.path()) + "/a/b");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->others_may_write, std::nullopt);
  EXPECT_GE(place->root_first.size(), 3U);
}

}  // namespace
}  // namespace lakeferry
