// Small questions about the bytes of a text that comes from outside.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/utf8.h"

namespace lakeferry {

// The value of one hexadecimal digit.
[[nodiscard]] std::optional<int> HexValue(char digit);

// True iff the text holds a byte below 0x20 or 0x7f.
[[nodiscard]] bool HasControlByte(std::string_view text);

// The text with control bytes, line and paragraph separators and malformed UTF-8 as visible escapes (\n, \x1b), so that
// one value stays on one line of a terminal or a log.
[[nodiscard]] std::string OneLine(std::string_view text);

}  // namespace lakeferry
