// What a role asks of the catalogs of a group's tables, as the privileges that Unity Catalog calls it by: the least for
// what the group is configured to do there. Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "plan/group/group_spec.h"
#include "plan/record/role.h"

namespace lakeferry::plan {

// What a privilege is given on, in the order in which people give them.
enum class CatalogLevel : uint8_t { kCatalog, kSchema, kTable, kLocation };
// "CATALOG", "SCHEMA", "TABLE", "EXTERNAL LOCATION".
[[nodiscard]] std::string_view CatalogLevelName(CatalogLevel level);

struct CatalogRight {
  CatalogLevel level;
  std::string object;     // "main", "main.gold", "main.gold.orders"; of a location: a bucket or folder that it covers
  std::string privilege;  // "USE CATALOG"

  auto operator<=>(const CatalogRight&) const = default;
};

// In the catalog of the sources, and in that of the targets: in order, each once. `group`: with what the catalog says
// of its tables, as far as that is known; a table that the catalog is said not to have gets no privilege of its own,
// for whoever makes it owns it. None where the role asks nothing there.
[[nodiscard]] std::vector<CatalogRight> RightsAtSources(const GroupSpec& group, Role role);
[[nodiscard]] std::vector<CatalogRight> RightsAtTargets(const GroupSpec& group, Role role);

}  // namespace lakeferry::plan
