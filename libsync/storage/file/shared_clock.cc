#include "storage/file/shared_clock.h"

#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace lakeferry {
namespace {

// File systems whose server dates what is written: NFS, SMB, CIFS, SMB2, FUSE, 9P, Ceph, AFS, Lustre, Coda.
constexpr std::array<uint32_t, 10> kServed{0x6969,     0x517B,     0xFF534D42, 0xFE534D42, 0x65735546,
                                           0x01021997, 0x00C36400, 0x5346414F, 0x0BD00BD0, 0x73757245};

struct FileSystemPlace {
  bool served = false;
  dev_t device = 0;
};

std::optional<FileSystemPlace> PlaceOf(const std::filesystem::path& folder) {
  for (std::filesystem::path at = folder;; at = at.parent_path()) {
    struct statfs system{};
    struct stat entry{};
    if (::statfs(at.c_str(), &system) == 0 && ::stat(at.c_str(), &entry) == 0) {
      const auto type = static_cast<uint32_t>(system.f_type);
      return FileSystemPlace{.served = std::ranges::find(kServed, type) != kServed.end(), .device = entry.st_dev};
    }
    if (!at.has_relative_path()) return std::nullopt;
  }
}

}  // namespace

bool ShareClock(const std::string& folder, const std::string& other) {
  const std::optional<FileSystemPlace> a = PlaceOf(folder);
  const std::optional<FileSystemPlace> b = PlaceOf(other);
  if (!a || !b) return false;
  return a->served || b->served ? a->device == b->device : true;
}

}  // namespace lakeferry
