// Small questions about the bytes of a text that comes from outside.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lakeferry {

// The value of one hexadecimal digit.
[[nodiscard]] std::optional<int> HexValue(char digit);

// Where the first byte stands that does not belong to a well-formed UTF-8 sequence; npos when all do.
[[nodiscard]] size_t FirstInvalidUtf8(std::string_view text);

// True iff the text holds a byte below 0x20 or 0x7f.
[[nodiscard]] bool HasControlByte(std::string_view text);

// The text with control bytes, line and paragraph separators and malformed UTF-8 as visible escapes (\n, \x1b), so that
// one value stays on one line of a terminal or a log.
[[nodiscard]] std::string OneLine(std::string_view text);

}  // namespace lakeferry
