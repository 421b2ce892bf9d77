#include "daemon/config/table_ends.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/config/config_values.h"

namespace lakeferry {
namespace {

// "main.raw.orders" as "main/raw/orders"; absent where the name is none of words with dots between them.
std::optional<std::string> FolderOfName(std::string_view name) {
  std::string folder;
  while (true) {
    const size_t dot = name.find('.');
    const std::string_view part = name.substr(0, dot);
    const bool word = !part.empty() && part.find_first_of("/\\`") == std::string_view::npos && part.front() != ' ' &&
                      part.back() != ' ';
    if (!word) return std::nullopt;
    folder += part;
    if (dot == std::string_view::npos) return folder;
    folder += '/';
    name.remove_prefix(dot + 1);
  }
}

Result<Location> Below(const Location& root, const std::string& name) {
  const auto folder = FolderOfName(name);
  if (!folder) {
    return Fail(ErrorCode::kInvalidArgument, "it is not of words with a dot between them, without '/', '\\' and '`'");
  }
  if (root.scheme() == Scheme::kFile) return Location::OfFolder(fmt::format("{}/{}", root.path(), *folder));
  return Location::Parse(fmt::format("{}/{}", root.Print(), *folder));
}

// Fills each end that nothing says with the place of the table's name below the root of the end's region.
void TakeFromRoots(TableEnds& ends, const ConfigText& name, const RegionSettings& settings, ConfigProblems& problems) {
  if (!settings.pair) return;
  bool reported = false;
  for (TableEnd* end : {&ends.source, &ends.target}) {
    const auto root = settings.roots.find(end == &ends.source ? settings.pair->primary : settings.pair->secondary);
    if (end->said || root == settings.roots.end()) continue;
    *end = {.location = std::nullopt, .said = true};
    if (!root->second.location || reported) continue;
    const Result<Location> location = Below(*root->second.location, name.text);
    if (location) {
      end->location = *location;
      continue;
    }
    reported = true;
    problems.Add(name.place,
                 fmt::format("the name '{}' makes no folder below the root of {}: {}", name.text, root->first,
                             location.error().message),
                 "give the table locations of its own, or another name");
  }
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
  if (name) TakeFromRoots(ends, *name, settings, table.problems());
  return ends;
}

TableEnds TableEndsOfName(const ConfigText& name, const RegionSettings& settings, ConfigProblems& problems) {
  TableEnds ends;
  ends.source.said = ends.target.said = settings.reported;
  TakeFromRoots(ends, name, settings, problems);
  return ends;
}

}  // namespace lakeferry
