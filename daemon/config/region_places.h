// Regions in a configuration: which one tables come from and which they go to, and locations by region.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/location.h"
#include "daemon/config/config_reader.h"

namespace lakeferry {

struct RegionPair {
  std::string primary;    // where sources and sync_location_primary are
  std::string secondary;  // where targets and sync_location_secondary are
};

// By region; without a location where a problem was reported for it.
struct RegionPlace {
  std::optional<Location> location;
  ConfigPlace place;
};
using RegionPlaces = std::map<std::string, RegionPlace>;

struct RegionSettings {
  std::optional<RegionPair> pair;  // absent where the workspace does not say it
  RegionPlaces roots;              // what a table lies below that says nothing else
  bool reported = false;           // something of it is wrong, and was reported
  // Whether a catalog tells where a table lies at that end that says nothing else.
  bool source_catalog = false;
  bool target_catalog = false;
};

// The keys `primary_region`, `secondary_region` and `roots` of a workspace.
[[nodiscard]] RegionSettings ReadRegionSettings(ConfigMap& workspace);

// The workspace's, with the group's own `roots` in place of those of the same region.
[[nodiscard]] RegionSettings WithGroupRoots(RegionSettings settings, ConfigMap& group);

// The map of locations by region under `key`; empty where it is not there, absent after a problem with the whole of it.
// A region that is neither of the two is left alone, unless it is near one of them that the map lacks.
[[nodiscard]] std::optional<RegionPlaces> ReadRegionPlaces(ConfigMap& map, std::string_view key,
                                                           const RegionSettings& settings);

}  // namespace lakeferry
