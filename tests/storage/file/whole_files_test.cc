#include "storage/file/whole_files.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/support/child_process.h"
#include "tests/support/small_file_system.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

size_t BatchMaxWith(rlim_t descriptors) {
  rlimit before{};
  EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit files = before;
  files.rlim_cur = descriptors;
  EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0);
  const size_t most = BatchMax();
  EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  return most;
}

TEST(WholeFiles, ABatchIsAsLargeAsDescriptorsAllow) {
  EXPECT_EQ(BatchMaxWith(64), 1U);
  EXPECT_EQ(BatchMaxWith(640), 10U);
  rlimit files{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
  if (files.rlim_max >= 8'192) {
    EXPECT_EQ(BatchMaxWith(8'192), 128U);
    EXPECT_EQ(BatchMaxWith(files.rlim_max), 128U);
  }
}

// 0: as expected. Ten files of a batch, of which the disk has room for some.
int PutOnAFullDisk(const std::string& folder) {
  if (!MountSmallFileSystem(folder, 1 << 20)) return 10;
  FileTree tree(folder);
  std::vector<WholeObject> objects;
  for (int i = 0; i < 20; ++i) {
    objects.push_back({.path = ObjectPath::Of(fmt::format("f/{}", i)), .bytes = std::string(100'000, 'x')});
  }
  int created = 0;
  int full = 0;
  for (size_t i = 0; const Result<PutOutcome>& outcome : PutEach(tree, objects)) {
    const bool there = tree.Head(objects[i++].path).has_value();
    if (there != outcome.has_value()) return 11;
    created += there ? 1 : 0;
    full += !outcome && outcome.error().code == ErrorCode::kOutOfSpace ? 1 : 0;
  }
  return created > 0 && full > 0 && created + full == 20 ? 0 : 12;
}

TEST(WholeFiles, WhatADiskHasNoRoomForIsNotThereAndTheOthersAre) {
  const TempFolder folder;
  ChildProcess child([&] { return PutOnAFullDisk(folder.path()); });
  EXPECT_EQ(child.Wait(), 0) << "10 means that this user may not mount";
}

}  // namespace
}  // namespace lakeferry
