// StatusTableAccount: how the status table of a process fares, as a value that other threads may read.
#pragma once

#include <cstdint>

namespace lakeferry {

struct StatusTableAccount {
  bool configured = false;
  int64_t exports = 0;            // that wrote something
  int64_t failures = 0;           // attempts that failed
  int64_t failures_in_a_row = 0;  // 0: what was last to be told is in the table
};

}  // namespace lakeferry
