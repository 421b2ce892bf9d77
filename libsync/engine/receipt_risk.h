// What receipts that do not count mean for the group, at either side.
#pragma once

#include <map>
#include <string>

#include "base/ids.h"
#include "engine/retention_watch.h"

namespace lakeferry::engine {

// A warning that names the first of them, each with its reason; none for none.
[[nodiscard]] RetentionRisk RiskOf(const std::map<Epoch, std::string>& uncounted);

}  // namespace lakeferry::engine
