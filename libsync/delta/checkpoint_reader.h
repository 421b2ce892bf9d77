// CheckpointReader: turns the bytes of a Parquet checkpoint file into actions; the parquet adapter implements it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "delta/commit_json.h"

namespace lakeferry::delta {

class CheckpointReader {
 public:
  virtual ~CheckpointReader() = default;
  // Feeds every action of the file to `sink`: adds, removes, metaData, protocol, txn, domainMetadata, sidecar,
  // checkpointMetadata, looked up by column name; a missing column is null (protocol: "Checkpoints"). `where` names the
  // object in errors. kCorruptLog for a file that cannot be read. Blocking: called on a pool.
  virtual Status Read(std::string bytes, std::string_view where, ActionSink& sink) const = 0;
};

}  // namespace lakeferry::delta
