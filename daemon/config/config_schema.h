// Which keys the configuration file knows, level by level.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace lakeferry {

struct ConfigLevel {
  std::string_view name;  // as a sentence says it: "a workspace"
  std::span<const std::string_view> keys;
};

extern const ConfigLevel kTopLevel;
extern const ConfigLevel kWorkspaceLevel;
extern const ConfigLevel kGroupLevel;
extern const ConfigLevel kTableLevel;
extern const ConfigLevel kSmtpLevel;
extern const ConfigLevel kSecretLevel;

[[nodiscard]] bool Knows(const ConfigLevel& level, std::string_view key);

// Why `key` is unknown at `level`, for a person: names the level it belongs to, or the nearest key of this level, or
// all keys of this level when nothing is near.
[[nodiscard]] std::string UnknownKeyRemedy(const ConfigLevel& level, std::string_view key);

}  // namespace lakeferry
