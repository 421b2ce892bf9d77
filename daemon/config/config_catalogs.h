// Which catalogs know the tables of a group: the key `catalog` of a workspace and of a group.
#pragma once

#include <string>

#include "daemon/config/catalog_settings.h"
#include "daemon/config/config_reader.h"
#include "daemon/config/group_draft.h"
#include "daemon/config/region_places.h"
#include "plan/group/group_spec.h"

namespace lakeferry {

// `catalog` is one catalog, that of the region that the tables come from, or one for each region by its name. What the
// map sets, and `inherited` where it has no such key. `secret_scope`: that of the top level, empty for none.
[[nodiscard]] GroupCatalogs ReadCatalogs(ConfigMap& map, const GroupCatalogs& inherited, const RegionSettings& regions,
                                         const std::string& secret_scope);

// The key `apply`: whether managed tables are cloned from the replicas, as `spec` says where the map does not.
void ReadApply(ConfigMap& map, plan::GroupSpec& spec);

// Of a group whose tables are read, that what is cloned can be: by a warehouse of the receiving catalog, under names
// that SQL can hold. A problem for whatever cannot.
void CheckClones(ConfigMap& group, const GroupDraft& draft);

// Has the tables of `spec`, read with its name, opened with what the catalog that tells their place hands out, where
// that is to be so.
void GiveVendors(const GroupCatalogs& catalogs, plan::GroupSpec& spec);

}  // namespace lakeferry
