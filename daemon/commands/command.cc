#include "daemon/commands/command.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/config/load_config.h"
#include "daemon/config/nearest_key.h"

namespace lakeferry {

ExitCode ExitCodeFor(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidArgument: return kExitUsage;
    case ErrorCode::kRefused:
    case ErrorCode::kDiverged: return kExitRefused;
    case ErrorCode::kNotFound:
    case ErrorCode::kUnavailable:
    case ErrorCode::kThrottled:
    case ErrorCode::kUnauthorized:
    case ErrorCode::kOutOfSpace:
    case ErrorCode::kOutcomeUnknown:
    case ErrorCode::kCorruptData:
    case ErrorCode::kCorruptLog:
    case ErrorCode::kUnsupportedTable:
    case ErrorCode::kSourceMovedOn:
    case ErrorCode::kCancelled:
    case ErrorCode::kInternal: return kExitFailed;
  }
  return kExitFailed;
}

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

Result<std::vector<plan::GroupSpec>> SelectBuiltGroups(const Config& config, const std::string& name) {
  LF_TRY(std::vector<plan::GroupSpec> groups, SelectGroups(config, name));
  for (const plan::GroupSpec& group : groups) {
    LF_TRY_OK(CheckBuilt(config, group.name));
  }
  return groups;
}

std::optional<Role> ChosenRole(const std::string& option, const Config& config) {
  if (option == "sender") return Role::kSender;
  if (option == "receiver") return Role::kReceiver;
  return config.role;
}

}  // namespace lakeferry
