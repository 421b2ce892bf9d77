// A folder gets another name, whole, or nothing happens.
#include "storage/file/put_aside.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class PutAsideTest : public testing::Test {
 protected:
  void Make(const std::string& name) const {
    fs::create_directories(folder_ / name);
    std::ofstream(folder_ / name + "/file") << name;
  }
  TempFolder folder_;
};

TEST_F(PutAsideTest, AFolderKeepsWhatItHoldsUnderItsNewName) {
  Make("a");
  EXPECT_EQ(PutAside(folder_ / "a", folder_ / "b").value(), true);
  EXPECT_FALSE(fs::exists(folder_ / "a"));
  EXPECT_TRUE(fs::exists(folder_ / "b/file"));
}

TEST_F(PutAsideTest, WhatIsNotThereIsNotRenamed) {
  EXPECT_EQ(PutAside(folder_ / "a", folder_ / "b").value(), false);
  EXPECT_EQ(PutAside(folder_ / "none/a", folder_ / "none/b").value(), false);
}

TEST_F(PutAsideTest, NothingIsWrittenOver) {
  Make("a");
  Make("b");
  const Result<bool> done = PutAside(folder_ / "a", folder_ / "b");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kRefused);
  EXPECT_TRUE(fs::exists(folder_ / "a/file"));
}

TEST_F(PutAsideTest, ALinkIsLeftAsItIs) {
  Make("a");
  fs::create_symlink(folder_ / "a", folder_ / "link");
  const Result<bool> done = PutAside(folder_ / "link", folder_ / "b");
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("a link"));
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
}

}  // namespace
}  // namespace lakeferry
