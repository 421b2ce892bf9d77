// A file that changes while it is read: no copy may be of two contents, whatever was done to hide it; and what leaves
// the bytes alone is no change.
#include "storage/file/pinned_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "storage/file/file_store.h"
#include "storage/file/held_file.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

namespace fs = std::filesystem;

constexpr size_t kHalf = 500'000;

// As somebody does it who wants it not to be seen: `hide` afterwards.
struct Change {
  std::string name;
  bool of_content = false;
  std::function<void(const std::string& path)> hide;
};

void Rewrite(const std::string& path, char with) {
  std::fstream(path, std::ios::in | std::ios::out) << std::string(2 * kHalf, with);
}

class PinnedFileTest : public testing::TestWithParam<Change> {
 protected:
  PinnedFileTest() {
    std::ofstream(path_) << std::string(2 * kHalf, 'o');
    fs::last_write_time(path_, fs::last_write_time(path_) - std::chrono::hours(1));
    // Times are kept by the tick of the kernel's clock.
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  ~PinnedFileTest() override { pool_.join(); }
  void DoIt() const {
    const auto time = fs::last_write_time(path_);
    if (GetParam().of_content) Rewrite(path_, 'n');
    fs::last_write_time(path_, time);
    GetParam().hide(path_);
  }

  TempFolder folder_;
  const std::string path_ = folder_ / "a";
  boost::asio::thread_pool pool_{2};
  FileStore store_{"file://" + folder_.path(), folder_.path(), pool_.get_executor()};
  std::string buffer_ = std::string(kHalf, '?');
};

void Nothing(const std::string&) {}
void AddName(const std::string& path) { fs::create_hard_link(path, path + "-too"); }
void TakeName(const std::string& path) { fs::remove(path); }
void SetRights(const std::string& path) { fs::permissions(path, fs::perms(0600)); }
void SetTime(const std::string& path) { fs::last_write_time(path, fs::last_write_time(path) + std::chrono::hours(1)); }

INSTANTIATE_TEST_SUITE_P(Kinds, PinnedFileTest,
                         testing::Values(Change{"RewrittenAndTimePutBack", true, Nothing},
                                         Change{"RewrittenAndLinked", true, AddName},
                                         Change{"RewrittenAndDeleted", true, TakeName},
                                         Change{"RewrittenAndRights", true, SetRights},
                                         Change{"Linked", false, AddName}, Change{"Deleted", false, TakeName},
                                         Change{"Rights", false, SetRights}, Change{"Touched", false, SetTime}),
                         [](const auto& test) { return test.param.name; });

TEST_P(PinnedFileTest, ReadsOnIffTheContentIsTheSame) {
  const auto reader = RunTask(store_.Open({}, ObjectPath::Of("a"))).value();
  ASSERT_EQ(RunTask(reader->Read({}, 0, buffer_)).value(), kHalf);
  DoIt();
  const auto rest = RunTask(reader->Read({}, kHalf, buffer_));
  ASSERT_EQ(rest.has_value(), !GetParam().of_content);
  if (!rest) EXPECT_EQ(rest.error().code, ErrorCode::kCorruptData);
}

TEST_P(PinnedFileTest, ReadsAtPlacesGoOnIffTheContentIsTheSame) {
  const auto file = RunTask(store_.Open({}, ObjectPath::Of("a"))).value();
  ASSERT_EQ(file->local()->ReadAt(kHalf, buffer_).value(), kHalf);
  DoIt();
  const auto rest = file->local()->ReadAt(0, buffer_);
  ASSERT_EQ(rest.has_value(), !GetParam().of_content);
  if (!rest) EXPECT_EQ(rest.error().code, ErrorCode::kCorruptData);
}

TEST_P(PinnedFileTest, WhatWasReadWithTheOpeningIsComparedAsWell) {
  const auto file = RunTask(store_.OpenFront({}, ObjectPath::Of("a"), 2 * kHalf)).value();
  DoIt();
  ASSERT_EQ(RunTask(file->Read({}, 0, buffer_)).value(), kHalf);
  EXPECT_EQ(buffer_, std::string(kHalf, 'o'));
  const auto again = file->local()->ReadAt(0, buffer_);
  ASSERT_EQ(again.has_value(), !GetParam().of_content);
  if (!again) EXPECT_EQ(again.error().code, ErrorCode::kCorruptData);
}

// Between the read of one thread and its look at the file another may have found the new content good: nothing of the
// old was handed out before.
TEST(PinnedFile, BytesThatWereReadBeforeAnotherLookAreComparedToo) {
  const TempFolder folder;
  FileTree tree(folder.path());
  std::ofstream(folder / "a") << std::string(10, 'o');
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  PinnedFile file = PinnedFile::Open(tree, ObjectPath::Of("a")).value();
  std::string old(5, '?');
  const int touches = file.touches();
  ASSERT_EQ(file.ReadRange(0, 10, old).value(), 5U);
  std::ofstream(folder / "a") << std::string(10, 'n');
  ASSERT_TRUE(file.CheckUnchanged().has_value()) << "nothing was handed out yet";
  const Status confirmed = file.Confirm(0, old, touches);
  ASSERT_FALSE(confirmed.has_value());
  EXPECT_EQ(confirmed.error().code, ErrorCode::kCorruptData);
}

TEST(PinnedFile, BytesThatAreKeptAndBytesThatAreNotAreComparedSideBySide) {
  const TempFolder folder;
  FileTree tree(folder.path());
  std::ofstream(folder / "a") << "firstsecond";
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  PinnedFile file = PinnedFile::Open(tree, ObjectPath::Of("a")).value();
  const std::string kept = "first";
  ASSERT_TRUE(file.ConfirmKept(0, kept, file.touches()).has_value());
  ASSERT_TRUE(file.Confirm(5, std::string_view("second"), file.touches()).has_value());
  fs::permissions(folder / "a", fs::perms(0600));
  EXPECT_TRUE(file.CheckUnchanged().has_value());
  std::ofstream(folder / "a") << "fIrstsecond";
  EXPECT_FALSE(file.CheckUnchanged().has_value());
}

// Both changes bear one time.
TEST(PinnedFile, AChangeWithinTheTickOfTheLastOneIsSeen) {
  const TempFolder folder("/dev/shm");
  FileTree tree(folder.path());
  for (int round = 0; round < 100; ++round) {
    std::ofstream(folder / "a") << std::string(10, 'o');
    const HeldFile file(PinnedFile::Open(tree, ObjectPath::Of("a")).value());
    std::string half(5, '?');
    ASSERT_TRUE(file.ReadAt(0, half).has_value());
    std::fstream(folder / "a", std::ios::in | std::ios::out) << std::string(10, 'n');
    ASSERT_FALSE(file.ReadAt(5, half).has_value()) << round;
  }
}

TEST(PinnedFile, SomebodyWhoKeepsTouchingAFileEndsTheRead) {
  const TempFolder folder;
  FileTree tree(folder.path());
  std::ofstream(folder / "a") << std::string(1'000, 'o');
  const HeldFile file(PinnedFile::Open(tree, ObjectPath::Of("a")).value());
  std::string byte(1, '?');
  int reads = 0;
  for (bool goes_on = true; goes_on && reads < 100; ++reads) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    fs::permissions(folder / "a", fs::perms(reads % 2 == 0 ? 0600 : 0644));
    goes_on = file.ReadAt(reads, byte).has_value();
  }
  EXPECT_GT(reads, 4);
  EXPECT_LT(reads, 30);
}

}  // namespace
}  // namespace lakeferry
