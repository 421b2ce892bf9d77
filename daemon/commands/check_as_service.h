// `check --as-service`: the same check, run by systemd as the role's service would be.
#pragma once

#include <string>

#include "daemon/commands/commands.h"

namespace lakeferry {

// Does not return where it comes to that: the process becomes the command that waits for it. kRefused where systemd
// does not run; kInvalidArgument where no role is known; kNotFound where the role has no unit.
[[nodiscard]] Result<int> CheckAsService(Invocation& invocation, const CheckOptions& options);

}  // namespace lakeferry
