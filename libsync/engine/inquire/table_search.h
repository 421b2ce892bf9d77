// Which Delta tables lie below a place, for `lakeferry init`. Reads folders' names alone.
#pragma once

#include <string>
#include <vector>

#include "engine/environment.h"

namespace lakeferry::engine {

// A folder with a log, below the place; empty: the place itself.
using FoundTable = ObjectPath;

// Folders so deep below a place are looked at, and so many in all.
inline constexpr size_t kSearchDepthMax = 8;
inline constexpr size_t kSearchFoldersMax = 100'000;

// Every table at or below `uri`, in the order of their names. What lies in a table is its own matter, and folders whose
// names begin with '_' or '.' are nobody's table. kNotFound where nothing is there, and where there is no table;
// kInvalidArgument where there are too many folders to look at; the store's errors. `env` outlives the task.
Task<Result<std::vector<FoundTable>>> FindTables(Call call, const Environment& env, std::string uri);

}  // namespace lakeferry::engine
