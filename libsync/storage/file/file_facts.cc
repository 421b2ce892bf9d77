#include "storage/file/file_facts.h"

#include <fcntl.h>
#include <fmt/format.h>

namespace lakeferry {

bool IsTemporaryName(std::string_view name) { return name.starts_with(".lakeferry-") && name.ends_with(".tmp"); }

TimeMs ModifiedOf(const struct stat& stat) {
  return FromEpochMs(static_cast<int64_t>(stat.st_mtim.tv_sec) * 1000 + stat.st_mtim.tv_nsec / 1'000'000);
}

ObjectInfo InfoOf(const ObjectPath& path, const struct stat& stat) {
  return {.path = path,
          .size_bytes = stat.st_size,
          .modified = ModifiedOf(stat),
          .etag = fmt::format("{:x}-{:x}-{:x}.{:x}-{:x}", stat.st_dev, stat.st_ino, stat.st_ctim.tv_sec,
                              stat.st_ctim.tv_nsec, stat.st_size)};
}

std::string DescriptorPath(int fd) { return fmt::format("/proc/self/fd/{}", fd); }

bool SetTimeToNow(int fd) { return ::utimensat(AT_FDCWD, DescriptorPath(fd).c_str(), nullptr, 0) == 0; }

}  // namespace lakeferry
