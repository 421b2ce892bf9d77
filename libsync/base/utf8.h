// UTF-8: which text is, and how text that came from elsewhere is kept within bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lakeferry {

// The length of the well-formed sequence at the start of `text`, which is not empty; 0 when there is none. `code` is
// its character.
[[nodiscard]] size_t Utf8SequenceLength(std::string_view text, uint32_t& code);

// Where the first byte stands that does not belong to a well-formed UTF-8 sequence; npos when all do.
[[nodiscard]] size_t FirstInvalidUtf8(std::string_view text);

[[nodiscard]] inline bool IsUtf8(std::string_view text) { return FirstInvalidUtf8(text) == std::string_view::npos; }

// The text in UTF-8 and in no more than `bytes_max` bytes, which must be 16 or more: malformed bytes as visible escapes
// (\xff), and what is beyond the bound cut off between two characters, behind "…".
[[nodiscard]] std::string BoundedUtf8(std::string_view text, size_t bytes_max);

}  // namespace lakeferry
