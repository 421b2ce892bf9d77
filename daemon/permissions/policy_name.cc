#include "daemon/permissions/policy_name.h"

namespace lakeferry {

std::string PolicyName(const GrantSet& set, std::string_view what) {
  std::string name = "lakeferry-" + std::string(RoleName(set.role));
  if (!set.credential.empty()) name += "-" + set.credential;
  if (!what.empty()) name += "-" + std::string(what);
  return name;
}

}  // namespace lakeferry
