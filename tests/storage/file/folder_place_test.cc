// Where a folder is, and who may write there.
#include "storage/file/folder_place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

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

TEST_F(FolderPlace, OfWhatIsNotThereNothingIsSaid) {
  const Result<StorePlace> place = PlaceOfFolder(std::string(folder_.path()) + "/a/b");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->others_may_write, std::nullopt);
  EXPECT_GE(place->root_first.size(), 3U);
}

}  // namespace
}  // namespace lakeferry
