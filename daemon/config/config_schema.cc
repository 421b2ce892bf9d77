#include "daemon/config/config_schema.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/nearest_key.h"

namespace lakeferry {
namespace {

using Key = std::string_view;

constexpr Key kTopKeys[] = {"region",
                            "metadata_store",
                            "role",
                            "log_format",
                            "log_level",
                            "copies_in_flight_max",
                            "bandwidth",
                            "drain_timeout",
                            "smtp",
                            "http",
                            "secret_scope",
                            "signing_key",
                            "trusted_keys",
                            "sync_success_notification",
                            "sync_failure_notification",
                            "notifications",
                            "success_digest",
                            "status_table",
                            "tracing",
                            "credentials",
                            "stores",
                            "include",
                            "workspaces"};
constexpr Key kIncludedKeys[] = {"include", "workspaces", "workspace_name", "sync_groups"};
constexpr Key kWorkspaceKeys[] = {"workspace_name",
                                  "primary_region",
                                  "secondary_region",
                                  "roots",
                                  "workspace_instance_url",
                                  "workspace_pat_key",
                                  "sync_location_primary",
                                  "sync_location_secondary",
                                  "sync_location_name",
                                  "signing_key",
                                  "trusted_keys",
                                  "sync_success_notification",
                                  "sync_failure_notification",
                                  "notifications",
                                  "sync_interval_mins",
                                  "sync_interval",
                                  "poll_interval",
                                  "sync_failover_interval_mins",
                                  "force_sync_after_mins",
                                  "force_sync_after",
                                  "sync_max_retries",
                                  "verify_interval",
                                  "clock_skew_margin",
                                  "rpo",
                                  "credentials",
                                  "staging",
                                  "workflow_source",
                                  "sync_groups"};
constexpr Key kGroupKeys[] = {"group_name",
                              "group_owner_email",
                              "workflow",
                              "mode",
                              "history",
                              "tables",
                              "schedule",
                              "time_zone",
                              "clock_skew_margin",
                              "interval",
                              "import_roots",
                              "rpo",
                              "expect_run_every",
                              "sources",
                              "retention",
                              "roots",
                              "poll_interval",
                              "credentials",
                              "workflow_source",
                              "bandwidth",
                              "staging",
                              "notifications",
                              "sync_max_retries",
                              "force_sync_after",
                              "force_sync_after_mins",
                              "sync_failover_interval_mins"};
constexpr Key kTableKeys[] = {"name", "source", "target", "locations", "history", "import_roots"};
constexpr Key kSmtpKeys[] = {"host", "port", "security", "user", "password", "from", "ca_file", "timeout", "helo"};
constexpr Key kHttpKeys[] = {"listen", "tls", "token", "client_ca", "names", "push_secret", "control"};
constexpr Key kHttpControlKeys[] = {"name", "token", "certificate"};
constexpr Key kHttpListenKeys[] = {"sender", "receiver"};
constexpr Key kHttpTlsKeys[] = {"certificate", "key"};
constexpr Key kCredentialKeys[] = {"kind",
                                   "access_key_id",
                                   "secret_access_key",
                                   "session_token",
                                   "profile",
                                   "role_arn",
                                   "external_id",
                                   "anonymous",
                                   "service_account_key",
                                   "account",
                                   "account_key",
                                   "sas_token",
                                   "tenant_id",
                                   "client_id",
                                   "client_secret",
                                   "client_certificate",
                                   "federated_token_file",
                                   "managed_identity"};
constexpr Key kStoreKeys[] = {"prefix",     "endpoint",       "region",      "path_style",
                              "allow_http", "credential",     "dual_stack",  "fips",
                              "kms_key_id", "requester_pays", "object_lock", "server_side_encryption"};
constexpr Key kObjectLockKeys[] = {"mode", "days", "until"};
constexpr Key kRightsKeys[] = {"read_source", "write_staging", "read_staging", "write_target", "place_target"};
constexpr Key kBandwidthKeys[] = {"limit", "time_zone", "windows"};
constexpr Key kBandwidthWindowKeys[] = {"from", "to", "limit"};
constexpr Key kSecretKeys[] = {kSecretVariableKey, "file", "credential"};
constexpr Key kWorkflowSourceKeys[] = {
    "kind",     "url",       "allow_http",    "token",     "secret_scope",         "secret_key",       "user",
    "password", "client_id", "client_secret", "tenant_id", "federated_token_file", "managed_identity", "look_back",
    "command",  "timeout"};
constexpr Key kNotificationKeys[] = {"name", "kind", "url", "secret", "on", "allow_http"};
constexpr Key kDigestKeys[] = {"at", "time_zone"};
constexpr Key kTracingKeys[] = {"endpoint", "token", "allow_http"};
constexpr Key kStatusTableKeys[] = {"location", "credential"};
// Those of any level that hold a secret reference, or the name of a secret.
constexpr Key kSecretHolders[] = {"password",
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

}  // namespace

const ConfigLevel kTopLevel{"the top level", kTopKeys};
const ConfigLevel kIncludedLevel{"an included file", kIncludedKeys};
const ConfigLevel kWorkspaceLevel{"a workspace", kWorkspaceKeys};
const ConfigLevel kGroupLevel{"a sync group", kGroupKeys};
const ConfigLevel kTableLevel{"a table", kTableKeys};
const ConfigLevel kSmtpLevel{"smtp", kSmtpKeys};
const ConfigLevel kHttpLevel{"http", kHttpKeys};
const ConfigLevel kHttpControlLevel{"an entry of control", kHttpControlKeys};
const ConfigLevel kHttpListenLevel{"listen", kHttpListenKeys};
const ConfigLevel kHttpTlsLevel{"tls", kHttpTlsKeys};
const ConfigLevel kCredentialLevel{"a credential", kCredentialKeys};
const ConfigLevel kStoreLevel{"a store", kStoreKeys};
const ConfigLevel kObjectLockLevel{"object_lock", kObjectLockKeys};
const ConfigLevel kRightsLevel{"credentials of a group", kRightsKeys};
const ConfigLevel kBandwidthLevel{"bandwidth", kBandwidthKeys};
const ConfigLevel kBandwidthWindowLevel{"a window of bandwidth", kBandwidthWindowKeys};
const ConfigLevel kSecretLevel{"a secret reference", kSecretKeys};
const ConfigLevel kWorkflowSourceLevel{"a workflow source", kWorkflowSourceKeys};
const ConfigLevel kNotificationLevel{"a receiver of notices", kNotificationKeys};
const ConfigLevel kDigestLevel{"success_digest", kDigestKeys};
const ConfigLevel kTracingLevel{"tracing", kTracingKeys};
const ConfigLevel kStatusTableLevel{"status_table", kStatusTableKeys};

bool Knows(const ConfigLevel& level, std::string_view key) {
  return std::ranges::find(level.keys, key) != level.keys.end();
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
  const std::string_view nearest = NearestKey(key, level.keys);
  if (!nearest.empty()) return fmt::format("did you mean {}?", nearest);
  return fmt::format("the keys of {} are {}", level.name, fmt::join(level.keys, ", "));
}

}  // namespace lakeferry
