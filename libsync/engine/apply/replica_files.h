// ReplicaFiles: what a replica holds, for a whole table that is compared with it: what the table has already is left as
// it is, and what it lacks is to be removed.
#pragma once

#include <vector>

#include "delta/file_fingerprints.h"
#include "delta/snapshot.h"
#include "engine/spill/spilled_bytes.h"

namespace lakeferry::engine {

// Takes the files of a replay. Memory: 27 to 40 bytes a file; the files themselves lie in scratch.
// `env` must outlive it.
class ReplicaFiles final : public delta::FileSink {
 public:
  explicit ReplicaFiles(const Environment& env);

  // kInvalidArgument for a path that no key can be made of; the scratch's errors.
  Status OnLive(delta::AddFile&& add) override;
  void Restart() override;

  // How a file of the table compares with the replica's; one that is there is not left over. kInvalidArgument.
  Result<delta::FileFingerprints::Match> Take(const delta::AddFile& add) { return fingerprints_.Take(add); }

  // Once all are taken: the next of those that are left over, in the order of the replay, some at a time; none at the
  // end. The scratch's errors.
  Task<Result<std::vector<delta::AddFile>>> NextLeftOver();

 private:
  delta::FileFingerprints fingerprints_;
  SpilledBytes files_;
  SpilledLines left_over_;
};

}  // namespace lakeferry::engine
