// CloneReplica: a replica with a history of its own, one commit an epoch. Its own log says where it stands: each commit
// advances a transaction marker to its epoch and carries an id derived from the manifest.
#pragma once

#include "engine/replica_table.h"
#include "plan/clone_commit.h"

namespace lakeferry::engine {

class CloneReplica : public ReplicaTable {
 public:
  CloneReplica(std::shared_ptr<ObjectStore> store, const Environment& env) : ReplicaTable(std::move(store), env) {}

  Task<Result<ReplicaHead>> Inspect(ApplyContext context, plan::ManifestTable table,
                                    std::optional<Version> known) override;
  Task<Result<Version>> Commit(ApplyContext context, plan::ManifestTable table, ReplicaHead head) override;

 private:
  Task<Result<ReplicaHead>> InspectSince(ApplyContext context, plan::ManifestTable table, Version known) const;
  // Whether version 0 is this epoch's.
  Task<Result<bool>> IsMadeAnew(ApplyContext context, plan::ManifestTable table) const;
  Task<Result<ReplicaHead>> InspectUnknown(ApplyContext context, plan::ManifestTable table) const;
  Task<Status> CheckNewestIsOurs(ApplyContext context, plan::ManifestTable table, const delta::LogListing& listing,
                                 ReplicaHead head) const;
  Task<Result<plan::CloneCommitFacts>> Facts(ApplyContext context, plan::ManifestTable table, ReplicaHead head) const;
  Task<Status> Write(ApplyContext context, plan::ManifestTable table, plan::CloneCommitFacts facts, Version version);
  Task<Result<PutOutcome>> Settle(Version version, std::string txn_id) const;
};

}  // namespace lakeferry::engine
