// Files that a source has removed, and VACUUM may delete before they are copied: values.
#pragma once

#include <cstdint>
#include <memory>

#include "base/time.h"
#include "plan/retention/removals.h"

namespace lakeferry::plan {

// When what the source has removed since may be gone.
struct VanishRule {
  std::shared_ptr<const Removals> removals;  // null: nothing was removed
  Millis kept{};
};

// Of the files that a cut cannot do without.
struct VanishForecast {
  TimeMs from;        // the first of them may vanish from then on
  int64_t files = 0;  // so many may vanish, some later
};

}  // namespace lakeferry::plan
