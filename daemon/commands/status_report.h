// What `status` and `watch` show, read from the metadata store.
#pragma once

#include <optional>
#include <vector>

#include "daemon/commands/command.h"
#include "daemon/output/status_output.h"

namespace lakeferry {

// Of `groups`, for the role that was chosen; absent: for the receiver where it has ever worked, and then with what the
// sender alarms of, else for the sender.
[[nodiscard]] Result<StatusReport> ReadStatus(std::optional<Role> chosen, Wiring& wiring, const Config& config,
                                              const std::vector<plan::GroupSpec>& groups);

}  // namespace lakeferry
