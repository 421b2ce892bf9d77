// The keys by which a configuration says how object stores are reached: `credentials` and `stores`.
#pragma once

#include <string>

#include "daemon/config/config_reader.h"
#include "daemon/config/store_settings.h"

namespace lakeferry {

[[nodiscard]] StoreSettings ReadStores(ConfigMap& top, const std::string& file);

}  // namespace lakeferry
