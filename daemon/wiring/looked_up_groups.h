// The groups of a configuration with what catalogs say of their tables, for commands that look at all of them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/wiring/wiring.h"
#include "plan/record/role.h"

namespace lakeferry {

class LookedUpGroups {
 public:
  // Asks for every group that this build can run, at the side of `role`, or at both. `wiring` must outlive the call.
  LookedUpGroups(const Config& config, std::optional<Role> role, Wiring& wiring);

  // The group as the side has it, or why it cannot be told.
  [[nodiscard]] const Result<plan::GroupSpec>& Of(const std::string& group, Role role) const {
    return sides_.at({group, role});
  }
  // All groups, with the places of both sides as far as they are known.
  [[nodiscard]] const std::vector<plan::GroupSpec>& all() const { return all_; }
  // Of all tables.
  [[nodiscard]] std::set<std::string> TableNames() const;

 private:
  std::map<std::pair<std::string, Role>, Result<plan::GroupSpec>> sides_;
  std::vector<plan::GroupSpec> all_;
};

}  // namespace lakeferry
