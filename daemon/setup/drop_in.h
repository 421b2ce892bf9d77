// The drop-in of a service, made from what it needs. Pure.
#pragma once

#include <string>
#include <string_view>

#include "daemon/setup/service_needs.h"

namespace lakeferry::setup {

// What every drop-in of ours begins with: a file that does not is somebody else's.
inline constexpr std::string_view kDropInMark = "# Written by `lakeferry init`";

// Where credentials are kept, as the package makes it.
inline constexpr std::string_view kCredentialFolder = "/etc/lakeferry/credentials";

// The whole file. The same needs give the same bytes.
[[nodiscard]] std::string DropIn(const ServiceNeeds& needs);

// Where it lies below the folder of units: "lakeferry-sender.service.d/lakeferry.conf".
[[nodiscard]] std::string DropInName(Role role);

}  // namespace lakeferry::setup
