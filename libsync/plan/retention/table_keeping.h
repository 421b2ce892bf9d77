// TableKeeping: how long the source of a table keeps what the newest epoch lacks of it.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "plan/retention/retention.h"

namespace lakeferry::plan {

struct TableKeeping {
  std::string table;
  std::string source_uri;
  Retention retention;                                 // of the newest version
  std::optional<TimeMs> oldest_unsent = {};            // commit after the base
  std::optional<TimeMs> versions_between_vanish = {};  // of a mirror with full history: files that came and went since
  std::optional<TimeMs> cut_vanishes = {};             // files of the cut that is being copied
};

}  // namespace lakeferry::plan
