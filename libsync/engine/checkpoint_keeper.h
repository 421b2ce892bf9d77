// CheckpointKeeper: writes checkpoints on the clones of one group, so that readers need not replay a clone's whole log,
// at the interval that the table's own property asks for. A checkpoint is never needed for correctness: one that cannot
// be written is a warning, and the next epoch tries again.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/ids.h"
#include "delta/checkpoint_writer.h"
#include "engine/environment.h"
#include "engine/table_log.h"

namespace lakeferry::engine {

// `env` must outlive it; one task at a time.
class CheckpointKeeper {
 public:
  explicit CheckpointKeeper(const Environment& env) : env_(env) {}

  // Writes the checkpoint of `version`, the newest of the clone `table`, if it is due. Costs nothing where it is known
  // that none is; the table's whole log once where that is not known, and twice where one is. Never fails; what went
  // wrong is logged.
  Task<void> Keep(std::string table, std::shared_ptr<ObjectStore> store, Version version);

 private:
  Task<Result<bool>> WriteIfDue(const std::string& table, const TableLog& log, Version version);
  Task<Result<delta::CheckpointSummary>> Write(const TableLog& log, const delta::LogListing& listing, Version version,
                                               Millis tombstones_kept) const;
  Task<Status> PutHint(const TableLog& log, Version version, delta::CheckpointSummary written) const;

  const Environment& env_;
  std::map<std::string, Version> due_;  // by table: no checkpoint before this version; kept to save looking it up
};

}  // namespace lakeferry::engine
