// SHA-1 for names that other programs have chosen to make by it; it guards nothing.
#pragma once

#include <string>
#include <string_view>

namespace lakeferry {

// 40 lower-case hex digits.
[[nodiscard]] std::string Sha1Hex(std::string_view bytes);

}  // namespace lakeferry
