// Bytes as lower-case hex digits.
#pragma once

#include <span>
#include <string>

namespace lakeferry {

[[nodiscard]] std::string LowerHex(std::span<const unsigned char> bytes);
// The same behind what is there.
void AppendLowerHex(std::string& text, std::span<const unsigned char> bytes);

}  // namespace lakeferry
