#include "plan/record/role.h"

namespace lakeferry {

std::string_view RoleName(Role role) { return role == Role::kSender ? "sender" : "receiver"; }

}  // namespace lakeferry
