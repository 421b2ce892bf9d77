#include "daemon/commands/command.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest_key.h"
#include "daemon/config/load_config.h"

namespace lakeferry {

Result<Config> LoadConfig(const Invocation& invocation) {
  LF_TRY(Config config, LoadConfigFile(invocation.options.config_path));
  if (invocation.options.verbose) config.log.level = LogLevel::kDebug;
  return config;
}

LogSettings CommandLog(const Invocation& invocation, const Config& config) {
  return {.format = config.log.format, .level = invocation.options.verbose ? LogLevel::kDebug : LogLevel::kWarning};
}

Result<std::vector<plan::GroupSpec>> SelectGroups(const Config& config, const std::string& name) {
  if (name.empty()) return config.groups;
  std::vector<std::string_view> names;
  for (const plan::GroupSpec& group : config.groups) {
    if (group.name == name) return std::vector{group};
    names.push_back(group.name);
  }
  const std::string_view nearest = NearestKey(name, names);
  return Fail(ErrorCode::kInvalidArgument, fmt::format("no group is named '{}'", name), config.file,
              nearest.empty() ? "'lakeferry status' lists the groups" : fmt::format("did you mean {}?", nearest));
}

std::vector<plan::GroupSpec> BuiltOf(const Config& config, std::vector<plan::GroupSpec> groups) {
  std::erase_if(groups, [&](const plan::GroupSpec& group) { return !CheckBuilt(config, group.name); });
  return groups;
}

std::optional<Role> ChosenRole(const std::string& option, const Config& config) {
  if (option == "sender") return Role::kSender;
  if (option == "receiver") return Role::kReceiver;
  return config.role;
}

Result<std::optional<Role>> RoleToWorkAs(const std::string& option, const Config& config) {
  const std::optional<Role> role = ChosenRole(option, config);
  if (!role || !config.role || *config.role == *role) return role;
  return Fail(
      ErrorCode::kRefused,
      fmt::format("this host is configured as {} and does not work as {}", RoleName(*config.role), RoleName(*role)),
      config.file, "leave --role out, or change 'role'");
}

}  // namespace lakeferry
