// When a secret ends, as far as it says so itself: signed tokens and shared access signatures. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace lakeferry {

// "exp" of a JSON Web Token (RFC 7519 4.1.4), whose signature is not looked at; absent for any other text, and for one
// that does not end.
[[nodiscard]] std::optional<TimeMs> EndOfToken(std::string_view token);
// "se" of a shared access signature of Azure, with or without its '?'; absent where a policy of the account has it.
[[nodiscard]] std::optional<TimeMs> EndOfSignature(std::string_view sas);

}  // namespace lakeferry
