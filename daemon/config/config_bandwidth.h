// The key by which a configuration says how fast this side's copies may go: `bandwidth`, of the process and of a group.
#pragma once

#include "daemon/config/config_reader.h"
#include "plan/group/bandwidth.h"

namespace lakeferry {

// "200MB/s", or a map with a limit, windows of the day and their time zone. No limit where the map has no such key.
// What the key, which has to be there, says as hours and minutes since midnight, up to "24:00".
[[nodiscard]] std::optional<std::chrono::minutes> ReadTimeOfDay(ConfigMap& map, std::string_view key);

[[nodiscard]] plan::Bandwidth ReadBandwidth(ConfigMap& map);

// "200MB/s", "12.5MiB/s", "800Mbit/s": bytes in a second; absent for what is none, or less than 1kB/s or more than
// 1TB/s.
[[nodiscard]] plan::ByteRate ParseByteRate(std::string_view text);

}  // namespace lakeferry
