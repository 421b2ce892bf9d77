#include "storage/file/whole_files.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/support/child_process.h"
#include "tests/support/slow_build.h"
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

#if !LAKEFERRY_SLOW_BUILD  // a sanitizer needs descriptors of its own

// 0: as expected. A batch while the process may open a few files more than it has, then without that limit.
int PutWithFewDescriptors(const std::string& folder) {
  FileTree tree(folder);
  std::vector<WholeObject> objects;
  std::vector<ObjectPath> paths;
  for (int i = 0; i < 20; ++i) {
    paths.push_back(ObjectPath::Of(fmt::format("f/{}", i)));
    objects.push_back({.path = paths.back(), .bytes = "whole"});
  }
  rlimit before{};
  if (::getrlimit(RLIMIT_NOFILE, &before) != 0) return 10;
  const int next = ::dup(0);
  rlimit few = before;
  few.rlim_cur = static_cast<rlim_t>(next) + 8;
  if (::close(next) != 0 || ::setrlimit(RLIMIT_NOFILE, &few) != 0) return 11;
  const std::vector<Result<PutOutcome>> outcomes = PutEach(tree, objects);
  if (::setrlimit(RLIMIT_NOFILE, &before) != 0) return 12;
  int refused = 0;
  for (size_t i = 0; i < outcomes.size(); ++i) {
    const Result<std::string> there = ReadWhole(tree, paths[i], 10);
    if (there.has_value() != outcomes[i].has_value() || there.value_or("whole") != "whole") return 13;
    refused += !outcomes[i] && outcomes[i].error().code == ErrorCode::kUnavailable ? 1 : 0;
  }
  if (refused == 0 || refused == 20) return 14;
  for (const Result<PutOutcome>& outcome : PutEach(tree, objects)) {
    if (!outcome) return 15;
  }
  for (const Result<std::string>& text : ReadEach(tree, paths, 10)) {
    if (text.value_or("") != "whole") return 16;
  }
  return 0;
}

TEST(WholeFiles, WithTooFewDescriptorsSomeAreRefusedAndNoneIsHalfThere) {
  const TempFolder folder;
  ChildProcess child([&] { return PutWithFewDescriptors(folder.path()); });
  EXPECT_EQ(child.Wait(), 0);
}

#endif

}  // namespace
}  // namespace lakeferry
