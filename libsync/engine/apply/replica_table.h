// ReplicaTable: one table of the secondary region as the receiver treats it: where it stands, whether its history is
// ours, and one commit for one epoch, in clone or mirror mode.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/apply/file_names.h"
#include "engine/log/table_log.h"
#include "engine/staging/staging_area.h"
#include "plan/document/manifest.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// What a receiver commits: one epoch, with what was drawn for it. Inspect looks at no time.
struct ApplyContext {
  const StagingArea* staging = nullptr;
  const StagedEpoch* epoch = nullptr;
  TimeMs timestamp = {};   // of the commits; journaled: the same after a crash
  TimeMs tombstones = {};  // of what the commits remove: when they are written, however old the journal is
  // Of the replica from where it was left on, as it was listed a moment ago; null: it is listed.
  const delta::LogListing* listing = nullptr;
  const FileNames* names = nullptr;  // of the table at hand, as its files were placed; null where none is renamed
};

// Where the replica stands.
struct ReplicaHead {
  std::optional<Version> version;  // newest; absent: no table yet, or no more
  bool committed = false;          // the epoch in question is in it already
};

// `env` must outlive its tasks.
class ReplicaTable {
 public:
  virtual ~ReplicaTable() = default;
  ReplicaTable(const ReplicaTable&) = delete;
  ReplicaTable& operator=(const ReplicaTable&) = delete;

  // Looks at the replica before anything is written. `known`: the version this receiver left, where it remembers it.
  // A replica that was moved away has no version, as if there had never been one; what the epoch builds upon is gone
  // with it.
  // kRefused: the target holds something that is not ours; kDiverged: somebody else changed the replica, or left
  // log files beside its commits that readers would take for ours; the store's.
  virtual Task<Result<ReplicaHead>> Inspect(Call call, ApplyContext context, plan::ManifestTable table,
                                            std::optional<Version> known) = 0;
  // Writes the epoch into the log; all data files are placed. Returns the replica's version after it. Idempotent: what
  // is there already is left. kDiverged when somebody else took the version; the store's.
  virtual Task<Result<Version>> Commit(Call call, ApplyContext context, plan::ManifestTable table,
                                       ReplicaHead head) = 0;

  // What Inspect cannot see in a listing: that nothing Hadoop keeps of a commit waits for the next one. Errors as
  // there.
  Task<Status> CheckNextIsFree(Call call, ReplicaHead head) const;

  [[nodiscard]] const TableLog& log() const { return log_; }
  [[nodiscard]] ObjectStore& store() const { return log_.store(); }

 protected:
  // Before a first commit: the target's folder holds nothing but what this epoch brings (a crash may have left some of
  // it); what its log holds is not looked at. Whether there is a log folder. kRefused otherwise.
  Task<Result<bool>> CheckFree(Call call, ApplyContext context, plan::ManifestTable table) const;
  // Where a version is gone that was at the replica: the head of a replica that was moved away, and will be made anew.
  // kDiverged, with `what`, where a log is left; kRefused as of CheckFree.
  Task<Result<ReplicaHead>> InspectGone(Call call, ApplyContext context, plan::ManifestTable table,
                                        std::string what) const;

  ReplicaTable(std::shared_ptr<ObjectStore> store, const Environment& env) : log_(std::move(store), env), env_(env) {}
  TableLog log_;
  const Environment& env_;
};

// For the group's mode.
[[nodiscard]] std::unique_ptr<ReplicaTable> MakeReplicaTable(delta::ReplicationMode mode,
                                                             std::shared_ptr<ObjectStore> store,
                                                             const Environment& env);

}  // namespace lakeferry::engine
