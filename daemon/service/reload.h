// What a new configuration changes in a running service, and what has to wait for a restart. Pure.
#pragma once

#include <string>

#include "daemon/config/config.h"

namespace lakeferry::service {

// One line for log and status: "groups: +a -b ~c; after a restart: region, smtp". "nothing" when both say the same.
[[nodiscard]] std::string DescribeReload(const Config& before, const Config& after);

}  // namespace lakeferry::service
