// UTF-8: which text is, and how text that came from elsewhere is kept within bounds.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/shown_text.h"

namespace lakeferry {

[[nodiscard]] inline bool IsUtf8(std::string_view text) { return FirstInvalidUtf8(text) == std::string_view::npos; }

// The text in UTF-8 and in no more than `bytes_max` bytes, which must be 16 or more: malformed bytes as visible escapes
// (\xff), and what is beyond the bound cut off between two characters, behind "…".
[[nodiscard]] std::string BoundedUtf8(std::string_view text, size_t bytes_max);

}  // namespace lakeferry
