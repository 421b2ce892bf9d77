// EpochNeeds: what the parts of an epoch say of a table that only its target can judge.
#pragma once

#include <cstdint>

namespace lakeferry::plan {

struct EpochNeeds {
  bool protocol = false;           // the parts hold one
  bool metadata = false;           // the same
  int64_t newest_row_commit = -1;  // the highest version of the source that the rows of an added file bear; -1: none
  bool operator==(const EpochNeeds&) const = default;
};

}  // namespace lakeferry::plan
