#include "daemon/wiring/upload_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

class UploadFileTest : public ::testing::Test {
 protected:
  UploadFileTest() {
    std::ofstream(store_) << "a metadata store";
    file_.Use(store_);
  }
  void Keep(const std::string& object, const std::string& session = "/s?upload_id=u") {
    file_.Keep(object, Secret(std::string(session)), 9);
  }
  [[nodiscard]] std::string Path() const { return store_ + ".uploads"; }

  TempFolder folder_;
  std::string store_ = folder_ / "metadata.db";
  ManualClock clock_;
  UploadFile file_{clock_};
};

TEST_F(UploadFileTest, WhatIsKeptIsThereForAnotherProcessUntilItIsForgotten) {
  EXPECT_FALSE(file_.Find("gcs b a").has_value());
  Keep("gcs b a", "/s?upload_id=one");
  Keep("gcs b a/b");
  Keep("gcs c a");
  UploadFile other(clock_);
  other.Use(store_);
  const auto found = other.Find("gcs b a");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->session.Reveal(), "/s?upload_id=one");
  EXPECT_EQ(found->size_bytes, 9);
  EXPECT_EQ(found->begun, clock_.WallTime());
  EXPECT_EQ(other.Below("gcs b ").size(), 2U);
  Keep("gcs b a", "/s?upload_id=two");
  EXPECT_EQ(other.Find("gcs b a")->session.Reveal(), "/s?upload_id=two");
  other.Forget("gcs b a");
  EXPECT_FALSE(file_.Find("gcs b a").has_value());
  EXPECT_TRUE(file_.Find("gcs c a").has_value());
}

TEST_F(UploadFileTest, ItIsForgottenAfterAWeek) {
  Keep("old");
  clock_.Advance(std::chrono::days(7) - Millis(1));
  EXPECT_TRUE(file_.Find("old").has_value());
  clock_.Advance(Millis(1));
  EXPECT_FALSE(file_.Find("old").has_value());
  Keep("new");
  std::ifstream file(Path());
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("old"))) << "nor does it stand there any more";
}

TEST_F(UploadFileTest, ItIsItsOwnersAlone) {
  Keep("a");
  struct stat stat{};
  ASSERT_EQ(::stat(Path().c_str(), &stat), 0);
  EXPECT_EQ(stat.st_mode & 0777U, 0600U);
  for (const mode_t mode : {0640U, 0604U, 0620U}) {
    ASSERT_EQ(::chmod(Path().c_str(), mode), 0);
    EXPECT_FALSE(file_.Find("a").has_value()) << "somebody else may have written it, or read it";
  }
  ASSERT_EQ(::chmod(Path().c_str(), 0600), 0);
  EXPECT_TRUE(file_.Find("a").has_value());
}

TEST_F(UploadFileTest, ADamagedFileIsNoneAndIsMadeAgain) {
  for (const char* damage : {"", "{", "[]", R"({"uploads":[{"object":"a"}]})", R"({"uploads":7})"}) {
    std::ofstream(Path()) << damage;
    ASSERT_EQ(::chmod(Path().c_str(), 0600), 0);
    EXPECT_FALSE(file_.Find("a").has_value()) << damage;
    Keep("a");
    EXPECT_TRUE(file_.Find("a").has_value()) << damage;
  }
}

TEST_F(UploadFileTest, HoldsNoMoreThanCanBeUnderWay) {
  for (int i = 0; i < 510; ++i) {
    Keep("object " + std::to_string(i));
    clock_.Advance(Millis(1));
  }
  EXPECT_EQ(file_.Below("").size(), 500U);
  EXPECT_FALSE(file_.Find("object 9").has_value()) << "the oldest went";
  EXPECT_TRUE(file_.Find("object 509").has_value());
}

TEST_F(UploadFileTest, NothingIsKeptBesideAMetadataStoreThatIsNotThere) {
  UploadFile none(clock_);
  none.Keep("a", Secret(std::string("/s")), 1);
  none.Use(folder_ / "none.db");
  none.Keep("a", Secret(std::string("/s")), 1);
  EXPECT_FALSE(none.Find("a").has_value());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "none.db.uploads"));
}

}  // namespace
}  // namespace lakeferry
