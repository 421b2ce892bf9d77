// FileStore against races between threads and processes, kills, full disks and missing rights.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <thread>
#include <vector>

#include "env/store_calls.h"
#include "storage/file/file_store.h"
#include "tests/support/buffer_of.h"
#include "tests/support/child_process.h"
#include "tests/support/run_task.h"
#include "tests/support/small_file_system.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

namespace fs = std::filesystem;

class FileStoreFaults : public testing::TestWithParam<FileTreeOptions> {
 protected:
  TempFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Ways, FileStoreFaults,
                         testing::Values(FileTreeOptions{}, FileTreeOptions{.unnamed_files = false}));

constexpr int kThreads = 8;
constexpr int kNames = 20;

// Eight threads with a store each try to create every name; how many they created, or -1 after an error.
int CreateEveryName(const std::string& root, FileTreeOptions options, int process) {
  std::atomic<int> created = 0;
  std::atomic<bool> failed = false;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      boost::asio::thread_pool pool(1);
      FileStore store("file://" + root, root, pool.get_executor(), options);
      for (int name = 0; name < kNames; ++name) {
        const auto outcome =
            RunTask(store.PutIfAbsent({}, ObjectPath::Of("log/new/" + std::to_string(name)),
                                      std::string(5'000, static_cast<char>('A' + process * 8 + thread))));
        if (!outcome) failed = true;
        if (outcome && *outcome == PutOutcome::kCreated) ++created;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return failed ? -1 : created.load();
}

TEST_P(FileStoreFaults, OfEightThreadsInEachOfTwoProcessesExactlyOneCreatesAName) {
  const std::string root = folder_ / "root";
  int total = 0;
  {
    ChildProcess a([&] { return CreateEveryName(root, GetParam(), 0); });
    ChildProcess b([&] { return CreateEveryName(root, GetParam(), 1); });
    total = a.Wait() + b.Wait();
  }
  EXPECT_EQ(total, kNames);
  boost::asio::thread_pool pool(1);
  FileStore store("file://" + root, root, pool.get_executor());
  for (int name = 0; name < kNames; ++name) {
    const std::string bytes = RunTask(store.Get({}, ObjectPath::Of("log/new/" + std::to_string(name)), 10'000)).value();
    EXPECT_EQ(bytes, std::string(5'000, bytes.at(0)));
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(root + "/log/new"), {}), kNames);
}

int WriteUntilKilled(const std::string& root, FileTreeOptions options, int say) {
  boost::asio::thread_pool pool(1);
  FileStore store("file://" + root, root, pool.get_executor(), options);
  const auto writer = RunTask(store.Begin({}, ObjectPath::Of("data/big"), {})).value();
  const std::string piece(1 << 20, 'x');
  for (int64_t pieces = 1;; ++pieces) {
    if (!RunTask(writer->Write({}, pieces - 1, BufferOf(piece))) ||
        ::write(say, &pieces, sizeof(pieces)) != sizeof(pieces))
      return 1;
    if (pieces == 16) ::pause();
  }
}

TEST_P(FileStoreFaults, NothingIsListedOfAWriteThatWasKilled) {
  const std::string root = folder_ / "root";
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  {
    ChildProcess child([&] { return WriteUntilKilled(root, GetParam(), ends[1]); });
    int64_t pieces = 0;
    while (pieces < 16) ASSERT_EQ(::read(ends[0], &pieces, sizeof(pieces)), sizeof(pieces));
    child.Kill();
  }
  ::close(ends[0]);
  ::close(ends[1]);
  boost::asio::thread_pool pool(1);
  FileStore store("file://" + root, root, pool.get_executor());
  EXPECT_TRUE(RunTask(ListAll({}, store, ObjectPath::Of("data"))).value().objects.empty());
  EXPECT_TRUE(RunTask(ListAll({}, store, ObjectPath())).value().folders.empty());
  EXPECT_EQ(RunTask(store.PutIfAbsent({}, ObjectPath::Of("data/big"), "new")).value(), PutOutcome::kCreated);
}

// 0: as expected. Runs in a child of its own.
int FillTheDisk(const std::string& folder, FileTreeOptions options) {
  if (!MountSmallFileSystem(folder, 1 << 20)) return 10;
  boost::asio::thread_pool pool(1);
  FileStore store("file://" + folder, folder, pool.get_executor(), options);
  if (!RunTask(store.PutIfAbsent({}, ObjectPath::Of("kept"), std::string(1'000, 'k')))) return 11;
  const auto put = RunTask(store.PutIfAbsent({}, ObjectPath::Of("big"), std::string(2 << 20, 'x')));
  if (put || put.error().code != ErrorCode::kOutOfSpace || put.error().remedy.empty()) return 12;
  const auto replaced = RunTask(store.Put({}, ObjectPath::Of("kept"), std::string(2 << 20, 'x')));
  if (replaced || replaced.error().code != ErrorCode::kOutOfSpace) return 13;
  const Listing listing = RunTask(ListAll({}, store, ObjectPath())).value();
  if (listing.objects.size() != 1 || listing.objects[0].size_bytes != 1'000) return 14;
  // What could not be finished gave its room back.
  if (!RunTask(store.PutIfAbsent({}, ObjectPath::Of("small"), std::string(500'000, 's')))) return 15;
  if (RunTask(store.Get({}, ObjectPath::Of("kept"), 10'000)).value() != std::string(1'000, 'k')) return 16;
  return 0;
}

TEST_P(FileStoreFaults, AFullDiskIsOutOfSpaceAndNothingHalfIsSeen) {
  ChildProcess child([&] { return FillTheDisk(folder_.path(), GetParam()); });
  EXPECT_EQ(child.Wait(), 0) << "10 means that this user may not mount";
}

int WriteWithoutRights(const std::string& root, FileTreeOptions options) {
  if (::geteuid() == 0 && ::setuid(65'534) != 0) return 10;
  boost::asio::thread_pool pool(1);
  FileStore store("file://" + root, root, pool.get_executor(), options);
  const auto put = RunTask(store.PutIfAbsent({}, ObjectPath::Of("a"), "x"));
  if (put || put.error().code != ErrorCode::kUnauthorized || put.error().where.text().find(root) == std::string::npos)
    return 11;
  const auto list = RunTask(ListAll({}, store, ObjectPath::Of("closed")));
  if (list || list.error().code != ErrorCode::kUnauthorized) return 12;
  return 0;
}

TEST_P(FileStoreFaults, MissingRightsAreUnauthorizedNamingTheFile) {
  const std::string root = folder_ / "root";
  fs::create_directories(root + "/closed");
  fs::permissions(folder_.path(), fs::perms(0755));
  fs::permissions(root + "/closed", fs::perms::none);
  fs::permissions(root, fs::perms(0555));
  ChildProcess child([&] { return WriteWithoutRights(root, GetParam()); });
  EXPECT_EQ(child.Wait(), 0);
  fs::permissions(root, fs::perms(0755));
}

}  // namespace
}  // namespace lakeferry
