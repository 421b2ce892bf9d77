// What `lakeferry permissions` prints. Pure.
#pragma once

#include <string>
#include <vector>

#include "daemon/permissions/policies.h"

namespace lakeferry {

struct ShownPolicy {
  Role role;
  StoreService service;
  std::string credential;
  Policy policy;
};

[[nodiscard]] std::string ToJson(const std::vector<ShownPolicy>& policies);
// Each under a heading of its own.
[[nodiscard]] std::string ToText(const std::vector<ShownPolicy>& policies);

}  // namespace lakeferry
