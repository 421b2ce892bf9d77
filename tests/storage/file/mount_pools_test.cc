// Each mounted file system has threads of its own, told by names alone.
#include "storage/file/mount_pools.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <future>

#include "storage/file/mount_table.h"

namespace lakeferry {
namespace {

using testing::Contains;
using testing::ElementsAre;

constexpr std::string_view kMountInfo =
    "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
    "30 22 0:5 / /srv/a\\040b rw - nfs server:/x rw\n"
    "31 22 0:6 / /srv/lake rw - nfs server:/y rw\n";

TEST(MountTable, PointsAreReadWithTheirBlanks) {
  EXPECT_THAT(MountPoints(kMountInfo), ElementsAre("/", "/srv/a b", "/srv/lake"));
  EXPECT_THAT(MountPoints("no such line\n\n"), ElementsAre());
  EXPECT_THAT(OwnMountPoints(), Contains("/proc"));
}

TEST(MountTable, TheLongestPointThatAPathIsBelowIsIts) {
  const auto points = MountPoints(kMountInfo);
  EXPECT_EQ(MountPointOf(points, "/srv/lake/t"), "/srv/lake");
  EXPECT_EQ(MountPointOf(points, "/srv/lake"), "/srv/lake");
  EXPECT_EQ(MountPointOf(points, "/srv/lakes/t"), "/");
  EXPECT_EQ(MountPointOf(points, "/srv/a b/t"), "/srv/a b");
  EXPECT_EQ(MountPointOf({}, "/srv"), "");
}

TEST(MountPools, OneThatHangsHoldsNoOther) {
  MountPools pools(2);
  std::promise<void> hang;
  const auto until = hang.get_future().share();
  for (int i = 0; i < 10; ++i) boost::asio::post(pools.For("/proc/self"), [until] { until.wait(); });
  std::promise<void> went;
  boost::asio::post(pools.For("/"), [&went] { went.set_value(); });
  EXPECT_EQ(went.get_future().wait_for(std::chrono::seconds(60)), std::future_status::ready);
  hang.set_value();
}

TEST(MountPools, OnePoolIsThatOfAllFileSystems) {
  boost::asio::thread_pool pool(1);
  MountPools pools(pool.get_executor());
  EXPECT_EQ(pools.For("/proc/self"), pools.For("/"));
  std::promise<bool> inside;
  boost::asio::post(pools.For("/"), [&] { inside.set_value(pool.get_executor().running_in_this_thread()); });
  EXPECT_TRUE(inside.get_future().get());
  pools.Stop();
  pool.join();
}

TEST(MountPools, PathsOfOneFileSystemShareThreads) {
  MountPools pools(1);
  EXPECT_EQ(pools.NumberOf("/proc/self"), pools.NumberOf("/proc/1"));
  EXPECT_NE(pools.NumberOf("/proc/self"), pools.NumberOf("/"));
}

}  // namespace
}  // namespace lakeferry
