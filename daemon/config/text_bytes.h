// Small questions about the bytes of a text that comes from outside.
#pragma once

#include <optional>
#include <string_view>

#include "base/shown_text.h"  // IWYU pragma: export

namespace lakeferry {

// The value of one hexadecimal digit.
[[nodiscard]] std::optional<int> HexValue(char digit);

// True iff the text holds a byte below 0x20 or 0x7f.
[[nodiscard]] bool HasControlByte(std::string_view text);

}  // namespace lakeferry
