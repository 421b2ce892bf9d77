// Grants: the least that each role needs at each object store, as its configuration says. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/location.h"
#include "daemon/config/config.h"

namespace lakeferry {

enum class StoreService { kS3, kAzure, kGcs };
// "s3", "azure", "gcs".
[[nodiscard]] std::string_view ServiceName(StoreService service);

// What may be done with the objects of a bucket whose keys begin so. Whoever may write may read and list as well.
struct Grant {
  Location place;      // in whose bucket or container
  std::string prefix;  // of keys, without a '/' in front; empty: every one
  bool write = false;
  bool remove = false;
  bool adds = false;  // objects may be added, but not below the prefix's _delta_log/; none is replaced

  // How the keys of a table's log begin, where the prefix is that of a table.
  [[nodiscard]] std::string log_prefix() const { return prefix + "_delta_log/"; }
};

// What one credential of a role is granted at one service.
struct GrantSet {
  Role role;
  StoreService service;
  std::string credential;     // its name; empty: the service's own default
  std::vector<Grant> grants;  // each prefix once
};

// Of all groups and the status table, in the order of the configuration; folders need none. `role`: absent for both.
[[nodiscard]] std::vector<GrantSet> GrantsOf(const Config& config, std::optional<Role> role);

}  // namespace lakeferry
