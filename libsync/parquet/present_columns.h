// Which columns of a row group hold anything at all. Most of a checkpoint's columns hold nothing but nulls, which are a
// few bytes in the file and would be as many rows in memory as there are adds. Stateless.
#pragma once

#include <vector>

namespace parquet {
class ParquetFileReader;
}  // namespace parquet

namespace lakeferry::parquet {

// Of the leaf columns `chosen` (ascending), those of actions that the row group has rows of, and of these without the
// fields that are null in every row. `keys` are leaves that tell whether an action is there; of an action that is there
// its key is always given. None: every row of the row group is null, and there are as many as its footer counts.
// Statistics only say where looking is worth it: that a column holds nothing is what its own levels say. May throw as
// Parquet's functions do.
[[nodiscard]] std::vector<int> PresentColumns(::parquet::ParquetFileReader& file, int row_group,
                                              const std::vector<int>& chosen, const std::vector<int>& keys);

}  // namespace lakeferry::parquet
