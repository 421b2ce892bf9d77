#include "daemon/config/config_overlap.h"

#include <fmt/format.h>

#include <map>

#include "base/check.h"
#include "base/location.h"

namespace lakeferry {
namespace {

struct Owner {
  std::string what;  // "the target of table b in group 'g'"
  ConfigPlace place;
};

// Roots by their places, so that a root inside another sorts after it and begins with it.
using Roots = std::map<std::string, Owner>;

// Of a URI that the configuration was found to hold.
std::string PlaceOf(const std::string& uri) {
  const Result<Location> location = Location::Parse(uri);
  LF_CHECK(location.has_value(), "a location is checked where it is read");
  return location->place();
}

const Owner* FindOverlap(const Roots& roots, const std::string& uri) {
  const std::string key = PlaceOf(uri);
  const auto below = roots.lower_bound(key);
  if (below != roots.end() && below->first.starts_with(key)) return &below->second;
  for (size_t slash = key.find('/', key.find("://") + 3); slash != std::string::npos;
       slash = key.find('/', slash + 1)) {
    const auto above = roots.find(key.substr(0, slash + 1));
    if (above != roots.end()) return &above->second;
  }
  return nullptr;
}

bool Overlap(const std::string& a, const std::string& b) {
  const std::string one = PlaceOf(a);
  const std::string two = PlaceOf(b);
  return one.starts_with(two) || two.starts_with(one);
}

void CheckNames(const std::vector<GroupDraft>& groups, ConfigProblems& problems) {
  std::map<std::string, ConfigPlace> names;
  for (const GroupDraft& group : groups) {
    if (group.spec.name.empty()) continue;
    const auto [first, fresh] = names.emplace(group.spec.name, group.name_place);
    if (fresh) continue;
    problems.Add(group.name_place, fmt::format("a second group is named '{}'", group.spec.name),
                 fmt::format("the first stands in {}; a group's name is its folder in staging and must be unique over "
                             "all workspaces",
                             SeenFrom(group.name_place, first->second)));
  }
}

void CheckTable(const GroupDraft& group, size_t index, const Roots& staging, Roots& targets, ConfigProblems& problems) {
  const plan::TableSpec& table = group.spec.tables[index];
  ConfigPlace place = group.table_places[index];
  // Ends that catalogs tell are compared once these were asked (engine/group/store_roots.h).
  const bool both = !table.source_uri.empty() && !table.target_uri.empty();
  if (both && Overlap(table.source_uri, table.target_uri)) {
    problems.Add(place,
                 fmt::format("source and target of table {} are the same folder or lie one in the other", table.name),
                 "a replica needs a folder of its own");
  }
  for (const std::string* uri : {&table.source_uri, &table.target_uri}) {
    if (uri->empty()) continue;
    if (const Owner* owner = FindOverlap(staging, *uri)) {
      problems.Add(place, fmt::format("{} of table {} overlaps {}", *uri, table.name, owner->what),
                   "keep staging outside every table");
    }
  }
  if (table.target_uri.empty()) return;
  if (const Owner* owner = FindOverlap(targets, table.target_uri)) {
    problems.Add(
        place,
        fmt::format("the target {} overlaps {} ({})", table.target_uri, owner->what, SeenFrom(place, owner->place)),
        "each table needs a target folder of its own");
  }
  targets.emplace(PlaceOf(table.target_uri),
                  Owner{.what = fmt::format("the target of table {} in group '{}'", table.name, group.spec.name),
                        .place = std::move(place)});
}

// Staging holds what other senders and the receiver wrote: no log may have it read.
void CheckImportRoots(const GroupDraft& group, const Roots& staging, ConfigProblems& problems) {
  for (const ConfigText& root : group.import_roots) {
    if (const Owner* owner = FindOverlap(staging, root.text)) {
      problems.Add(root.place, fmt::format("the import root {} overlaps {}", root.text, owner->what),
                   "name folders of data files only");
    }
  }
}

}  // namespace

void CheckAcrossGroups(const std::vector<GroupDraft>& groups, ConfigProblems& problems) {
  CheckNames(groups, problems);
  Roots staging;
  for (const GroupDraft& group : groups) {
    if (group.spec.staging_uri.empty()) continue;
    staging.emplace(PlaceOf(group.spec.staging_uri),
                    Owner{.what = fmt::format("the staging location of workspace '{}'", group.spec.workspace),
                          .place = group.staging_place});
  }
  Roots targets;
  for (const GroupDraft& group : groups) {
    CheckImportRoots(group, staging, problems);
    for (size_t i = 0; i < group.spec.tables.size(); ++i) CheckTable(group, i, staging, targets, problems);
  }
}

}  // namespace lakeferry
