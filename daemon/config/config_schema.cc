#include "daemon/config/config_schema.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/nearest_key.h"

namespace lakeferry {
namespace {

// Those of any level that hold a secret reference, or the name of a secret.
constexpr std::string_view kSecretHolders[] = {"password",
                                               "signing_key",
                                               "workspace_pat_key",
                                               "access_key_id",
                                               "secret_access_key",
                                               "session_token",
                                               "service_account_key",
                                               "account_key",
                                               "sas_token",
                                               "client_secret",
                                               "token",
                                               "client_certificate",
                                               "secret",
                                               "push_secret"};

constexpr const ConfigLevel* kLevels[] = {
    &kTopLevel,         &kIncludedLevel,       &kWorkspaceLevel,  &kGroupLevel,        &kTableLevel,
    &kRightsLevel,      &kWorkflowSourceLevel, &kCatalogLevel,    &kBandwidthLevel,    &kBandwidthWindowLevel,
    &kCredentialLevel,  &kStoreLevel,          &kObjectLockLevel, &kHttpLevel,         &kHttpListenLevel,
    &kHttpTlsLevel,     &kHttpControlLevel,    &kSmtpLevel,       &kNotificationLevel, &kDigestLevel,
    &kStatusTableLevel, &kTracingLevel,        &kSecretLevel};

}  // namespace

std::vector<std::string_view> ConfigLevel::Names() const {
  std::vector<std::string_view> names;
  names.reserve(keys.size());
  for (const ConfigKey& key : keys) names.push_back(key.name);
  return names;
}

std::span<const ConfigLevel* const> AllLevels() { return kLevels; }

bool Knows(const ConfigLevel& level, std::string_view key) {
  return std::ranges::find(level.keys, key, &ConfigKey::name) != level.keys.end();
}

bool NamesSecret(std::string_view key) {
  return Knows(kSecretLevel, key) || std::ranges::find(kSecretHolders, key) != std::end(kSecretHolders);
}

std::string UnknownKeyRemedy(const ConfigLevel& level, std::string_view key) {
  for (const ConfigLevel* other : {&kTopLevel, &kWorkspaceLevel, &kGroupLevel}) {
    if (!Knows(*other, key)) continue;
    const bool interval = level.name == kGroupLevel.name && key.starts_with("sync_interval");
    const bool included = level.name == kIncludedLevel.name && other->name == kTopLevel.name;
    return fmt::format("it belongs to {}; move it there{}", included ? "the file that is read first" : other->name,
                       interval ? ", or write interval: 15m for this group alone" : "");
  }
  const std::vector<std::string_view> names = level.Names();
  const std::string_view nearest = NearestKey(key, names);
  if (!nearest.empty()) return fmt::format("did you mean {}?", nearest);
  return fmt::format("the keys of {} are {}", level.name, fmt::join(names, ", "));
}

}  // namespace lakeferry
