#include "storage/file/beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace lakeferry {
namespace {

// openat2 answers EAGAIN when a rename raced with it; more than a few in a row is no accident.
constexpr int kRaceAttempts = 16;

UniqueFd OpenByKernel(int root_fd, const char* path, int flags, Links links) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  if (links == Links::kRefuse) how.resolve |= RESOLVE_NO_SYMLINKS;
  for (int attempt = 0;; ++attempt) {
    const auto fd = static_cast<int>(::syscall(SYS_openat2, root_fd, path, &how, sizeof(how)));
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR) || attempt == kRaceAttempts) return UniqueFd(fd);
  }
}

// Without following. A link where a folder is asked for is ENOTDIR to openat, which would pass for a folder that is not
// there.
UniqueFd OpenOne(int folder_fd, const std::string& name, int flags) {
  UniqueFd opened(::openat(folder_fd, name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC));
  if (opened.valid() || errno != ENOTDIR) return opened;
  struct stat stat{};
  const bool is_link = ::fstatat(folder_fd, name.c_str(), &stat, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(stat.st_mode);
  errno = is_link ? ELOOP : ENOTDIR;
  return opened;
}

UniqueFd OpenByWalk(int root_fd, std::string_view path, int flags) {
  UniqueFd folder;
  int at = root_fd;
  for (size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    const std::string segment(path.substr(0, slash));
    folder = OpenOne(at, segment, O_PATH | O_DIRECTORY);
    if (!folder.valid()) return folder;
    at = folder.get();
    path.remove_prefix(slash + 1);
  }
  return OpenOne(at, std::string(path), flags);
}

}  // namespace

Resolution AvailableResolution() {
  static const Resolution available = [] {
    const UniqueFd root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    return OpenByKernel(root.get(), ".", O_PATH | O_DIRECTORY, Links::kFollow).valid() ? Resolution::kKernel
                                                                                       : Resolution::kWalk;
  }();
  return available;
}

UniqueFd OpenBeneath(Resolution resolution, int root_fd, const std::string& path, int flags, Links links) {
  const std::string& name = path.empty() ? "." : path;
  if (resolution == Resolution::kKernel) return OpenByKernel(root_fd, name.c_str(), flags, links);
  return OpenByWalk(root_fd, name, flags);
}

}  // namespace lakeferry
