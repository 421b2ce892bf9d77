// Reads what a table's cut comes to, in the group's mode.
#pragma once

#include "engine/change/read_change.h"
#include "engine/change/table_change.h"

namespace lakeferry::engine {

// Errors: kUnsupportedTable naming the feature or path that cannot be carried; kSourceMovedOn for a commit that was
// cleaned away meanwhile; kCorruptLog; the store's.
// Memory: of what changed since the base, what FoldRange takes, and no more than 32 bytes a file; where that cannot be,
// the table goes over whole: no more than 64 bytes a file.
Task<Result<TableChange>> ReadChange(Call call, const Environment& env, const TableCut& cut,
                                     delta::ReplicationMode mode);

}  // namespace lakeferry::engine
