// What only the table at the base can tell of a change: whether files that a commit names without a change of data, or
// after their removal, are files of the base named again (statistics, row ids, RESTORE), which the replica has, or
// others, which it lacks; and which files it takes out of the base, where a remove does not tell all of it.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "engine/log/table_log.h"
#include "engine/spill/action_shares.h"
#include "plan/change/net_change.h"

namespace lakeferry::engine {

// Whether an error of a replay says that the log does not hold the version, or not whole.
[[nodiscard]] bool IsGone(const Error& error);

// Whether a net is in doubt of what LookUpBase tells.
[[nodiscard]] inline bool AsksForBase(const plan::NetChange& net) { return net.NeedsBase() || !net.returned().empty(); }

// Settles what `net` is in doubt of, by the table's log at `base`; nothing is read where it is of nothing. Where the
// log does not hold the base any more the doubts stay, and such files count as others: to send one again does no harm.
// Errors: the store's. Cost: a replay of the table.
Task<Status> LookUpBase(Call call, const TableLog& log, Version base, plan::NetChange& net);

// The same for nets that are made one after another (engine/spill/action_shares.h): the table is replayed once, and its
// files wait in scratch.
class SharedOutBase {
 public:
  // `env` must outlive it.
  SharedOutBase(const Environment& env, FileNamer namer);

  // Errors: the store's and the scratch's.
  Task<Status> Read(Call call, const TableLog& log, Version base);
  // Of the net of that share. Blocking: called on a pool. The scratch's errors.
  Status Settle(size_t share, plan::NetChange& net) const;

 private:
  class Sink;
  const Environment& env_;
  FileNamer namer_;
  std::vector<SpilledBytes> shares_;
  bool gone_ = false;
};

}  // namespace lakeferry::engine
