// As whom this process runs, and what started it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "plan/record/role.h"

namespace lakeferry::setup {

struct ProcessIdentity {
  std::string user;  // "lakeferry (uid 998)", or "uid 998" where it has no name
  std::string name;  // the name alone, or the number, as chown takes it
  std::string unit;  // of systemd, without ".service"; empty where no service was started
};

// "alice (uid 1000)", or "uid 1000" where it has no name.
[[nodiscard]] std::string UserText(unsigned int uid);

// The service of /proc/PID/cgroup, without ".service"; empty where that is something else, a session say; absent where
// it tells nothing, as in a container.
[[nodiscard]] std::optional<std::string> ServiceOfCgroup(std::string_view text);

// Of this process by its effective user. A role's service is known by its control group, or, where that tells nothing
// (in a container), by systemd's mark in the environment.
[[nodiscard]] ProcessIdentity IdentityOf(std::optional<Role> role);

}  // namespace lakeferry::setup
