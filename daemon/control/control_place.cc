#include "daemon/control/control_place.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace lakeferry::control {
namespace {

constexpr size_t kPathBytesMax = sizeof(sockaddr_un::sun_path) - 1;

}  // namespace

std::string ControlPlace(const std::string& metadata_store, Role role) {
  return fmt::format("{}.{}.sock", metadata_store, RoleName(role));
}

Result<SocketAddress> SocketAddress::Of(const std::string& path) {
  SocketAddress made;
  std::string reached = path;
  if (path.size() > kPathBytesMax) {
    const std::filesystem::path whole(path);
    made.folder_ = ::open(whole.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (made.folder_ < 0) {
      return Fail(ErrorCode::kUnavailable,
                  "the control socket's folder cannot be opened: " + std::generic_category().message(errno), path);
    }
    reached = fmt::format("/proc/self/fd/{}/{}", made.folder_, whole.filename().string());
  }
  if (reached.size() > kPathBytesMax) {
    return Fail(ErrorCode::kInvalidArgument, "the control socket's name is too long for an address of the system", path,
                "give metadata_store a shorter name");
  }
  made.address_.sun_family = AF_UNIX;
  std::memcpy(made.address_.sun_path, reached.c_str(), reached.size() + 1);
  return made;
}

SocketAddress::SocketAddress(SocketAddress&& other) noexcept
    : folder_(std::exchange(other.folder_, -1)), address_(other.address_) {}

SocketAddress& SocketAddress::operator=(SocketAddress&& other) noexcept {
  std::swap(folder_, other.folder_);
  std::swap(address_, other.address_);
  return *this;
}

SocketAddress::~SocketAddress() {
  if (folder_ >= 0) ::close(folder_);
}

}  // namespace lakeferry::control
