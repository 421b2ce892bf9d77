// Which version was the current one at an instant, by the rules of Delta's history manager: what TIMESTAMP AS OF and
// RESTORE answer for the same log. Pure: the caller lists the log and reads the few commits that are asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "delta/commit_times.h"
#include "delta/log_segment.h"
#include "delta/snapshot.h"

namespace lakeferry::delta {

// The version from which on Delta counts times: 0 where its commit is there, else that of the first checkpoint from
// which the commits go on. kNotFound where the log has neither.
[[nodiscard]] Result<Version> EarliestRebuildable(const LogListing& listing);

// One question. A value, used by one thread:
//   while (const auto wanted = search.Wanted()) search.Tell(<in-commit timestamp of that version>);
class TimeTravel {
 public:
  // `listing`: the whole log, of which `latest` is the newest snapshot. kNotFound as EarliestRebuildable; kCorruptLog
  // as InCommitEraOf.
  [[nodiscard]] static Result<TimeTravel> Make(const LogListing& listing, const Snapshot& latest, TimeMs at);

  // The commit whose in-commit timestamp must be told next; absent once the answer is known.
  [[nodiscard]] std::optional<Version> Wanted() const;
  // Only after Wanted() gave a version.
  void Tell(TimeMs in_commit_time);

  // The version at the instant, with its time as Delta counts it (past the last commit: the last); absent where the
  // instant lies before the first. Only once Wanted() gives nothing.
  [[nodiscard]] const std::optional<CommitTime>& Answer() const;

 private:
  explicit TimeTravel(TimeMs at) : at_(at) {}
  void SearchFileTimes(const LogListing& listing, Version from, Version to);

  TimeMs at_;
  std::optional<CommitTime> best_;
  std::vector<Version> candidates_;  // with their own times, ascending; the answer is best_ or one of [low_, high_)
  size_t low_ = 0;
  size_t high_ = 0;
};

}  // namespace lakeferry::delta
