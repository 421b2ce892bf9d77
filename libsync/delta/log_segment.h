// LogSegment: the files of a log from which one version is rebuilt. Invariants, by the numbers LogSegment::Make gives:
//   1 commits are contiguous and ascending; 2 the last commit is the segment's version, or there is a checkpoint of
//   exactly that version and the commit file of it exists; 3 the first commit follows the checkpoint, or is version 0
//   where there is none; 4 a checkpoint of several parts has all of them; 5 no file is empty.
#pragma once

#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "delta/log_path.h"

namespace lakeferry::delta {

// One complete checkpoint.
struct CheckpointFiles {
  Version version;
  LogFileKind kind = LogFileKind::kCheckpoint;
  std::vector<LogFile> files;  // one, or all parts in order
  bool json = false;
};

// What a listing of the log folder holds, sorted out.
struct LogListing {
  std::vector<std::pair<Version, LogFile>> commits;  // ascending
  std::vector<CheckpointFiles> checkpoints;          // complete ones, best last: by version, kind, parts, name
  std::vector<std::pair<Version, LogFile>> checksums;
  std::vector<std::string> suspicious;  // names engines would disagree on
  std::vector<std::string> ignored;
};

// Sorts out `files` (any order). Zero-length and incomplete checkpoints are dropped, as engines do.
[[nodiscard]] LogListing SortOut(std::vector<LogFile> files);

// The newest version reachable without a gap from version 0 or from a complete checkpoint; absent for no table at all.
// A gap with later commits behind it is kCorruptLog: a listing race or damage, never skipped.
[[nodiscard]] Result<std::optional<Version>> NewestVersion(const LogListing& listing);

struct LogSegment {
  Version version;
  std::optional<CheckpointFiles> checkpoint;
  std::vector<std::pair<Version, LogFile>> commits;  // after the checkpoint, up to version
  LogFile last_commit;                               // version's own N.json, for its time

  // The segment that rebuilds `version`, from the best checkpoint at or below it and, failing `skip` of the best ones,
  // the next: a caller that finds a checkpoint unreadable asks again with skip + 1.
  // kNotFound: no such version (not yet, or no longer rebuildable); kCorruptLog with the number of the invariant.
  [[nodiscard]] static Result<LogSegment> Make(const LogListing& listing, Version version, int skip = 0);
};

}  // namespace lakeferry::delta
