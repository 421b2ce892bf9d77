// A store whose file system goes away under a running process, and one whose root folder is deleted.
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <boost/asio/thread_pool.hpp>
#include <filesystem>

#include "env/store_calls.h"
#include "storage/file/file_store.h"
#include "storage/file/file_store_factory.h"
#include "storage/file/root_watch.h"
#include "tests/support/child_process.h"
#include "tests/support/run_task.h"
#include "tests/support/small_file_system.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

namespace fs = std::filesystem;
using enum StoreRight;

template <typename T>
bool IsAway(const Result<T>& result) {
  return !result && result.error().code == ErrorCode::kUnavailable && result.error().remedy.contains("mounted");
}

// 0: as expected. `below`: of the root, from the mounted folder.
int TakeAwayAndBringBack(const std::string& folder, const std::string& below) {
  const std::string disk = folder + "/disk";
  const std::string mounted = folder + "/mounted";
  fs::create_directories(disk);
  fs::create_directories(mounted);
  if (!MountSmallFileSystem(disk, 1 << 20)) return 10;
  const auto mount = [&] { return ::mount(disk.c_str(), mounted.c_str(), nullptr, MS_BIND, nullptr) == 0; };
  if (!mount()) return 11;
  FileStoreFactory stores(1);
  const Location location = Location::OfFolder(mounted + below).value();
  const auto open = [&] { return stores.Make(location, {.uri = location.Print(), .right = kWriteTarget}).value(); };
  if (!RunTask(open()->PutIfAbsent({}, ObjectPath::Of("f/a"), "x"))) return 12;
  if (::umount2(mounted.c_str(), MNT_DETACH) != 0) return 13;
  // Neither empty nor made anew, though no store was held meanwhile.
  if (!IsAway(RunTask(ListAll({}, *open(), ObjectPath())))) return 14;
  if (!IsAway(RunTask(open()->Get({}, ObjectPath::Of("f/a"), 10)))) return 15;
  if (!IsAway(RunTask(open()->PutIfAbsent({}, ObjectPath::Of("f/b"), "x")))) return 16;
  if (!IsAway(RunTask(DeleteOne({}, *open(), ObjectPath::Of("f/a"))))) return 17;
  // Nor is it for whoever comes with another right.
  const auto other = stores.Make(location, {.uri = location.Print(), .right = kReadStaging}).value();
  if (!IsAway(RunTask(ListAll({}, *other, ObjectPath())))) return 22;
  if (!fs::is_empty(mounted)) return 18;
  if (!mount()) return 19;
  if (RunTask(open()->Get({}, ObjectPath::Of("f/a"), 10)).value_or("") != "x") return 20;
  return RunTask(open()->PutIfAbsent({}, ObjectPath::Of("f/b"), "x")).has_value() ? 0 : 21;
}

class RootAway : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Roots, RootAway, testing::Values("", "/store", "/deep/store"));

TEST_P(RootAway, IsUnavailableUntilItIsBackAndNothingIsMadeInItsPlace) {
  const TempFolder folder;
  ChildProcess child([&] { return TakeAwayAndBringBack(folder.path(), GetParam()); });
  EXPECT_EQ(child.Wait(), 0) << "10 means that this user may not mount";
}

int MountAnother(const std::string& folder) {
  if (!MountSmallFileSystem(folder, 1 << 20)) return 10;
  boost::asio::thread_pool pool(1);
  RootWatch watch;
  fs::create_directories(folder + "/store");
  if (!watch.Open(folder + "/store").valid()) return 11;
  if (::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=1000000") != 0) return 12;
  fs::create_directories(folder + "/store/f");
  return watch.Open(folder + "/store").valid() ? 0 : 13;
}

TEST(RootWatch, AFileSystemThatHasAnotherNumberNowIsTakenForItselfIfItHoldsSomething) {
  const TempFolder folder;
  ChildProcess child([&] { return MountAnother(folder.path()); });
  EXPECT_EQ(child.Wait(), 0) << "10 means that this user may not mount";
}

// As operators do to have a table copied anew.
TEST(RootWatch, ARootThatWasMovedAwayIsEmptyAndMadeAnew) {
  const TempFolder folder;
  boost::asio::thread_pool pool(1);
  FileStore store("file:///x", folder / "root", pool.get_executor());
  ASSERT_TRUE(RunTask(store.PutIfAbsent({}, ObjectPath::Of("a"), "x")).has_value());
  fs::rename(folder / "root", folder / "away");
  EXPECT_TRUE(RunTask(ListAll({}, store, ObjectPath())).value().objects.empty());
  ASSERT_TRUE(RunTask(store.PutIfAbsent({}, ObjectPath::Of("b"), "x")).has_value());
  EXPECT_TRUE(fs::exists(folder / "root/b"));
  pool.join();
}

}  // namespace
}  // namespace lakeferry
