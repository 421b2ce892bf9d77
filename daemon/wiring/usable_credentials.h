// As whom this process could open a place.
#pragma once

#include <string>
#include <vector>

#include "daemon/config/store_settings.h"

namespace lakeferry {

// Names of the credentials that are of use at `uri` and whose secrets can be read here; "" is the service's default,
// which always is one.
[[nodiscard]] std::vector<std::string> UsableCredentials(const StoreSettings& settings, const std::string& uri);

}  // namespace lakeferry
