#include "daemon/web/request_terms.h"

#include <fmt/format.h>

#include <charconv>

#include "base/nearest_key.h"

namespace lakeferry::web {
namespace {

constexpr int64_t kEpochsAskedMax = 1'000;
constexpr int64_t kEpochsByDefault = 100;

}  // namespace

Result<std::vector<plan::GroupSpec>> GroupsOf(const Config& config, const std::string& name) {
  if (name.empty()) return config.groups;
  std::vector<std::string_view> names;
  for (const plan::GroupSpec& group : config.groups) {
    if (group.name == name) return std::vector{group};
    names.emplace_back(group.name);
  }
  const std::string_view nearest = NearestKey(name, names);
  return Fail(ErrorCode::kNotFound, fmt::format("no group is named '{}'", name), "group " + name,
              nearest.empty() ? "/v1/status lists the groups" : fmt::format("did you mean {}?", nearest));
}

Result<Role> RoleAsked(const ServerRequest& request, Role own) {
  const auto asked = request.Asked("role");
  if (!asked) return own;
  for (const Role role : {Role::kSender, Role::kReceiver}) {
    if (*asked == RoleName(role)) return role;
  }
  return Fail(ErrorCode::kInvalidArgument, "this is no role", "role", "ask for sender or receiver");
}

Result<int64_t> LimitAsked(const ServerRequest& request) {
  const auto asked = request.Asked("limit");
  if (!asked) return kEpochsByDefault;
  int64_t limit = 0;
  const auto [end, failed] = std::from_chars(asked->data(), asked->data() + asked->size(), limit);
  const bool good = failed == std::errc() && end == asked->data() + asked->size() && limit >= 1;
  if (good && limit <= kEpochsAskedMax) return limit;
  return Fail(ErrorCode::kInvalidArgument, "this is no number of epochs", "limit",
              fmt::format("ask for 1 to {}", kEpochsAskedMax));
}

}  // namespace lakeferry::web
