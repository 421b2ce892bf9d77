#include "storage/aws/sources/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lakeferry::aws {

Result<Role> MakeRole(std::string arn, std::string session_name, std::string where) {
  if (!arn.starts_with("arn:") || arn.size() > 2048) {
    return Fail(ErrorCode::kInvalidArgument, "this is no ARN of a role", std::move(where),
                "write it as in arn:aws:iam::123456789012:role/name");
  }
  const bool good =
      session_name.size() >= 2 && session_name.size() <= 64 && std::ranges::all_of(session_name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_=,.@-").contains(c);
      });
  if (!good) {
    return Fail(ErrorCode::kInvalidArgument, "the name of the role's session is none that AWS takes", std::move(where),
                "write 2 to 64 letters, digits and _=,.@-");
  }
  return Role{.arn = std::move(arn), .session_name = std::move(session_name)};
}

Plan WithRole(Plan base, Role role) {
  std::string from = fmt::format("a role on top of {}", base.from);
  return {.kind = AssumedRole{.role = std::move(role), .base = std::make_shared<const Plan>(std::move(base))},
          .from = std::move(from)};
}

}  // namespace lakeferry::aws
