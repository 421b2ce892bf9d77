#include "daemon/config/table_ends.h"

#include <fmt/format.h>

#include <utility>

#include "daemon/config/config_values.h"
#include "plan/group/catalog_rules.h"

namespace lakeferry {
namespace {

// The place of the table's name below the root, where the region has one.
void TakeFromRoot(TableEnd& end, const ConfigText& name, const std::string& region, const RegionSettings& settings,
                  ConfigProblems& problems, bool& reported) {
  const auto root = settings.roots.find(region);
  if (root == settings.roots.end()) return;
  end.said = true;
  if (!root->second.location || reported) return;
  const Result<std::string> place = plan::PlaceBelow(root->second.location->Print(), name.text);
  const Result<Location> location = place ? Location::Parse(*place) : std::unexpected(place.error());
  if (location) {
    end.location = *location;
    return;
  }
  reported = true;
  problems.Add(name.place,
               fmt::format("the name '{}' makes no folder below the root of {}: {}", name.text, root->first,
                           location.error().message),
               "give the table locations of its own, or another name");
}

// Fills each end that nothing says: by the catalog of its region, or its root.
void TakeByName(TableEnds& ends, const ConfigText& name, const RegionSettings& settings, ConfigProblems& problems) {
  bool reported = false;
  const bool in_catalogs = IsCatalogName(name.text);
  if (!ends.source.said && settings.source_catalog && in_catalogs) {
    ends.source = {.location = std::nullopt, .said = true, .by_catalog = true};
  } else if (!ends.source.said && settings.pair) {
    TakeFromRoot(ends.source, name, settings.pair->primary, settings, problems, reported);
  }
  if (ends.target.said) return;
  if (settings.target_catalog && in_catalogs) {
    ends.target = {.location = std::nullopt, .said = true, .by_catalog = true};
  }
  if (settings.pair) TakeFromRoot(ends.target, name, settings.pair->secondary, settings, problems, reported);
}

// What the key `source` or `target` says, and what `locations` says of the end's region.
TableEnd ReadEnd(ConfigMap& table, std::string_view key, const RegionPlaces& places, const std::string& region) {
  TableEnd end{.location = std::nullopt, .said = table.Has(key)};
  const auto text = table.Text(key);
  if (text) end.location = CheckLocation(*text, table.problems());
  const auto by_region = places.find(region);
  if (by_region == places.end()) return end;
  const std::optional<Location>& location = by_region->second.location;
  if (end.location && location && !(*end.location == *location)) {
    table.Report(
        key,
        fmt::format("{} is {}, and locations says {} of {}", key, end.location->Print(), location->Print(), region),
        "keep one of them");
  }
  if (end.said) return end;
  return {.location = location, .said = true};
}

}  // namespace

TableEnds ReadTableEnds(ConfigMap& table, const std::optional<ConfigText>& name, const RegionSettings& settings) {
  const std::optional<RegionPlaces> read = ReadRegionPlaces(table, "locations", settings);
  const RegionPlaces places = read.value_or(RegionPlaces());
  const RegionPair pair = settings.pair.value_or(RegionPair());
  TableEnds ends{.source = ReadEnd(table, "source", places, pair.primary),
                 .target = ReadEnd(table, "target", places, pair.secondary)};
  if (!read || settings.reported) ends.source.said = ends.target.said = true;
  if (name) TakeByName(ends, *name, settings, table.problems());
  return ends;
}

TableEnds TableEndsOfName(const ConfigText& name, const RegionSettings& settings, ConfigProblems& problems) {
  TableEnds ends;
  ends.source.said = ends.target.said = settings.reported;
  TakeByName(ends, name, settings, problems);
  return ends;
}

}  // namespace lakeferry
