// Which version a point in time means (as Delta's history manager decides it). Pure: the caller lists the commits
// and reads the in-commit timestamps asked for.
#pragma once

#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "delta/action.h"

namespace lakeferry::delta {

struct CommitTime {
  Version version;
  TimeMs time;
  bool operator==(const CommitTime&) const = default;
};

// Makes file times rise with versions, as Delta does: a time not above the one before becomes that one plus 1 ms.
// `commits` ascending by version.
void MakeMonotonic(std::vector<CommitTime>& commits);

// Where in-commit timestamps begin to count, by the latest metadata; absent when they are off.
struct InCommitEra {
  Version from_version;  // commits from here on carry their own time
  TimeMs from_time;      // instants from here on are answered by them
};

// Whether commits carry their own time, by the metadata in force.
[[nodiscard]] bool InCommitTimestampsOn(const Protocol& protocol, const Metadata& metadata);

// kCorruptLog when only one of the two enablement properties is set. `earliest`: first rebuildable version.
[[nodiscard]] Result<std::optional<InCommitEra>> InCommitEraOf(const Protocol& protocol, const Metadata& latest,
                                                               Version earliest);

// The newest version whose file time, made monotonic as Delta does (in chunks of 1,000 above 2,000 commits), is at or
// before `at`; absent when even the first is later. `commits` ascending, raw file times.
[[nodiscard]] std::optional<CommitTime> NewestAtOrBefore(std::vector<CommitTime> commits, TimeMs at);

// The same for the commits of the versions [from, to), of which the first ones may be missing: the chunks are counted
// from `from`.
[[nodiscard]] std::optional<CommitTime> NewestInRange(std::vector<CommitTime> commits, Version from, Version to,
                                                      TimeMs at);

}  // namespace lakeferry::delta
