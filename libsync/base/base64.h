// Base64 with padding (RFC 4648 section 4), for the binary fields of our own documents.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lakeferry {

[[nodiscard]] std::string ToBase64(std::string_view bytes);

// Absent for what ToBase64 does not write: one value has one text.
[[nodiscard]] std::optional<std::string> FromBase64(std::string_view text);

}  // namespace lakeferry
