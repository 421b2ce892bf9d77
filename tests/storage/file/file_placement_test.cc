// What is placed by link is what was read, and nobody else's to change; everything else is left to a copy.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "storage/file/file_store.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

namespace fs = std::filesystem;
using enum CopyOutcome;

constexpr uid_t kNobody = 65'534;

class FilePlacement : public testing::Test {
 protected:
  FilePlacement() {
    fs::create_directories(staging_);
    fs::create_directories(target_);
    Plant("verified");
  }
  ~FilePlacement() override { pool_.join(); }

  void Plant(std::string_view bytes) const {
    std::ofstream(Staged(), std::ios::trunc) << bytes;
    ASSERT_EQ(::chmod(Staged().c_str(), 0644), 0);
  }
  std::string Staged() const { return staging_ + "/staged"; }
  std::string Placed() const { return target_ + "/placed"; }
  // `bytes` stays empty where the file was touched again and again.
  std::unique_ptr<OpenObject> ReadWhole(std::string* bytes = nullptr) {
    auto reader = RunTask(from_.Open({}, ObjectPath::Of("staged"))).value();
    std::string buffer(100'000, '?');
    const auto got = RunTask(reader->Read({}, 0, buffer));
    if (bytes != nullptr && got) *bytes = buffer.substr(0, *got);
    return reader;
  }
  Result<CopyOutcome> Place(OpenObject& reader) {
    return RunTask(to_.CopyIfAbsent({}, reader.address(), ObjectPath::Of("placed")));
  }
  static std::string Bytes(const std::string& name) {
    std::ifstream file(name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  TempFolder folder_;
  const std::string staging_ = folder_ / "staging";
  const std::string target_ = folder_ / "target";
  boost::asio::thread_pool pool_{2};
  FileStore from_{"file://" + staging_, staging_, pool_.get_executor()};
  FileStore to_{"file://" + target_, target_, pool_.get_executor()};
};

// As setfacl would: user 65534 may read and write.
bool GiveAccessList(const std::string& path, const char* name) {
  struct Entry {
    uint16_t tag, permissions;
    uint32_t id;
  };
  struct {
    uint32_t version = 2;
    Entry entries[5] = {{0x01, 6, ~0U}, {0x02, 6, kNobody}, {0x04, 4, ~0U}, {0x10, 6, ~0U}, {0x20, 4, ~0U}};
  } list;
  return ::setxattr(path.c_str(), name, &list, sizeof(list), 0) == 0;
}

struct NotOurs {
  std::string name;
  std::function<bool(const std::string& staged, const std::string& target)> make;
};

NotOurs WithMode(std::string name, mode_t mode) {
  return {std::move(name),
          [mode](const std::string& staged, const std::string&) { return ::chmod(staged.c_str(), mode) == 0; }};
}

class FileNotOurs : public FilePlacement, public testing::WithParamInterface<NotOurs> {};

INSTANTIATE_TEST_SUITE_P(Kinds, FileNotOurs,
                         testing::Values(WithMode("SetUser", 04777), WithMode("SetGroup", 02644),
                                         WithMode("Sticky", 01644), WithMode("GroupWrites", 0664),
                                         WithMode("OthersWrite", 0646), WithMode("Program", 0755),
                                         WithMode("NobodyElseReads", 0600),
                                         NotOurs{"AnotherOwner",
                                                 [](const std::string& staged, const std::string&) {
                                                   return ::chown(staged.c_str(), kNobody, static_cast<gid_t>(-1)) == 0;
                                                 }},
                                         NotOurs{"AnotherGroup",
                                                 [](const std::string& staged, const std::string&) {
                                                   return ::chown(staged.c_str(), static_cast<uid_t>(-1), kNobody) == 0;
                                                 }},
                                         NotOurs{"GroupOfTheFolder",
                                                 [](const std::string&, const std::string& target) {
                                                   return ::chown(target.c_str(), static_cast<uid_t>(-1), kNobody) ==
                                                              0 &&
                                                          ::chmod(target.c_str(), 02755) == 0;
                                                 }},
                                         NotOurs{"AnotherName",
                                                 [](const std::string& staged, const std::string&) {
                                                   return ::link(staged.c_str(), (staged + "-too").c_str()) == 0;
                                                 }},
                                         NotOurs{"AccessList",
                                                 [](const std::string& staged, const std::string&) {
                                                   // Whose mode looks as ours.
                                                   return GiveAccessList(staged, "system.posix_acl_access") &&
                                                          ::chmod(staged.c_str(), 0644) == 0;
                                                 }},
                                         NotOurs{"AccessListOfTheFolder",
                                                 [](const std::string&, const std::string& target) {
                                                   return GiveAccessList(target, "system.posix_acl_default");
                                                 }}),
                         [](const auto& test) { return test.param.name; });

TEST_P(FileNotOurs, IsNotLinked) {
  ASSERT_TRUE(GetParam().make(Staged(), target_)) << "this test needs root, and a file system with access lists";
  const auto reader = ReadWhole();
  EXPECT_EQ(Place(*reader).value(), kNotPossible);
  EXPECT_FALSE(fs::exists(Placed()));
}

TEST_F(FilePlacement, WhatIsOursIsLinked) {
  const auto reader = ReadWhole();
  EXPECT_EQ(Place(*reader).value(), kCreated);
  EXPECT_EQ(fs::hard_link_count(Placed()), 2U);
}

TEST_F(FilePlacement, TheFileThatWasReadIsPlacedThoughItsNameWasGivenToAnother) {
  const auto reader = ReadWhole();
  fs::rename(Staged(), staging_ + "/moved");
  Plant("swapped");
  EXPECT_EQ(Place(*reader).value(), kCreated);
  EXPECT_EQ(Bytes(Placed()), "verified");
}

TEST_F(FilePlacement, AFileThatWasDeletedIsNotPlaced) {
  const auto reader = ReadWhole();
  fs::remove(Staged());
  EXPECT_EQ(Place(*reader).value(), kNotPossible);
}

TEST_F(FilePlacement, AFileRewrittenAfterItWasReadIsCorruptDataWhateverItsTimeSays) {
  const auto reader = ReadWhole();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const auto time = fs::last_write_time(Staged());
  Plant("VERIFIED");
  fs::last_write_time(Staged(), time);
  const auto placed = Place(*reader);
  ASSERT_FALSE(placed.has_value());
  EXPECT_EQ(placed.error().code, ErrorCode::kCorruptData);
  EXPECT_FALSE(fs::exists(Placed()));
}

// Two files change names without a pause; both stay, so that only their content tells them apart.
TEST_F(FilePlacement, NobodyWinsTheRaceBetweenReadingAndPlacing) {
  const std::string good(4'000, 'v');
  const std::string other = staging_ + "/other";
  Plant(std::string(4'000, 'x'));
  fs::rename(Staged(), other);
  Plant(good);
  std::atomic<bool> done = false;
  std::jthread swapper([&] {
    while (!done) ASSERT_EQ(::renameat2(AT_FDCWD, Staged().c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE), 0);
  });
  int placed = 0;
  for (int round = 0; round < 20'000 && placed < 50; ++round) {
    std::string read;
    const auto reader = ReadWhole(&read);
    if (read != good) continue;
    const auto outcome = Place(*reader);
    if (!outcome || *outcome != kCreated) continue;  // touched again and again: tried anew
    ++placed;
    EXPECT_EQ(Bytes(Placed()), good);
    fs::remove(Placed());
  }
  done = true;
  EXPECT_EQ(placed, 50);
}

}  // namespace
}  // namespace lakeferry
