// The key `http` of the configuration.
#pragma once

#include <optional>

#include "daemon/config/config_reader.h"
#include "daemon/config/http_settings.h"

namespace lakeferry {

// What the map says; absent where it has no such key. A problem for what would let anybody but this machine in without
// TLS and a proof of who asks.
[[nodiscard]] std::optional<HttpSettings> ReadHttp(ConfigMap& top);

}  // namespace lakeferry
