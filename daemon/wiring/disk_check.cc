#include "daemon/wiring/disk_check.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <set>
#include <system_error>
#include <utility>

#include "base/location.h"
#include "daemon/output/human.h"

namespace lakeferry {
namespace {

using plan::Finding;
using plan::Severity;

constexpr int64_t kTooLittle = int64_t{64} << 20;
constexpr int64_t kLittleForState = int64_t{1} << 30;
constexpr int64_t kLittlePart = 20;
constexpr int64_t kTooFewFiles = 1'000;
constexpr int64_t kFewFilesPart = 50;

struct DiskUse {
  std::string what;
  std::string folder;
  bool metadata_store = false;
};

int64_t Bytes(uint64_t blocks, uint64_t block_bytes) {
  constexpr uint64_t kMost = std::numeric_limits<int64_t>::max();
  if (block_bytes != 0 && blocks > kMost / block_bytes) return std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(blocks * block_bytes);
}

void AddFolder(const std::string& uri, const std::string& what, std::vector<DiskUse>& uses) {
  const auto location = Location::Parse(uri);
  if (location && location->scheme() == Scheme::kFile) uses.push_back({.what = what, .folder = location->path()});
}

std::vector<DiskUse> UsesOf(const Config& config, const std::vector<Role>& roles) {
  std::vector<DiskUse> uses{{.what = "the metadata store",
                             .folder = std::filesystem::path(config.metadata_store).parent_path(),
                             .metadata_store = true}};
  const bool receives = std::ranges::find(roles, Role::kReceiver) != roles.end();
  for (const plan::GroupSpec& group : config.groups) {
    AddFolder(group.staging_uri, "staging", uses);
    if (!receives && !group.direct) continue;
    for (const plan::TableSpec& table : group.tables) AddFolder(table.target_uri, "replicas", uses);
  }
  return uses;
}

}  // namespace

std::optional<DiskRoom> RoomAt(const std::string& folder) {
  std::filesystem::path path = folder;
  std::error_code error;
  while (!std::filesystem::exists(path, error) && path.has_relative_path()) path = path.parent_path();
  struct statvfs room{};
  struct stat status{};
  if (::statvfs(path.c_str(), &room) != 0 || ::stat(path.c_str(), &status) != 0) return std::nullopt;
  return DiskRoom{.device = status.st_dev,
                  .free_bytes = Bytes(room.f_bavail, room.f_frsize),
                  .all_bytes = Bytes(room.f_blocks, room.f_frsize),
                  .free_files = Bytes(room.f_favail, 1),
                  .all_files = Bytes(room.f_files, 1)};
}

std::optional<Finding> JudgeRoom(const DiskRoom& room, bool metadata_store, const std::string& what,
                                 const std::string& folder) {
  const int64_t little = metadata_store ? kLittleForState : room.all_bytes / kLittlePart;
  const bool files_count = room.all_files > 0;
  const bool full = room.free_bytes < kTooLittle || (files_count && room.free_files < kTooFewFiles);
  const bool few = files_count && room.free_files < room.all_files / kFewFilesPart;
  if (!full && !few && room.free_bytes >= little) return std::nullopt;
  const std::string files = few || (files_count && room.free_files < kTooFewFiles)
                                ? fmt::format(", and {} more files can be made", room.free_files)
                                : std::string();
  return Finding{.severity = full ? Severity::kError : Severity::kWarning,
                 .what = fmt::format("little room for {}: {} of {} are free{}", what, HumanBytes(room.free_bytes),
                                     HumanBytes(room.all_bytes), files),
                 .where = folder,
                 .remedy = metadata_store ? "make room there, or move metadata_store: a checkpoint of a clone needs "
                                            "some 60 bytes for each file of the table, beside it"
                                          : "make room there; retention and `lakeferry gc` take old versions of "
                                            "mirrors away, VACUUM those of clones"};
}

std::vector<Finding> CheckDisks(const Config& config, const std::vector<Role>& roles) {
  std::vector<Finding> findings;
  std::set<std::pair<uint64_t, bool>> seen;
  std::optional<int64_t> least;
  for (const DiskUse& use : UsesOf(config, roles)) {
    const auto room = RoomAt(use.folder);
    if (!room || !seen.emplace(room->device, use.metadata_store).second) continue;
    auto finding = JudgeRoom(*room, use.metadata_store, use.what, use.folder);
    if (finding) findings.push_back(*std::move(finding));
    least = std::min(least.value_or(room->free_bytes), room->free_bytes);
  }
  if (findings.empty() && least) {
    findings.push_back(
        {.severity = Severity::kInfo,
         .what = fmt::format("file systems that are written to have room: at least {}", HumanBytes(*least)),
         .where = {},
         .remedy = {}});
  }
  return findings;
}

}  // namespace lakeferry
