// What the history of a managed table tells: whether it is a clone of a replica, of which version, and that nobody else
// has written it. It is what a crash between two clones is mended by, and the proof that a clone was made. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/sql_rows.h"
#include "base/time.h"

namespace lakeferry::plan {

struct HistoryEntry {
  Version version;
  TimeMs time;            // by the clock of who wrote it
  std::string operation;  // "CLONE", "WRITE"
  std::string user;       // who did it; empty where it says nobody
  // Of a clone; absent or empty where the entry does not say it.
  std::string source = {};
  std::optional<Version> source_version = {};
};

// What DESCRIBE HISTORY gives, found by the names of the columns. kCorruptLog where it lacks one, has a value that
// cannot be, or is not newest first.
[[nodiscard]] Result<std::vector<HistoryEntry>> ReadHistory(const SqlRows& rows);

// That a managed table is a clone of its replica.
struct CloneMark {
  Version version;         // of the managed table, that the newest clone has made
  Version source_version;  // of the replica, that it is of
  TimeMs since;            // when the table came to that first: a clone that was made twice changed nothing

  bool operator==(const CloneMark&) const = default;
};

// The newest clone of the replica at `uri` by the history of the managed table `name`, newest first; absent where there
// is none yet and nobody has put rows there. `left`: the version that our own record has for the newest clone; absent
// for none. kDiverged where somebody else wrote what is newest (upkeep, which keeps every row, is nobody's writing);
// kRefused where the history does not reach back far enough to tell.
[[nodiscard]] Result<std::optional<CloneMark>> NewestClone(const std::vector<HistoryEntry>& history,
                                                           std::string_view name, std::string_view uri,
                                                           std::optional<Version> left);

}  // namespace lakeferry::plan
