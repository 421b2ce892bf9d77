// Commits that nobody's run explains, after the end of a run: the run's own, by a clock that is ahead, or the work of a
// run that nobody has recorded. Which of the two nothing tells; that there are some must be said. Pure.
#pragma once

#include <vector>

#include "base/run.h"
#include "plan/cut/version_choice.h"

namespace lakeferry::plan {

// So long after the end of a run a commit follows it closely.
inline constexpr Millis kFollowsClosely{10'000};

// True iff the commit lies in a run, by the times of both.
[[nodiscard]] bool IsExplained(TimeMs commit, const std::vector<Run>& runs, Millis margin);

// Commits after `chosen` that change data, name no run and lie in none. None where the table's commits name their runs:
// the finished run's would.
[[nodiscard]] std::vector<CommitFacts> FindUnexplained(const VersionRequest& request, Version chosen,
                                                       const std::vector<Run>& runs);

// Whether such a commit is near enough to the end of the cut's last run to be its work.
[[nodiscard]] bool FollowsClosely(const VersionRequest& request, const CommitFacts& commit);

}  // namespace lakeferry::plan
