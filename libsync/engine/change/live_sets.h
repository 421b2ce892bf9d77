// The live set of a table (delta/live_set.h) as both roles come by it: carried from epoch to epoch, which costs what
// changed, and from a replay of the whole table, which proves what was carried.
#pragma once

#include <optional>
#include <vector>

#include "delta/live_set.h"
#include "engine/log/table_log.h"
#include "plan/change/clone_files.h"
#include "plan/change/net_change.h"

namespace lakeferry::engine {

// By a replay of `version`, under the names that the clone of the source with that configuration has; without one, as
// the log has them. Errors: as TableLog::Load; kUnsupportedTable and its like for a path that no clone can have.
// Memory: as of a replay that keeps no files. Once the call is stopped, it ends with kCancelled.
Task<Result<delta::LiveSet>> ReplayLiveSet(Call call, const TableLog& log, Version version,
                                           std::optional<plan::TableSpec> clone_of);

// Takes out of `set`, which the state at the start of `net` came to, and puts in what the net changes. `adds`: what it
// adds, as the replica has it; `clone_of` as above. Of several nets of one range each is carried once. Errors: those of
// paths that no clone can have.
[[nodiscard]] Status CarryNet(delta::LiveSet& set, const plan::NetChange& net, const std::vector<delta::AddFile>& adds,
                              const std::optional<plan::TableSpec>& clone_of);

// What was carried so. `in_doubt`: the range up to `version` does not tell what it takes out, and the log does not hold
// its start any more: then `version` is replayed; where that cannot be either, what is in doubt counts as not there,
// and the receiver, whose own log is whole, says whether that was right. Errors: as ReplayLiveSet.
Task<Result<delta::LiveSet>> CarriedOrReplayed(Call call, delta::LiveSet carried, bool in_doubt, const TableLog& log,
                                               Version version, std::optional<plan::TableSpec> clone_of);

}  // namespace lakeferry::engine
