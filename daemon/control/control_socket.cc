#include "daemon/control/control_socket.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "daemon/control/control_place.h"

namespace lakeferry::control {
namespace {

constexpr mode_t kOwnerAndGroup = 0660;
constexpr int kBacklog = 64;

std::unexpected<Error> Failed(int error, const std::string& path) {
  const bool denied = error == EACCES || error == EPERM || error == EROFS;
  return Fail(denied ? ErrorCode::kUnauthorized : ErrorCode::kUnavailable,
              "the control socket cannot be made: " + std::generic_category().message(error), path);
}

Status RemoveStale(const std::string& path) {
  struct stat found{};
  if (::lstat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return {};
    return Failed(errno, path);
  }
  if (!S_ISSOCK(found.st_mode)) {
    return Fail(ErrorCode::kRefused, "what lies in the place of the control socket is no socket", path,
                "move it away, then restart the service");
  }
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return Failed(errno, path);
  return {};
}

// The rights stand before the name does: at no instant may anybody else connect. What the umask takes from them is
// given back then.
int Bind(int fd, const SocketAddress& address, const std::string& path) {
  if (::fchmod(fd, kOwnerAndGroup) != 0) return errno;
  if (::bind(fd, address.get(), SocketAddress::kBytes) != 0) return errno;
  if (::chmod(path.c_str(), kOwnerAndGroup) != 0) return errno;
  return ::listen(fd, kBacklog) == 0 ? 0 : errno;
}

}  // namespace

Result<int> ListenAt(const std::string& path) {
  LF_TRY(const SocketAddress address, SocketAddress::Of(path));
  LF_TRY_OK(RemoveStale(path));
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return Failed(errno, path);
  if (const int error = Bind(fd, address, path); error != 0) {
    ::close(fd);
    return Failed(error, path);
  }
  return fd;
}

}  // namespace lakeferry::control
