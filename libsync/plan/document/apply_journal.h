// ApplyJournal: what a receiver writes down before it touches the first log, so that a crash between two tables is
// rolled forward to the same epoch, under the same time.
#pragma once

#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace lakeferry::plan {

struct ApplyJournal {
  Epoch epoch;
  std::string manifest_sha256;
  TimeMs timestamp;  // of every commit of the epoch
};

[[nodiscard]] std::string WriteJournal(const ApplyJournal& journal);
// kCorruptData.
[[nodiscard]] Result<ApplyJournal> ReadJournal(std::string_view text);

}  // namespace lakeferry::plan
