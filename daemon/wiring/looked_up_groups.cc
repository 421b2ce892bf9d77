#include "daemon/wiring/looked_up_groups.h"

#include <algorithm>
#include <vector>

#include "engine/group/table_lookup.h"

namespace lakeferry {
namespace {

void AddPlaces(const plan::GroupSpec& side, plan::GroupSpec& group) {
  std::vector<plan::TableSpec>& tables = group.tables.Edit();
  for (const plan::TableSpec& table : side.tables) {
    const auto known = std::ranges::find(tables, table.name, &plan::TableSpec::name);
    if (known == tables.end()) {
      tables.push_back(table);
      continue;
    }
    if (!table.source_uri.empty()) known->source_uri = table.source_uri;
    if (!table.target_uri.empty()) known->target_uri = table.target_uri;
    known->unregistered = known->unregistered || table.unregistered;
  }
}

}  // namespace

LookedUpGroups::LookedUpGroups(const Config& config, std::optional<Role> role, Wiring& wiring) : all_(config.groups) {
  for (plan::GroupSpec& group : all_) {
    if (!CheckBuilt(config, group.name)) continue;
    const plan::GroupSpec configured = group;
    for (const Role side : {Role::kSender, Role::kReceiver}) {
      if (role && *role != side) continue;
      Result<plan::GroupSpec> found = wiring.Run(engine::LookUpTables({}, wiring.env(), configured, side));
      if (found) AddPlaces(*found, group);
      sides_.emplace(std::pair(group.name, side), std::move(found));
    }
  }
}

std::set<std::string> LookedUpGroups::TableNames() const {
  std::set<std::string> names;
  for (const plan::GroupSpec& group : all_) {
    for (const plan::TableSpec& table : group.tables) names.insert(table.name);
  }
  return names;
}

}  // namespace lakeferry
