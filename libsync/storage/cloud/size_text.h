// SizeOf: numbers of bytes as stores write them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lakeferry {

// Decimal digits alone; absent for any other text.
[[nodiscard]] std::optional<int64_t> SizeOf(std::string_view digits);

}  // namespace lakeferry
