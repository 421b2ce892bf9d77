// What `lakeferry check` finds: one fact that an operator should know, and the way out.
#pragma once

#include <string>

namespace lakeferry::plan {

enum class Severity { kError, kWarning, kInfo };

struct Finding {
  Severity severity = Severity::kError;
  std::string what;
  std::string where;
  std::string remedy;
};

}  // namespace lakeferry::plan
