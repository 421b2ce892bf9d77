// Where the process that has a role listens for commands: beside the metadata store, as its lock. One rule, which every
// command can follow with nothing but the configuration.
#pragma once

#include <sys/un.h>

#include <string>

#include "base/result.h"
#include "plan/record/role.h"

namespace lakeferry::control {

// "<metadata_store>.<role>.sock".
[[nodiscard]] std::string ControlPlace(const std::string& metadata_store, Role role);

// The address of the socket at a path. An address has room for 107 bytes, a path for many more: a long one is reached
// through its folder, which is open as long as this lives.
class SocketAddress {
 public:
  // kInvalidArgument for a name that fits no address; kUnavailable where the folder of a long path cannot be opened.
  static Result<SocketAddress> Of(const std::string& path);

  SocketAddress(SocketAddress&& other) noexcept;
  SocketAddress& operator=(SocketAddress&& other) noexcept;
  ~SocketAddress();

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
  static constexpr socklen_t kBytes = sizeof(sockaddr_un);

 private:
  SocketAddress() = default;

  int folder_ = -1;
  sockaddr_un address_{};
};

}  // namespace lakeferry::control
