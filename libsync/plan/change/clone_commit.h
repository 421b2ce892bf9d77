// The lines of a commit that lakeferry writes to a replica in clone mode. A pure function of what was decided: the same
// input gives the same bytes after a crash. Order and fields: protocol "Actions".
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "delta/action.h"

namespace lakeferry::plan {

// Names the table's place in its group's history inside the replica itself, as the version of this application id: the
// newest applied epoch. It travels through checkpoints, unlike commitInfo.
[[nodiscard]] std::string MarkerAppId(std::string_view group);

// What identifies one commit as ours after an unknown outcome or a lost journal: the same for the same manifest and
// table, different for any other.
[[nodiscard]] std::string CommitTxnId(std::string_view manifest_sha256, std::string_view table);

struct CloneCommitFacts {
  std::string group;
  std::string table;
  Epoch epoch;
  std::string manifest_sha256;
  std::optional<Version> read_version;            // the replica's version before; absent for its first commit
  TimeMs timestamp;                               // drawn once, journaled
  std::optional<int64_t> in_commit_timestamp_ms;  // where the replica has them enabled
  std::string source_uri;
  Version source_version;
  std::string source_table_id;
  bool atomic = true;
  int64_t adds = 0;
  int64_t removes = 0;
  int64_t bytes = 0;
};

// The first line: commitInfo.
[[nodiscard]] std::string CommitInfoLine(const CloneCommitFacts& facts);

// A commit that changes nothing and only takes a version, so that what is written after it has a higher one than the
// rows it follows were given at the source (protocol: "Row Tracking").
[[nodiscard]] std::string ReserveVersionLine(const CloneCommitFacts& facts);

// The line that advances the marker.
[[nodiscard]] std::string MarkerLine(const CloneCommitFacts& facts);

// A remove as the replica writes it: a tombstone that is as young as this commit, so that its file outlives readers.
[[nodiscard]] delta::RemoveFile ReplicaRemove(delta::RemoveFile remove, TimeMs timestamp, bool data_change);
// The same for a file of the replica that the source no longer has.
[[nodiscard]] delta::RemoveFile RemoveOf(const delta::AddFile& add, TimeMs timestamp, bool data_change);

// The replica's metadata: the source's, but for identity and what a clone strips. `replica` is absent for the first
// commit; then the id is derived from the group and table, so that a repeated first commit has the same.
[[nodiscard]] delta::Metadata ReplicaMetadata(const delta::Metadata& source,
                                              const std::optional<delta::Metadata>& replica, std::string_view group,
                                              std::string_view table);

// Sets the properties that say from where in-commit timestamps count, when they are newly enabled on a replica that
// already has versions.
void MarkInCommitEra(delta::Metadata& metadata, Version version, int64_t timestamp_ms);

}  // namespace lakeferry::plan
