// Which keys the configuration file knows, level by level.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lakeferry {

// A key, and what people are told of it (docs/configuration.md is made of this).
struct ConfigKey {
  std::string_view name;
  std::string_view takes;  // what may stand there: "duration", "sender, receiver or both"
  std::string_view
      fallback;           // the value that counts without it, as it would be written; empty: none, or as `text` says
  std::string_view text;  // one or two sentences
  bool required = false;  // wherever the level stands
};

struct ConfigLevel {
  std::string_view name;   // as a sentence says it: "a workspace"
  std::string_view place;  // where it stands: "workspaces[].sync_groups[]"
  std::span<const ConfigKey> keys;

  // Of its keys, in their order.
  [[nodiscard]] std::vector<std::string_view> Names() const;
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
extern const ConfigLevel kCatalogLevel;
extern const ConfigLevel kNotificationLevel;
extern const ConfigLevel kDigestLevel;
extern const ConfigLevel kStatusTableLevel;
extern const ConfigLevel kTracingLevel;

// All of them, the outer ones first.
[[nodiscard]] std::span<const ConfigLevel* const> AllLevels();

[[nodiscard]] bool Knows(const ConfigLevel& level, std::string_view key);

// Whether a key of this name says where a secret is kept, at whatever level.
[[nodiscard]] bool NamesSecret(std::string_view key);

// Of a secret reference: the variable that the secret is kept in.
inline constexpr std::string_view kSecretVariableKey = "env";

// Why `key` is unknown at `level`, for a person: names the level it belongs to, or the nearest key of this level, or
// all keys of this level when nothing is near.
[[nodiscard]] std::string UnknownKeyRemedy(const ConfigLevel& level, std::string_view key);

}  // namespace lakeferry
