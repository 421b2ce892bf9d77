// Numbers beyond 64 bits: legal JSON, which the parser refuses. In fields nobody here reads they do no harm.
#pragma once

#include <string>
#include <string_view>

namespace lakeferry::delta {

// Copies `line` with each long number token replaced by `false`, which reads as a wrong type where a number is expected
// and as nothing where the field is unknown. False iff there was no such number.
[[nodiscard]] bool MaskHugeNumbers(std::string_view line, std::string& out);

}  // namespace lakeferry::delta
