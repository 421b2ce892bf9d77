// `check --notify`: a test to everybody who is told of incidents.
#pragma once

#include <optional>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/wiring/wiring.h"
#include "plan/group/finding.h"

namespace lakeferry {

// One mail to every address of the configuration, and one message to every receiver of notices: for each whether it was
// taken. An error for each that was not, and a warning where there is nobody to tell.
[[nodiscard]] std::vector<plan::Finding> TryNotifiers(const Config& config, std::optional<Role> role, Wiring& wiring);

}  // namespace lakeferry
