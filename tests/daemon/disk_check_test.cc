// What check says of room on file systems.
#include "daemon/wiring/disk_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

using plan::Severity;
using ::testing::HasSubstr;

constexpr int64_t kGiB = int64_t{1} << 30;
constexpr int64_t kMiB = int64_t{1} << 20;

DiskRoom Room(int64_t free_bytes, int64_t all_bytes) { return {.free_bytes = free_bytes, .all_bytes = all_bytes}; }

std::optional<Severity> Judged(const DiskRoom& room, bool metadata_store) {
  const auto finding = JudgeRoom(room, metadata_store, "it", "/srv");
  return finding ? std::optional(finding->severity) : std::nullopt;
}

TEST(DiskCheck, TheMetadataStoreNeedsAGigabyteWhateverTheDisk) {
  EXPECT_EQ(Judged(Room(kGiB, 1'000 * kGiB), true), std::nullopt);
  EXPECT_EQ(Judged(Room(kGiB - 1, 2 * kGiB), true), Severity::kWarning);
  EXPECT_EQ(Judged(Room(64 * kMiB - 1, 2 * kGiB), true), Severity::kError);
}

TEST(DiskCheck, DataNeedsATwentiethOfItsDisk) {
  EXPECT_EQ(Judged(Room(kGiB, 20 * kGiB), false), std::nullopt);
  EXPECT_EQ(Judged(Room(kGiB, 21 * kGiB), false), Severity::kWarning);
  EXPECT_EQ(Judged(Room(0, 20 * kGiB), false), Severity::kError);
}

TEST(DiskCheck, FilesThatCannotBeMadeAreNoRoom) {
  DiskRoom room = Room(10 * kGiB, 20 * kGiB);
  room.all_files = 1'000'000;
  room.free_files = 20'000;
  EXPECT_EQ(Judged(room, false), std::nullopt);
  room.free_files = 19'999;
  EXPECT_EQ(Judged(room, true), Severity::kWarning);
  room.free_files = 999;
  EXPECT_EQ(Judged(room, false), Severity::kError);
  EXPECT_THAT(JudgeRoom(room, false, "replicas", "/srv")->what,
              HasSubstr("little room for replicas: 10.7 GB of 21.5 GB are free, and 999 more files can be made"));
}

TEST(DiskCheck, AFolderThatIsNotThereHasTheRoomOfTheOneAboveIt) {
  const TempFolder folder;
  const auto there = RoomAt(folder.path());
  const auto to_come = RoomAt(folder / "a/b/c");
  ASSERT_TRUE(there && to_come);
  EXPECT_GT(there->all_bytes, 0);
  EXPECT_LE(there->free_bytes, there->all_bytes);
  EXPECT_EQ(there->device, to_come->device);
}

}  // namespace
}  // namespace lakeferry
