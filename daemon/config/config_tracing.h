// The key `tracing` of the configuration.
#pragma once

#include <optional>

#include "daemon/config/config.h"
#include "daemon/config/config_reader.h"

namespace lakeferry {

// Absent where it has no such key. A problem for an endpoint that is no URL, or one of http:// on another machine.
[[nodiscard]] std::optional<TracingSettings> ReadTracing(ConfigMap& top);

}  // namespace lakeferry
