// CloneCommitWriter: turns a manifest's records into the lines of a replica's commit (plan/change/clone_commit.h has
// the decisions). Two shapes: the change since the epoch before, applied as it is; and the whole table, compared with
// what the replica holds.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "delta/snapshot.h"
#include "engine/apply/commit_stream.h"
#include "engine/apply/replica_files.h"
#include "engine/apply/replica_table.h"
#include "plan/change/clone_commit.h"

namespace lakeferry::engine {

struct ReplicaState {
  delta::Snapshot snapshot;
  std::unique_ptr<ReplicaFiles> files;  // only where a whole table is compared with it
};

// Everything referred to must outlive its tasks.
class CloneCommitWriter {
 public:
  // `replica`: the replica's present state where the commit depends on it (first commit: absent; a change of protocol
  // or metadata, or a whole table over an existing one: given).
  CloneCommitWriter(ApplyContext context, const plan::ManifestTable& table, plan::CloneCommitFacts facts,
                    Version version, std::optional<ReplicaState> replica);
  ~CloneCommitWriter();

  // Appends every line but for publishing. What the manifest holds was judged before (plan/rules/epoch_rules.h).
  Task<Status> WriteTo(Call call, CommitStream& out);
  // After WriteTo: the highest version of the source that an added file's rows bear; -1 for none.
  [[nodiscard]] int64_t newest_row_commit() const { return newest_row_commit_; }

 private:
  class Sink;
  Task<Status> ReadParts(Call call, Sink& sink, CommitStream& out);
  std::vector<std::string> Header(const Sink& sink) const;
  // Of a whole table over an existing replica: what the source no longer has.
  Task<Status> WriteLeftOver(Call call, const Sink& sink, CommitStream& out);

  ApplyContext context_;
  const plan::ManifestTable& table_;
  plan::CloneCommitFacts facts_;
  Version version_;
  std::optional<ReplicaState> replica_;
  int64_t newest_row_commit_ = -1;
};

}  // namespace lakeferry::engine
