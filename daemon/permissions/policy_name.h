// How policies are named.
#pragma once

#include <string>
#include <string_view>

#include "daemon/permissions/grants.h"

namespace lakeferry {

// "lakeferry-sender", "lakeferry-receiver-west_writer", with `what` behind it where it is not empty.
[[nodiscard]] std::string PolicyName(const GrantSet& set, std::string_view what = {});

}  // namespace lakeferry
