// Duty: what a process does for one group: at which of its two ends it works. It is a value of the group, and no
// property of the process: one process may be the sender of one group and the receiver of another.
#pragma once

#include <utility>
#include <vector>

#include "plan/group/group_spec.h"
#include "plan/record/role.h"

namespace lakeferry::plan {

struct Duty {
  GroupSpec group;
  Role role = Role::kSender;
};

// The same for every group.
[[nodiscard]] inline std::vector<Duty> DutiesOf(Role role, std::vector<GroupSpec> groups) {
  std::vector<Duty> duties;
  duties.reserve(groups.size());
  for (GroupSpec& group : groups) duties.push_back({.group = std::move(group), .role = role});
  return duties;
}

}  // namespace lakeferry::plan
