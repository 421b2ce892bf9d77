#include "storage/file/shared_clock.h"

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

TEST(SharedClock, FoldersOfThisMachineShareItWhetherTheyAreThereOrNot) {
  const TempFolder folder;
  const std::string here = folder.path();
  EXPECT_TRUE(ShareClock(here, here + "/not/there/yet"));
  EXPECT_TRUE(ShareClock(here, "/dev/shm")) << "another file system, and the same clock";
}

}  // namespace
}  // namespace lakeferry
