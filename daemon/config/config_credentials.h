// One of the `credentials` of a configuration, of whatever kind.
#pragma once

#include <string>

#include "daemon/config/config_reader.h"
#include "daemon/config/store_settings.h"

namespace lakeferry {

// Adds it to the settings, below its name.
void ReadCredential(ConfigMap& map, const std::string& name, StoreSettings& settings);

}  // namespace lakeferry
