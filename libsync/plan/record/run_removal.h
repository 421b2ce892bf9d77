// RunRemoval: who took a run out of the built-in ledger.
#pragma once

#include <string>

#include "base/run.h"
#include "base/time.h"

namespace lakeferry {

// A run that a person took out of the built-in ledger: kept for good, with who did it and why.
struct RunRemoval {
  Run run;
  std::string by;
  std::string why;
  TimeMs removed;
  std::string cut_into;  // the epochs that were cut from it, for people; empty for none
  bool operator==(const RunRemoval&) const = default;
};

}  // namespace lakeferry
