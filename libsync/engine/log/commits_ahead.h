// Commits are opened side by side and handed on one after the other: a far store takes as long for one as for many.
#pragma once

#include <functional>
#include <vector>

#include "base/ids.h"
#include "engine/log/table_log.h"

namespace lakeferry::engine {

// False: enough.
using CommitTaker = std::function<Task<Result<bool>>(Version, OpenCommit)>;

// Hands the commits on in the order given, each once. Of small ones the text has been read by then. Errors: those of
// `take`, and of opening a commit, once it is its turn. Memory: 8 MiB. `log` must outlive the task.
Task<Status> TakeCommits(Call call, const TableLog& log, std::vector<Version> order, CommitTaker take);

}  // namespace lakeferry::engine
