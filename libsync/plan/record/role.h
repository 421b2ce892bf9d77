// Role: which side of a group a process is.
#pragma once

#include <string_view>

namespace lakeferry {

enum class Role { kSender, kReceiver };
// "sender", "receiver".
[[nodiscard]] std::string_view RoleName(Role role);

}  // namespace lakeferry
