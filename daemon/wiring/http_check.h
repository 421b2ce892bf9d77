// What `lakeferry check` finds out about the HTTP server that the configuration asks for.
#pragma once

#include <vector>

#include "daemon/config/config.h"
#include "plan/group/finding.h"

namespace lakeferry {

// Of each of the roles: whether certificate, key and secrets can be used and last for more than a month, and whether
// the address can be listened on, where no service of the role does. Empty where nothing is to listen. Blocks for a
// moment.
[[nodiscard]] std::vector<plan::Finding> CheckHttp(const Config& config, const std::vector<Role>& roles, TimeMs now);

}  // namespace lakeferry
