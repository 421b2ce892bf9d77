// What `lakeferry check` says of the servers that it has spoken to, whatever it asked them for: certificates that end
// soon, and calendars that do not agree with this machine's. Pure.
#pragma once

#include <map>
#include <vector>

#include "http/servers_seen.h"
#include "plan/group/finding.h"

namespace lakeferry {

// A warning for each certificate that ends within two weeks, or within a quarter of its life where that is less. A
// warning where calendars differ by a minute at least, an error from ten on: requests are refused then. Else one
// finding says of all servers that show a time by how much they may differ.
[[nodiscard]] std::vector<plan::Finding> CheckServers(const std::map<Origin, ServerSeen>& servers, TimeMs now);

}  // namespace lakeferry
