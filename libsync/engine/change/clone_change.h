// What a cut of a cloned table comes to: the net of the commits since the base, and every object that it needs and the
// replica does not have from before. With a base, reading it costs what the commits since hold.
#pragma once

#include "engine/change/table_change.h"

namespace lakeferry::engine {

// As ReadChange. Without a base, and where the commits cannot be folded, the whole table.
Task<Result<TableChange>> ReadCloneChange(Call call, const Environment& env, const TableCut& cut);

}  // namespace lakeferry::engine
