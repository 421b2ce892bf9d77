#include "storage/beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace lakeferry {
namespace {

// openat2 answers EAGAIN when a rename raced with it; more than a few in a row is no accident.
constexpr int kRaceAttempts = 16;

UniqueFd OpenByKernel(int root_fd, const char* path, int flags, mode_t mode) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (int attempt = 0;; ++attempt) {
    const auto fd = static_cast<int>(::syscall(SYS_openat2, root_fd, path, &how, sizeof(how)));
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR) || attempt == kRaceAttempts) return UniqueFd(fd);
  }
}

UniqueFd OpenByWalk(int root_fd, std::string_view path, int flags, mode_t mode) {
  UniqueFd folder;
  int at = root_fd;
  for (size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    const std::string segment(path.substr(0, slash));
    folder = UniqueFd(::openat(at, segment.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder.valid()) return folder;
    at = folder.get();
    path.remove_prefix(slash + 1);
  }
  UniqueFd opened(::openat(at, std::string(path).c_str(), flags | O_NOFOLLOW | O_CLOEXEC, mode));
  return opened;
}

}  // namespace

Resolution AvailableResolution() {
  static const Resolution available = [] {
    const UniqueFd root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    return OpenByKernel(root.get(), ".", O_PATH | O_DIRECTORY, 0).valid() ? Resolution::kKernel : Resolution::kWalk;
  }();
  return available;
}

UniqueFd OpenBeneath(Resolution resolution, int root_fd, const std::string& path, int flags, mode_t mode) {
  const std::string& name = path.empty() ? "." : path;
  if (resolution == Resolution::kKernel) return OpenByKernel(root_fd, name.c_str(), flags, mode);
  return OpenByWalk(root_fd, name, flags, mode);
}

}  // namespace lakeferry
