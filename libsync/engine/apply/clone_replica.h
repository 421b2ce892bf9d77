// CloneReplica: a replica with a history of its own, one commit an epoch. Its own log says where it stands: each commit
// advances a transaction marker to its epoch and carries an id derived from the manifest.
#pragma once

#include "engine/apply/replica_table.h"
#include "plan/change/clone_commit.h"

namespace lakeferry::engine {

class CloneReplica : public ReplicaTable {
 public:
  CloneReplica(std::shared_ptr<ObjectStore> store, const Environment& env) : ReplicaTable(std::move(store), env) {}

  Task<Result<ReplicaHead>> Inspect(Call call, ApplyContext context, plan::ManifestTable table,
                                    std::optional<Version> known) override;
  Task<Result<Version>> Commit(Call call, ApplyContext context, plan::ManifestTable table, ReplicaHead head) override;

 private:
  Task<Result<ReplicaHead>> InspectSince(Call call, ApplyContext context, plan::ManifestTable table,
                                         Version known) const;
  // Whether version 0 is this epoch's.
  Task<Result<bool>> IsMadeAnew(Call call, ApplyContext context, plan::ManifestTable table) const;
  Task<Result<ReplicaHead>> InspectUnknown(Call call, ApplyContext context, plan::ManifestTable table) const;
  Task<Status> CheckNewestIsOurs(Call call, ApplyContext context, plan::ManifestTable table,
                                 const delta::LogListing& listing, ReplicaHead head) const;
  Task<Result<plan::CloneCommitFacts>> Facts(Call call, ApplyContext context, plan::ManifestTable table,
                                             ReplicaHead head) const;
  struct Written {
    bool created = false;            // false: it existed, or nobody knows
    int64_t newest_row_commit = -1;  // the highest version of the source that an added file's rows bear; -1 for none
  };
  Task<Result<Written>> Write(Call call, ApplyContext context, plan::ManifestTable table, plan::CloneCommitFacts facts,
                              Version version);
  // Rows keep the numbers of the source's commits: takes versions behind `head`, which the epoch is in, until the next
  // one is higher than `row_commit`. The newest version then.
  Task<Result<Version>> ReserveVersions(Call call, ApplyContext context, plan::ManifestTable table, Version head,
                                        int64_t row_commit) const;
  Task<Result<PutOutcome>> Settle(Call call, Version version, std::string txn_id) const;
};

}  // namespace lakeferry::engine
