#include "daemon/config/region_places.h"

#include <fmt/format.h>

#include <array>
#include <utility>
#include <vector>

#include "base/nearest_key.h"
#include "daemon/config/config_values.h"
#include "daemon/config/text_bytes.h"

namespace lakeferry {
namespace {

std::optional<std::string> ReadRegion(ConfigMap& workspace, std::string_view key) {
  const auto text = workspace.Text(key);
  if (!text || !CheckName(*text, workspace.problems())) return std::nullopt;
  return text->text;
}

void ReadPair(ConfigMap& workspace, RegionSettings& settings) {
  const bool has_primary = workspace.Has("primary_region");
  const bool has_secondary = workspace.Has("secondary_region");
  if (!has_primary && !has_secondary) return;
  auto primary = ReadRegion(workspace, "primary_region");
  auto secondary = ReadRegion(workspace, "secondary_region");
  settings.reported = !primary || !secondary || *primary == *secondary;
  if (has_primary != has_secondary) {
    workspace.Report(has_primary ? "secondary_region" : "primary_region",
                     "primary_region and secondary_region go together", "set both, or neither");
  } else if (primary && primary == secondary) {
    workspace.Report("secondary_region", fmt::format("both regions are '{}'", *primary),
                     "name the region that tables are kept in as well");
  } else if (primary && secondary) {
    settings.pair = RegionPair{.primary = *std::move(primary), .secondary = *std::move(secondary)};
  }
}

// Of the two regions those that the map lacks: what it says of a region that it does not name was meant for one of
// them, where it is near.
void CheckRegion(const std::string& region, const ConfigPlace& place, const RegionPlaces& places,
                 const RegionPair& pair, ConfigProblems& problems) {
  if (region == pair.primary || region == pair.secondary) return;
  std::vector<std::string_view> lacking;
  for (const std::string* known : {&pair.primary, &pair.secondary}) {
    if (!places.contains(*known)) lacking.push_back(*known);
  }
  const std::string_view nearest = NearestKey(region, lacking);
  if (nearest.empty()) return;
  problems.Add(place, fmt::format("'{}' is neither primary_region nor secondary_region", OneLine(region)),
               fmt::format("did you mean {0}? If it is a region of its own, name {0} here as well", nearest));
}

// The elements of a map from region to location.
RegionPlaces ReadEntries(const ConfigNode& node, const ConfigPlace& at, ConfigProblems& problems) {
  RegionPlaces places;
  for (size_t i = 0; i < node.keys.size(); ++i) {
    const ConfigNode& value = node.items[i];
    const std::string& region = node.keys[i].text;
    const ConfigPlace place{
        .file = at.file, .line = value.line, .column = value.column, .path = PathOfKey(at.path, OneLine(region))};
    const auto [entry, fresh] = places.emplace(region, RegionPlace{.location = std::nullopt, .place = place});
    if (!fresh) {
      problems.Add(place, fmt::format("the region {} stands here a second time", OneLine(region)), "keep one of them");
      continue;
    }
    const auto text = ConfigMap::ReadText(value, place, problems);
    if (text) entry->second.location = CheckLocation(*text, problems);
  }
  return places;
}

}  // namespace

std::optional<RegionPlaces> ReadRegionPlaces(ConfigMap& map, std::string_view key, const RegionSettings& settings) {
  if (!map.Has(key)) return RegionPlaces();
  const ConfigNode* node = map.Value(key);
  if (node == nullptr) return std::nullopt;
  if (node->kind != ConfigNode::Kind::kMap || node->keys.empty()) {
    map.Report(key, fmt::format("{} takes a location for each region", key),
               fmt::format("write {}: {{east: file:///…, west: file:///…}}", key));
    return std::nullopt;
  }
  if (!settings.pair) {
    if (!settings.reported) {
      map.Report(key,
                 fmt::format("{} goes by region, and the workspace has no primary_region and secondary_region", key),
                 "say in the workspace which region the tables come from, and which they go to");
    }
    return std::nullopt;
  }
  RegionPlaces places = ReadEntries(*node, map.PlaceOf(key), map.problems());
  for (const auto& [region, entry] : places) {
    CheckRegion(region, entry.place, places, *settings.pair, map.problems());
  }
  return places;
}

RegionSettings ReadRegionSettings(ConfigMap& workspace) {
  RegionSettings settings;
  ReadPair(workspace, settings);
  return WithGroupRoots(std::move(settings), workspace);
}

RegionSettings WithGroupRoots(RegionSettings settings, ConfigMap& group) {
  std::optional<RegionPlaces> roots = ReadRegionPlaces(group, "roots", settings);
  if (!roots) {
    settings.reported = true;
    return settings;
  }
  roots->merge(settings.roots);
  settings.roots = *std::move(roots);
  return settings;
}

}  // namespace lakeferry
