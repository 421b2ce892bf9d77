// The key `status_table` of the configuration.
#pragma once

#include <optional>

#include "daemon/config/config.h"
#include "daemon/config/config_reader.h"

namespace lakeferry {

// A location, or a map of it and a credential; absent where it has no such key.
[[nodiscard]] std::optional<StatusTableSettings> ReadStatusTable(ConfigMap& top, const StoreSettings& stores);
// Once the groups are known: a problem for a place that is staging, a source or a target, lies in one, or holds one, so
// that its files would be taken for that one's.
void CheckStatusPlace(ConfigMap& top, const Config& config);

}  // namespace lakeferry
