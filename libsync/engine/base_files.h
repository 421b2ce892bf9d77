// What only the table at the base can tell of a change: whether files that a commit names without a change of data, or
// after their removal, are files of the base named again (statistics, row ids, RESTORE), which the replica has, or
// others, which it lacks; and which files it takes out of the base, where a remove does not tell all of it.
#pragma once

#include "engine/table_scan.h"
#include "plan/net_change.h"

namespace lakeferry::engine {

// Commits since the base are still to be folded into it. `scan` has a base.
[[nodiscard]] plan::NetChange NetSinceBase(const TableScan& scan);

// Whether an error of a replay says that the log does not hold the version, or not whole.
[[nodiscard]] bool IsGone(const Error& error);

// Settles what `net` is in doubt of, by the table's log at `base`; nothing is read where it is of nothing. Where the
// log does not hold the base any more the doubts stay, and such files count as others: to send one again does no harm.
// Errors: the store's. Cost: a replay of the table.
Task<Status> LookUpBase(const TableLog& log, Version base, plan::NetChange& net);

}  // namespace lakeferry::engine
