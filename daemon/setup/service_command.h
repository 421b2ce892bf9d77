// The command that runs a program as a role's service would be run: by its user, within its sandbox, with its
// credentials. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lakeferry::setup {

// `unit`: what `systemctl cat` prints of the unit, drop-ins included. Of its section [Service] all goes over that says
// what a process may do and as whom, in its order; what says how a service is started, watched and ended does not, nor
// does its runtime folder, which would go with the command. The first word is systemd-run.
[[nodiscard]] std::vector<std::string> ServiceCommand(std::string_view unit, const std::vector<std::string>& command);

}  // namespace lakeferry::setup
