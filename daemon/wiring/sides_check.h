// What `lakeferry check` finds out about groups: each side of each, many at once.
#pragma once

#include <optional>
#include <vector>

#include "async/task.h"
#include "base/result.h"
#include "daemon/config/config.h"
#include "daemon/wiring/looked_up_groups.h"
#include "daemon/wiring/wiring.h"
#include "plan/group/finding.h"

namespace lakeferry {

// The findings of every group in the order of the configuration, by the role that is named or by both; what both sides
// say is said once. What catalogs know of it comes first. `config`,
// `groups` (of the same configuration and role) and `wiring` outlive the task.
[[nodiscard]] Task<Result<std::vector<plan::Finding>>> CheckSides(const Config& config, std::optional<Role> role,
                                                                  const LookedUpGroups& groups, Wiring& wiring);

// The walls of every group (engine/inquire/wall_check.h), likewise.
[[nodiscard]] Task<Result<std::vector<plan::Finding>>> CheckWallsOf(const Config& config, Role role,
                                                                    const LookedUpGroups& groups, Wiring& wiring);

}  // namespace lakeferry
