// What the security token service answers, as XML. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "storage/aws/credentials.h"

namespace lakeferry::aws {

// The credentials of AssumeRoleResponse or AssumeRoleWithWebIdentityResponse; the word of what is missing otherwise.
[[nodiscard]] std::expected<Credentials, std::string> ReadRoleReply(const Secret& xml);

struct StsFault {
  std::string code;  // "AccessDenied"
  std::string message;
};
// Absent for what is no error of this service.
[[nodiscard]] std::optional<StsFault> ReadFault(std::string_view xml);

}  // namespace lakeferry::aws
