// ApplyJournal: what a receiver writes down before it touches the first log, so that a crash between two tables is
// rolled forward to the same epoch, under the same time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace lakeferry::plan {

// Where a table of the epoch is written. Neither has a control character.
struct JournaledTarget {
  std::string table;
  std::string uri;

  bool operator==(const JournaledTarget&) const = default;
};

struct ApplyJournal {
  Epoch epoch;
  std::string manifest_sha256;
  TimeMs timestamp;  // of every commit of the epoch
  // Of a group whose targets a catalog tells: it may be away, or say otherwise, when the epoch is rolled forward.
  std::vector<JournaledTarget> targets = {};
};

// Programs that know of no targets read the rest.
[[nodiscard]] std::string WriteJournal(const ApplyJournal& journal);
// kCorruptData.
[[nodiscard]] Result<ApplyJournal> ReadJournal(std::string_view text);

}  // namespace lakeferry::plan
