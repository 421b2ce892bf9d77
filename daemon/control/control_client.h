// A command asks the process that has a role.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace lakeferry::control {

// The line that the process which listens at `path` answers to the line `request`, however long that takes; absent
// where nobody listens. Blocks. Errors: kUnauthorized for a socket that this user may not reach, kUnavailable for a
// process that hangs up without an answer.
[[nodiscard]] Result<std::optional<std::string>> AskService(const std::string& path, const std::string& request);

}  // namespace lakeferry::control
