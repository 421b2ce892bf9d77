// What `lakeferry check` finds: one fact that an operator should know, and the way out.
#pragma once

#include <string>

#include "base/place.h"

namespace lakeferry::plan {

enum class Severity { kError, kWarning, kInfo };

struct Finding {
  Severity severity = Severity::kError;
  std::string what;
  Place where;
  std::string remedy;
  std::string group = {};  // that it is about; empty: no one group

  bool operator==(const Finding&) const = default;
};

}  // namespace lakeferry::plan
