// The file of a control socket: made for the owner and the group alone, over one that a killed process has left.
#pragma once

#include <string>

#include "base/result.h"

namespace lakeferry::control {

// A socket that listens at `path`, which the caller closes; it does not block, and has mode 0660. Whoever calls this
// holds the lock of the role, so that a socket there is nobody's any more. kRefused where something else is there;
// kInvalidArgument for a name that is too long; kUnauthorized and kUnavailable with the system's words.
[[nodiscard]] Result<int> ListenAt(const std::string& path);

}  // namespace lakeferry::control
