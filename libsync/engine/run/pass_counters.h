// What the passes of a process over its groups have come to, counted from its start on.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/error.h"

namespace lakeferry::engine {

// Of one group.
struct PassCounters {
  int64_t passes = 0;  // that ended, whatever they came to
  int64_t epochs = 0;  // passes that staged or applied
  int64_t files = 0;   // that they moved
  int64_t bytes = 0;
  int64_t resumed_bytes = 0;                   // of copies that broke off, which were not sent again
  std::map<ErrorCode, int64_t> failures = {};  // that were no stops

  bool operator==(const PassCounters&) const = default;
};

using CountersByGroup = std::map<std::string, PassCounters>;

}  // namespace lakeferry::engine
