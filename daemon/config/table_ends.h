// Where a table lies at both ends, whichever way the configuration says it: `source` and `target`, `locations` by
// region, a catalog that knows its name, or its name below the `roots`.
#pragma once

#include <optional>
#include <string>

#include "base/location.h"
#include "daemon/config/config_reader.h"
#include "daemon/config/region_places.h"

namespace lakeferry {

struct TableEnd {
  std::optional<Location> location;
  bool said = false;        // also where what says it is wrong, and was reported
  bool by_catalog = false;  // that of the region says it; `location` is where a table lies that this does not have yet
};

struct TableEnds {
  TableEnd source;
  TableEnd target;
};

// Of a table with keys of its own. A problem is added where two ways to say it differ, and for a name that roots cannot
// be followed by. `name`: absent where it was reported.
[[nodiscard]] TableEnds ReadTableEnds(ConfigMap& table, const std::optional<ConfigText>& name,
                                      const RegionSettings& settings);

// Of a table that is a name alone.
[[nodiscard]] TableEnds TableEndsOfName(const ConfigText& name, const RegionSettings& settings,
                                        ConfigProblems& problems);

}  // namespace lakeferry
