// What only the table at the base can tell of a change: whether files that a commit names without a change of data, or
// after their removal, are files of the base named again (statistics, row ids, RESTORE), which the replica has, or
// others, which it lacks.
#pragma once

#include "engine/table_scan.h"
#include "plan/net_change.h"

namespace lakeferry::engine {

// Commits since the base are still to be folded into it. `scan` has a base.
[[nodiscard]] plan::NetChange NetSinceBase(const TableScan& scan);

// Settles what `net` is unsure of; nothing is read where it is of nothing. Where the log does not hold the base any
// more, such files count as others: to send one again does no harm. Errors: the store's. Cost: a replay of the table.
Task<Status> LookUpUnsure(const TableScan& scan, plan::NetChange& net);

}  // namespace lakeferry::engine
