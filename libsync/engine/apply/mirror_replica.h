// MirrorReplica: a replica that has the source's own commits under the same version numbers, byte for byte, and with
// the same modification times where the store can set them.
#pragma once

#include <vector>

#include "engine/apply/replica_table.h"
#include "engine/copy/object_copy.h"

namespace lakeferry::engine {

class MirrorReplica : public ReplicaTable {
 public:
  MirrorReplica(std::shared_ptr<ObjectStore> store, const Environment& env) : ReplicaTable(std::move(store), env) {}

  Task<Result<ReplicaHead>> Inspect(Call call, ApplyContext context, plan::ManifestTable table,
                                    std::optional<Version> known) override;
  Task<Result<Version>> Commit(Call call, ApplyContext context, plan::ManifestTable table, ReplicaHead head) override;

 private:
  // They are written side by side and published one after the other.
  Task<Status> PutCommits(Call call, ApplyContext context, const std::vector<plan::StagedCommit>& commits);
  Task<Status> Prepare(Call call, ApplyContext context, plan::StagedFile file, PreparedCopy& place);
  Task<Status> PutCommit(Call call, plan::StagedCommit commit, PreparedCopy prepared);
  Task<Status> PutLogFile(Call call, ApplyContext context, plan::StagedFile file, std::optional<Version> head);
  Task<Result<std::vector<std::string>>> FindForeign(Call call, const std::vector<plan::StagedFile>& coming,
                                                     std::vector<std::string> there, std::optional<Version> head);
  Task<Result<bool>> Holds(Call call, ObjectPath path, plan::StagedFile file);
  void TellOfTimes(const Call& call, const plan::ManifestTable& table);

  int64_t times_refused_ = 0;
  std::string time_refused_;  // why, the last time
};

}  // namespace lakeferry::engine
