// HttpDate: times as HTTP's headers write them. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace lakeferry {

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7), the one form that is written today; absent for any other text.
[[nodiscard]] std::optional<TimeMs> ParseHttpDate(std::string_view text);

}  // namespace lakeferry
