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
extern const ConfigLevel kIncludedLevel;  // of a file that another one includes
extern const ConfigLevel kWorkspaceLevel;
extern const ConfigLevel kGroupLevel;
extern const ConfigLevel kTableLevel;
extern const ConfigLevel kSmtpLevel;
extern const ConfigLevel kHttpLevel;
extern const ConfigLevel kHttpControlLevel;
extern const ConfigLevel kHttpListenLevel;
extern const ConfigLevel kHttpTlsLevel;
extern const ConfigLevel kCredentialLevel;
extern const ConfigLevel kStoreLevel;
extern const ConfigLevel kObjectLockLevel;
extern const ConfigLevel kRightsLevel;
extern const ConfigLevel kBandwidthLevel;
extern const ConfigLevel kBandwidthWindowLevel;
extern const ConfigLevel kSecretLevel;
extern const ConfigLevel kWorkflowSourceLevel;
extern const ConfigLevel kNotificationLevel;
extern const ConfigLevel kDigestLevel;
extern const ConfigLevel kStatusTableLevel;
extern const ConfigLevel kTracingLevel;

[[nodiscard]] bool Knows(const ConfigLevel& level, std::string_view key);

// Whether a key of this name says where a secret is kept, at whatever level.
[[nodiscard]] bool NamesSecret(std::string_view key);

// Of a secret reference: the variable that the secret is kept in.
inline constexpr std::string_view kSecretVariableKey = "env";

// Why `key` is unknown at `level`, for a person: names the level it belongs to, or the nearest key of this level, or
// all keys of this level when nothing is near.
[[nodiscard]] std::string UnknownKeyRemedy(const ConfigLevel& level, std::string_view key);

}  // namespace lakeferry
