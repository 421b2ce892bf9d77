// Which version of one table belongs to a cut: by the run's id in the commit where writers set it, else by commit time.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "plan/cut/cut.h"

namespace lakeferry::plan {

// What is known of one commit near the cut.
struct CommitFacts {
  Version version;
  TimeMs time;                        // in-commit timestamp, or file time made monotonic
  std::optional<std::string> run_id;  // the known run it names, if any
  bool changes_data = true;           // false: it only rearranges files, or does nothing
};

struct VersionRequest {
  std::string table;                      // for the reason
  std::optional<Version> base;            // version of the previous cut: the answer when nothing newer belongs in
  std::optional<TimeMs> base_time = {};   // of its commit, as the store lists it now; absent: it carries its own
  std::optional<Version> newest_by_time;  // newest version whose time is at or before `latest_inside`
  std::vector<CommitFacts> commits;       // ascending; after base, as far as any may name a run; may be few
  RunSides sides;
  CutCandidate cut;
  Millis clock_skew_margin{0};
  std::string unfit = {};  // why times decide nothing here (ClockMargin); empty: they do
};

struct VersionChoice {
  Version version;
  bool by_run_id = false;    // the run id decided, against the time or where the time left it open
  bool by_time = false;      // no run id says where the finished run's commits end: the times do
  std::string disagreement;  // what the time alone would have chosen, where that differs; for the log
};

// The last instant whose commits may belong to the cut by time.
[[nodiscard]] TimeMs LatestInside(const CutCandidate& cut, Millis clock_skew_margin);

// kNotFound: the table has no version at the cut. kRefused (the caller tries an older cut, or waits): a commit that
// names no run lies where it may belong to either side (a next run that starts within the margin, or in the same
// millisecond), or commits of runs inside and outside the cut interleave; times have to decide and cannot: the clocks
// were found too far apart, or the base is dated after the cut, so that the log has lost its times. The message holds
// the reason for people.
[[nodiscard]] Result<VersionChoice> ChooseVersion(const VersionRequest& request);

}  // namespace lakeferry::plan
