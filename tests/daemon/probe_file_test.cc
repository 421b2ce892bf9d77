#include "daemon/wiring/probe_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

class ProbeFileTest : public ::testing::Test {
 protected:
  ProbeFileTest() {
    std::ofstream(store_) << "a metadata store";
    file_.Use(store_);
  }
  [[nodiscard]] Probed Safe() const {
    return {.refuses_second_put = true,
            .one_of_two_puts = true,
            .shows_what_it_took = true,
            .ends = clock_.WallTime() + Millis(1'000)};
  }

  TempFolder folder_;
  std::string store_ = folder_ / "metadata.db";
  ManualClock clock_;
  ProbeFile file_{clock_};
};

TEST_F(ProbeFileTest, WhatWasFoundIsThereForAnotherProcess) {
  EXPECT_FALSE(file_.Find("s3 aws b").has_value());
  file_.Keep("s3 aws b", Safe());
  file_.Keep("s3 aws c", {.ends = clock_.WallTime() + Millis(1'000)});
  ProbeFile other(clock_);
  other.Use(store_);
  const auto found = other.Find("s3 aws b");
  ASSERT_TRUE(found.has_value());
  EXPECT_TRUE(found->safe());
  EXPECT_FALSE(found->refuses_second_copy);
  EXPECT_EQ(found->ends, Safe().ends);
  EXPECT_EQ(other.All().size(), 2);
  EXPECT_FALSE(other.Find("s3 aws d").has_value());
}

TEST_F(ProbeFileTest, ItIsForgottenWhenItsTimeIsOver) {
  file_.Keep("b", Safe());
  clock_.Advance(Millis(1'000));
  EXPECT_FALSE(file_.Find("b").has_value());
  EXPECT_TRUE(file_.All().empty());
}

TEST_F(ProbeFileTest, ADamagedFileIsNoneAndIsMadeAgain) {
  for (const char* damage : {"", "{", "[]", R"({"places":[{"place":"b"}]})", R"({"places":7})"}) {
    std::ofstream(store_ + ".tried") << damage;
    EXPECT_FALSE(file_.Find("b").has_value()) << damage;
    file_.Keep("b", Safe());
    EXPECT_TRUE(file_.Find("b").has_value()) << damage;
  }
}

// Somebody else's file, or one that grew: a cache may cost neither memory nor time.
TEST_F(ProbeFileTest, MoreThanSuchAFileHasIsNotRead) {
  constexpr uintmax_t kLarge = uintmax_t{512} << 20;
  std::ofstream(store_ + ".tried") << "{";
  std::filesystem::resize_file(store_ + ".tried", kLarge);
  rusage before{};
  rusage after{};
  ::getrusage(RUSAGE_SELF, &before);
  EXPECT_TRUE(file_.All().empty());
  ::getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 64 << 10) << "in KiB";
  file_.Keep("b", Safe());
  EXPECT_TRUE(file_.Find("b").has_value());
}

TEST_F(ProbeFileTest, WhatIsNoFileIsNotWaitedFor) {
  ASSERT_EQ(::mkfifo((store_ + ".tried").c_str(), 0600), 0);
  EXPECT_TRUE(file_.All().empty());
}

TEST_F(ProbeFileTest, NothingIsKeptBesideAMetadataStoreThatIsNotThere) {
  ProbeFile none(clock_);
  none.Keep("b", Safe());
  none.Use(folder_ / "other.db");
  none.Keep("b", Safe());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "other.db.tried"));
  EXPECT_FALSE(none.Find("b").has_value());
}

TEST_F(ProbeFileTest, ItIsTheServicesAlone) {
  file_.Keep("b", Safe());
  const auto rights = std::filesystem::status(store_ + ".tried").permissions();
  EXPECT_EQ(rights, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace
}  // namespace lakeferry
