// CheckpointReader: turns a Parquet checkpoint file into actions; the parquet adapter implements it.
#pragma once

#include <string_view>

#include "base/random_access.h"
#include "base/result.h"
#include "delta/commit_json.h"

namespace lakeferry::delta {

class CheckpointReader {
 public:
  virtual ~CheckpointReader() = default;
  // Feeds every action of the file to `sink`, but those of files where it wants none: adds, removes, metaData,
  // protocol, txn, domainMetadata, sidecar, checkpointMetadata, looked up by column name; a missing column is null
  // (protocol: "Checkpoints"). The file is read piece by piece. `where` names the object in errors. kCorruptLog for a
  // file that cannot be read as a checkpoint; errors of `file` and of `sink` as they are. Blocking: called on a pool.
  virtual Status Read(const RandomAccess& file, std::string_view where, ActionSink& sink) const = 0;
};

}  // namespace lakeferry::delta
