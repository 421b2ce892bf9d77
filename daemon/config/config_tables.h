// The tables of one sync group.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/config/config_values.h"
#include "daemon/config/group_draft.h"
#include "daemon/config/region_places.h"

namespace lakeferry {

// Fills the draft's tables and import roots from the keys `tables` and `import_roots` of a group, with what this build
// cannot do about them. `regions`: with the group's own roots.
void ReadTables(ConfigMap& group, const std::string& file, const RegionSettings& regions, GroupDraft& draft,
                std::vector<Unbuilt>& unbuilt);

// The key `history` of a group or a table; absent where it is not there or a problem was reported.
[[nodiscard]] std::optional<plan::History> ReadHistory(ConfigMap& map, delta::ReplicationMode mode);

}  // namespace lakeferry
