// The configuration that an installation begins with.
#pragma once

#include <optional>
#include <string>

#include "plan/record/role.h"

namespace lakeferry::setup {

// The smallest that works, with a comment for each place that its reader has to fill in; of both roles where there is
// no role. Loads as it stands.
[[nodiscard]] std::string FirstConfig(std::optional<Role> role);

}  // namespace lakeferry::setup
