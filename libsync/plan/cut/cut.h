// Where a group may be cut: the instants between runs at which everything in the tables is finished work.
// Pure: runs and the present time in, candidates out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/run.h"
#include "base/time.h"

namespace lakeferry::plan {

// An instant at which no run of any workflow of the group is active and the last run of each to end was a success.
struct CutCandidate {
  TimeMs time;                       // end of the last run before the gap
  std::optional<TimeMs> next_start;  // start of the first run after it, if there is one
  std::vector<std::string> run_ids;  // successful runs that ended since the previous cut, by end time
  bool atomic = true;                // false for a forced cut only
  Millis slack{0};                   // so much later the runs that it holds may have ended (Run::end_slack)

  bool operator==(const CutCandidate&) const = default;
};

struct CutChoice {
  std::vector<CutCandidate> candidates;  // newest first; empty: nothing to do now
  std::string reason;                    // why there is none, for people
  std::optional<Run> in_the_way = {};    // the run that the reason is about, which may be wrongly recorded
  bool held = false;                     // time alone will not mend that
};

struct CutRequest {
  std::vector<Run> runs;  // every run active now or ended after previous_cut, of all workflows
  TimeMs now;
  std::optional<TimeMs> previous_cut;  // cut time of the newest epoch
  Millis clock_skew_margin{0};
  bool settles = true;  // an instant must have been over for the margin
};

// The quiescent instants newer than the previous cut, newest first. A gap after a failed run of any workflow is none
// (nothing of a failed run goes over unless a later success of that workflow has built upon it); neither is an instant
// that has not been over for the skew margin, where it has to settle; runs that end in the future of `now` hold
// everything back, because then one of the two clocks is wrong. Of very many runs only the newest instants.
[[nodiscard]] CutChoice FindQuiescentInstants(const CutRequest& request);

// A cut at `now` less the margin regardless of runs, for a group whose newest cut (or, before the first, first sight)
// is older than `force_after`. Marked as not atomic. Absent while that is not due.
[[nodiscard]] std::optional<CutCandidate> ForcedCut(TimeMs now, TimeMs last_cut_or_first_seen, Millis force_after,
                                                    Millis clock_skew_margin);

// Known runs sorted for one candidate: whose commits belong into it and whose do not.
struct RunSides {
  std::vector<std::string> inside;   // ended at or before the cut
  std::vector<std::string> outside;  // started at or after it, or still running
};
[[nodiscard]] RunSides SplitRuns(const std::vector<Run>& runs, const CutCandidate& cut);

}  // namespace lakeferry::plan
