#include "storage/file/root_watch.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <string_view>
#include <tuple>

namespace lakeferry {
namespace {

std::optional<dev_t> DeviceOf(int fd) {
  struct stat stat{};
  if (::fstat(fd, &stat) != 0) return std::nullopt;
  return stat.st_dev;
}

// Of the nearest folder above that is there.
std::optional<dev_t> DeviceAbove(std::string folder) {
  while (true) {
    folder.resize(folder.rfind('/'));
    struct stat stat{};
    if (::stat(folder.empty() ? "/" : folder.c_str(), &stat) == 0) return stat.st_dev;
    if (folder.empty()) return std::nullopt;
  }
}

bool IsEmpty(int folder_fd) {
  UniqueFd copy(::openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::fdopendir(copy.get()), ::closedir);
  if (!dir) return false;
  std::ignore = copy.Release();
  while (const dirent* entry = ::readdir(dir.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") return false;
  }
  return true;
}

}  // namespace

UniqueFd RootWatch::Open(const std::string& root) {
  UniqueFd fd(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const int error_number = errno;
  const std::scoped_lock lock(mutex_);
  if (fd.valid()) {
    const std::optional<dev_t> device = DeviceOf(fd.get());
    // Mounted anew a file system may have another number, and then it has something in it.
    if (!device_ || device == device_ || !IsEmpty(fd.get())) {
      device_ = device;
      return fd;
    }
  }
  const bool gone = fd.valid() || (error_number == ENOENT && device_ && DeviceAbove(root) != device_);
  errno = gone ? ENODEV : error_number;
  return {};
}

}  // namespace lakeferry
