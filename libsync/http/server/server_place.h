// ServerPlace: where a server listens.
#pragma once

#include <cstdint>
#include <string>

namespace lakeferry {

struct ServerPlace {
  std::string address = "127.0.0.1";
  uint16_t port = 0;  // 0: any that is free
};

// "127.0.0.1:9270", "[::1]:9270".
[[nodiscard]] std::string ToString(const ServerPlace& place);

}  // namespace lakeferry
