// RunTimeline: the runs of a group in the order of time, so that what holds at an instant is found without a look at
// all of them: a group may have a hundred thousand runs since its last cut. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/run.h"
#include "base/time.h"

namespace lakeferry::plan {

// A run that starts at an instant is the next one, and one that ends at it is over.
class RunTimeline {
 public:
  // `runs` must outlive it, unchanged.
  explicit RunTimeline(const std::vector<Run>& runs);

  // Whether a run is active.
  [[nodiscard]] bool AnyActiveAt(TimeMs instant) const;
  // The start of the first run that begins at `instant` or after it.
  [[nodiscard]] std::optional<TimeMs> NextStart(TimeMs instant) const;
  // Whether of some workflow the run that ended last by `instant` has failed. Of two that end in one millisecond the
  // failed one counts: nothing says that the success built upon it.
  [[nodiscard]] bool AnyFailedLastAt(TimeMs instant) const;
  // How much later than `instant` a run that ended by then may have ended.
  [[nodiscard]] Millis SlackAt(TimeMs instant) const;
  // Successful runs that ended after `after` (absent: all) and by `until`, in the order of their ends.
  [[nodiscard]] std::vector<std::string> SuccessesIn(std::optional<TimeMs> after, TimeMs until) const;

 private:
  // Of the runs that ended by `end` together.
  struct Past {
    TimeMs end;
    TimeMs latest_end;  // of any of them
    bool failed_last = false;
  };
  [[nodiscard]] const Past* PastAt(TimeMs instant) const;

  std::vector<const Run*> by_start_;
  std::vector<std::optional<TimeMs>> ends_;  // by place in by_start_: the last end up to there; absent: one goes on
  std::vector<Past> past_;                   // by end, one an instant
  std::vector<const Run*> successes_;        // by end, then by id
};

}  // namespace lakeferry::plan
