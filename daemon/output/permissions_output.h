// What `lakeferry permissions` prints. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "daemon/permissions/policies.h"

namespace lakeferry {

struct ShownPolicy {
  Role role;
  std::string service;  // "s3", "azure", "gcs", "databricks", "unity"
  std::string credential;
  Policy policy;
};

// Why it is not known at what places a role has the tables of a group.
struct UntoldPlaces {
  std::string group;
  Role role;
  Error error;
};

struct ShownPermissions {
  std::vector<ShownPolicy> policies;
  std::vector<UntoldPlaces> untold = {};  // what would be granted there is missing
};

[[nodiscard]] std::string ToJson(const ShownPermissions& shown);
// Each policy under a heading of its own.
[[nodiscard]] std::string ToText(const ShownPermissions& shown);

}  // namespace lakeferry
