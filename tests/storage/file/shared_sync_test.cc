#include "storage/file/shared_sync.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <functional>
#include <latch>
#include <thread>
#include <vector>

#include "storage/file/unique_fd.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

constexpr int kAskers = 16;

UniqueFd OpenFolder(const std::string& path) { return UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY)); }

TEST(SharedSyncs, ThoseWhoAskWhileOneRunsShareTheNext) {
  const TempFolder folder;
  std::atomic<int> syncs = 0;
  std::latch begun(1);
  std::latch all_asked(1);
  SharedSyncs together(SharedSyncs::Of::kItself, [&](int) {
    if (++syncs == 1) {
      begun.count_down();
      all_asked.wait();
    }
    return 0;
  });
  std::vector<std::jthread> threads;
  threads.emplace_back([&] { EXPECT_EQ(together.Sync(OpenFolder(folder.path()).get()), 0); });
  begun.wait();
  for (int i = 1; i < kAskers; ++i) {
    threads.emplace_back([&] { EXPECT_EQ(together.Sync(OpenFolder(folder.path()).get()), 0); });
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(syncs, 1) << "no two at once";
  all_asked.count_down();
  threads.clear();
  EXPECT_LE(syncs, 4) << "some may have come late to the second";
  EXPECT_GE(syncs, 2) << "one that had begun is not theirs";
}

TEST(SharedSyncs, TwoFoldersAreTwoAndTheirFileSystemIsOne) {
  const TempFolder one;
  const TempFolder two;
  std::atomic<int> at_once = 0;
  std::atomic<int> most = 0;
  const auto sync_both = [&](SharedSyncs::Of of, const std::function<void()>& wait) {
    most = 0;
    SharedSyncs together(of, [&](int) {
      most = std::max<int>(most, ++at_once);
      wait();
      --at_once;
      return 0;
    });
    std::jthread other([&] { EXPECT_EQ(together.Sync(OpenFolder(one.path()).get()), 0); });
    EXPECT_EQ(together.Sync(OpenFolder(two.path()).get()), 0);
    other.join();
    return most.load();
  };
  std::latch both(2);
  EXPECT_EQ(sync_both(SharedSyncs::Of::kItself, [&] { both.arrive_and_wait(); }), 2);
  EXPECT_EQ(
      sync_both(SharedSyncs::Of::kFileSystem, [] { std::this_thread::sleep_for(std::chrono::milliseconds(100)); }), 1);
  EXPECT_EQ(SyncFileSystem(OpenFolder(one.path()).get()), 0);
  EXPECT_EQ(SyncFileSystem(-1), EBADF);
}

TEST(SharedSyncs, FailureOfOneIsNotThatOfTheOthers) {
  const TempFolder folder;
  std::atomic<int> syncs = 0;
  SharedSyncs together(SharedSyncs::Of::kItself, [&](int) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return ++syncs == 1 ? EIO : 0;
  });
  std::atomic<int> failed = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < kAskers; ++i) {
    threads.emplace_back([&] {
      const int error = together.Sync(OpenFolder(folder.path()).get());
      if (error != 0) ++failed;
      EXPECT_TRUE(error == 0 || error == EIO);
    });
  }
  threads.clear();
  EXPECT_EQ(failed, 1);
}

TEST(SharedSyncs, AnotherFolderDoesNotWait) {
  const TempFolder one;
  const TempFolder other;
  std::latch second(1);
  std::atomic_flag first;
  SharedSyncs together(SharedSyncs::Of::kItself, [&](int) {
    if (!first.test_and_set()) {
      second.wait();
    } else {
      second.count_down();
    }
    return 0;
  });
  std::jthread waits([&] { EXPECT_EQ(together.Sync(OpenFolder(one.path()).get()), 0); });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(together.Sync(OpenFolder(other.path()).get()), 0);
}

TEST(SharedSyncs, WhatIsNoFolderIsToldSo) {
  EXPECT_EQ(SyncItself(-1), EBADF);
  const TempFolder folder;
  EXPECT_EQ(SyncItself(OpenFolder(folder.path()).get()), 0);
}

}  // namespace
}  // namespace lakeferry
