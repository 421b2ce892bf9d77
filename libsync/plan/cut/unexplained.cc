#include "plan/cut/unexplained.h"

#include <algorithm>

namespace lakeferry::plan {

bool IsExplained(TimeMs commit, const std::vector<Run>& runs, Millis margin) {
  return std::ranges::any_of(runs, [&](const Run& run) {
    return run.start - margin <= commit && (!run.end || commit <= *run.latest_end() + margin);
  });
}

std::vector<CommitFacts> FindUnexplained(const VersionRequest& request, Version chosen, const std::vector<Run>& runs) {
  std::vector<CommitFacts> found;
  for (const CommitFacts& commit : request.commits) {
    if (commit.run_id && std::ranges::find(request.sides.inside, *commit.run_id) != request.sides.inside.end()) {
      return {};
    }
    const bool after = commit.version > chosen && commit.changes_data && !commit.run_id;
    if (after && !IsExplained(commit.time, runs, request.clock_skew_margin)) found.push_back(commit);
  }
  return found;
}

bool FollowsClosely(const VersionRequest& request, const CommitFacts& commit) {
  return commit.time <= LatestInside(request.cut, request.clock_skew_margin) + kFollowsClosely;
}

}  // namespace lakeferry::plan
