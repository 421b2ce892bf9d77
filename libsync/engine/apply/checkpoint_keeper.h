// CheckpointKeeper: writes checkpoints on the clones of one group, so that readers need not replay a clone's whole log,
// at the interval that the table's own property asks for. A checkpoint is never needed for correctness: one that cannot
// be written is a warning, and the next epoch tries again.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/ids.h"
#include "base/time.h"
#include "delta/checkpoint_writer.h"
#include "engine/environment.h"
#include "engine/log/table_log.h"
#include "plan/retention/retention.h"

namespace lakeferry::engine {

// `env` must outlive it; one task at a time.
class CheckpointKeeper {
 public:
  static constexpr int64_t kIntervalDefault = 10;  // of delta.checkpointInterval, as Spark's

  explicit CheckpointKeeper(const Environment& env) : env_(env) {}

  // Writes the checkpoint of `version`, the newest of the clone `table`, if it is due. Costs nothing where it is known
  // that none is, a look at the table's properties where it is not known yet; else a replay of the table's whole log,
  // and a second one where its properties turn out to be others than at the last, or than Delta's defaults at the
  // first. Never fails; what went wrong is logged. A replay ends soon after the call is stopped, and the next epoch
  // tries again; the look at the properties is let run, for it reads a checkpoint's footer and the commits behind it.
  Task<void> Keep(Call call, std::string table, std::shared_ptr<ObjectStore> store, Version version);

 private:
  // Of a table, as of the last replay; kept to save looking it up.
  struct Known {
    int64_t interval = kIntervalDefault;
    Millis tombstones_kept = plan::kDefaultRetention.deleted_files;
    std::optional<Version> due;  // no checkpoint before this version
    Version seen;                // the newest version so far
  };

  // What the table's properties say, and so when the next one is due. Where nobody can tell how long VACUUM must spare
  // tombstones, they are all kept.
  static void Learn(Known& known, const delta::LogListing& listing, const delta::Metadata& metadata);
  Task<Result<bool>> WriteIfDue(Call call, Known& known, const TableLog& log, Version version);
  // Writes it in one replay, as is known so far; false, and nothing written, where the table's properties say other.
  Task<Result<bool>> Write(Call call, Known& known, const TableLog& log, const delta::LogListing& listing,
                           Version version) const;
  Task<Status> PutHint(Call call, const TableLog& log, Version version, delta::CheckpointSummary written) const;

  const Environment& env_;
  std::map<std::string, Known> known_;  // by table
};

}  // namespace lakeferry::engine
