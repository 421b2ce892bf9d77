// Which leaf columns of a checkpoint file hold what a replicator reads. Chosen by name, once a file; plain values.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"

namespace parquet {
class FileMetaData;
}  // namespace parquet

namespace lakeferry::parquet {

// Indices of leaf columns, as Parquet counts them.
struct CheckpointColumns {
  std::vector<int> base;          // what is always read
  std::vector<int> parsed_stats;  // the safe part of add.stats_parsed: numRecords, nullCount, tightBounds
  std::vector<int> keys;          // of each action the field that no such action is without
  int add_path = -1;              // add.path, -1 where the file has no adds
  int add_stats = -1;             // add.stats, -1 where the file has none

  // `base`, and `parsed_stats` where an add of the row group may lack `stats`; in the order of the file.
  [[nodiscard]] std::vector<int> ForRowGroup(const ::parquet::FileMetaData& file, int row_group) const;
};

// `files`: whether adds and removes are wanted; without them nothing may be left in `base`. kCorruptLog: no column of a
// checkpoint at all, one that is no struct or lacks its key field, so that its actions would silently be missing, or
// two of one name.
[[nodiscard]] Result<CheckpointColumns> ChooseColumns(const ::parquet::FileMetaData& file, bool files,
                                                      std::string_view where);

}  // namespace lakeferry::parquet
