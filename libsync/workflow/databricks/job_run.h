// JobRun: one run of a Databricks job as the Jobs API (2.1 and 2.2) tells it, and what its many states come to. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "base/run.h"
#include "base/time.h"
#include "json/reader.h"

namespace lakeferry::databricks {

enum class Phase {
  kQueued,  // it has begun nothing
  kActive,  // it may write, or is about to: also while it waits for a retry, or its cluster goes away
  kEnded,
  kNever,  // it was skipped, and never began
};

struct JobRun {
  int64_t id = 0;
  int64_t job = 0;
  Phase phase = Phase::kActive;
  TimeMs start;               // of the run, or of its place in the queue
  std::optional<TimeMs> end;  // kEnded: of the last repair as well
  RunState state = RunState::kRunning;
  bool queued = false;     // it has stood in a queue first
  bool in_pieces = false;  // repaired, or with attempts: when its first task began, its tasks do not tell
  // When the first of its tasks began, where the answer has all of them and each says so.
  std::optional<TimeMs> first_task;

  // When it can have begun to write.
  [[nodiscard]] TimeMs Began() const;
};

// An entry of runs/list, or the answer of runs/get. kCorruptLog where it lacks what every run has, or contradicts
// itself. A state that is not known is that of a run that goes on, unless it says when it ended: then it has failed.
[[nodiscard]] Result<JobRun> ReadJobRun(const json::Fields& fields);

}  // namespace lakeferry::databricks
