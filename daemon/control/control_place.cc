#include "daemon/control/control_place.h"

#include <fmt/format.h>
#include <sys/un.h>

namespace lakeferry::control {
namespace {

constexpr size_t kPathBytesMax = sizeof(sockaddr_un::sun_path) - 1;

}  // namespace

std::string ControlPlace(const std::string& metadata_store, Role role) {
  return fmt::format("{}.{}.sock", metadata_store, RoleName(role));
}

Status CheckControlPlace(const std::string& path) {
  if (path.size() <= kPathBytesMax) return {};
  return Fail(
      ErrorCode::kInvalidArgument,
      fmt::format("the control socket's path has {} bytes, and the system takes {}", path.size(), kPathBytesMax), path,
      "give metadata_store a shorter path");
}

}  // namespace lakeferry::control
