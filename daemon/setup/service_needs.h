// What a role's service needs from its unit beyond what every installation has. Pure.
#pragma once

#include <string>
#include <vector>

#include "daemon/config/config.h"

namespace lakeferry::setup {

struct ServiceNeeds {
  Role role = Role::kSender;
  std::string config_file;
  std::vector<std::string> writes;       // folders, sorted; none lies in another, nor in what the unit opens by itself
  std::vector<std::string> credentials;  // names, sorted
  std::vector<plan::Finding> notes;      // what no line of a unit can give
};

// Stores that are no file systems need no right of the unit. A sender writes staging. A receiver writes receipts there,
// and its targets: of those the folder above, where a target that was moved away is made anew, unless that folder holds
// a source as well or is one of the system's. Either writes where its metadata store lies, and the status
// table.
[[nodiscard]] ServiceNeeds NeedsOf(const Config& config, Role role);

}  // namespace lakeferry::setup
