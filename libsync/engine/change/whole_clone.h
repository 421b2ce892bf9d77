// What goes over where a clone gets a whole table: its live files, which are not in memory at any time.
#pragma once

#include "engine/change/table_change.h"

namespace lakeferry::engine {

// As ReadChange. Memory: what the replay keeps and 21 to 32 bytes a file.
Task<Result<TableChange>> ReadWholeClone(Call call, const Environment& env, const TableCut& cut);

// The refusal of a table that names one file in two ways, whose rows would count twice.
[[nodiscard]] std::unexpected<Error> HeldTwice(Version version, const std::string& path);

}  // namespace lakeferry::engine
