// What `lakeferry check` finds out about the status table.
#pragma once

#include "daemon/config/config.h"
#include "daemon/wiring/wiring.h"
#include "plan/group/finding.h"

namespace lakeferry {

// Whether an export would find a table of ours, or the room for one, and may write there. Nothing is tried in a folder
// that is not there yet: that would make it. `wiring` runs it.
[[nodiscard]] plan::Finding CheckStatusTable(const StatusTableSettings& table, Wiring& wiring);

}  // namespace lakeferry
