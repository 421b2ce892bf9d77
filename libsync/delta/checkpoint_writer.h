// CheckpointWriter: writes a table's state as a classic checkpoint (protocol: "Checkpoints"), piece by piece, so that a
// state of millions of files is never held twice; the parquet adapter implements it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "delta/commit_json.h"

namespace lakeferry::delta {

// What `_last_checkpoint` says of a checkpoint.
struct CheckpointSummary {
  int64_t actions = 0;
  int64_t adds = 0;
  int64_t bytes = 0;
};

// One checkpoint while it is written: an ActionSink that takes the state's actions in any order and gives the file's
// bytes as they become ready. dataChange is false in the file whatever the action says; a domain that is removed is not
// written; `stats` and `tags` of removes are not kept; cdc and commitInfo are no part of a state and passed over.
// kInternal: a sidecar or checkpointMetadata, which a classic checkpoint cannot hold; a failure of the library.
// kCorruptLog: a value that does not fit the checkpoint's schema. After an error it can only be destroyed.
// Blocking: called on a pool. One thread at a time.
class CheckpointEncoder : public ActionSink {
 public:
  // The bytes that became ready since the last call, maybe none. What is not taken is kept, so take often.
  virtual std::string TakeBytes() = 0;
  // Ends the file; TakeBytes gives the rest. At most once, and nothing may be added after.
  virtual Result<CheckpointSummary> Finish() = 0;
};

class CheckpointWriter {
 public:
  virtual ~CheckpointWriter() = default;
  // A new, empty checkpoint.
  [[nodiscard]] virtual std::unique_ptr<CheckpointEncoder> Begin() const = 0;
};

}  // namespace lakeferry::delta
