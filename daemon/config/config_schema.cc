#include "daemon/config/config_schema.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "daemon/config/nearest_key.h"

namespace lakeferry {
namespace {

using Key = std::string_view;

constexpr Key kTopKeys[] = {"region",
                            "metadata_store",
                            "role",
                            "log_format",
                            "log_level",
                            "copies_in_flight_max",
                            "drain_timeout",
                            "smtp",
                            "secret_scope",
                            "signing_key",
                            "trusted_keys",
                            "sync_success_notification",
                            "sync_failure_notification",
                            "workspaces"};
constexpr Key kWorkspaceKeys[] = {"workspace_name",
                                  "workspace_instance_url",
                                  "workspace_pat_key",
                                  "sync_location_primary",
                                  "sync_location_secondary",
                                  "sync_location_name",
                                  "signing_key",
                                  "trusted_keys",
                                  "sync_success_notification",
                                  "sync_failure_notification",
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
                                  "sync_groups"};
constexpr Key kGroupKeys[] = {
    "group_name",    "group_owner_email", "workflow",          "mode",     "history",      "tables",
    "schedule",      "time_zone",         "clock_skew_margin", "interval", "import_roots", "rpo",
    "poll_interval", "expect_run_every",  "sources",           "retention"};
constexpr Key kTableKeys[] = {"name", "source", "target", "history", "import_roots"};
constexpr Key kSmtpKeys[] = {"host", "port", "security", "user", "password", "from", "ca_file", "timeout", "helo"};
constexpr Key kSecretKeys[] = {"env", "file", "credential"};

}  // namespace

const ConfigLevel kTopLevel{"the top level", kTopKeys};
const ConfigLevel kWorkspaceLevel{"a workspace", kWorkspaceKeys};
const ConfigLevel kGroupLevel{"a sync group", kGroupKeys};
const ConfigLevel kTableLevel{"a table", kTableKeys};
const ConfigLevel kSmtpLevel{"smtp", kSmtpKeys};
const ConfigLevel kSecretLevel{"a secret reference", kSecretKeys};

bool Knows(const ConfigLevel& level, std::string_view key) {
  return std::ranges::find(level.keys, key) != level.keys.end();
}

std::string UnknownKeyRemedy(const ConfigLevel& level, std::string_view key) {
  for (const ConfigLevel* other : {&kTopLevel, &kWorkspaceLevel, &kGroupLevel}) {
    if (!Knows(*other, key)) continue;
    const bool interval = level.name == kGroupLevel.name && key.starts_with("sync_interval");
    return fmt::format("it belongs to {}; move it there{}", other->name,
                       interval ? ", or write interval: 15m for this group alone" : "");
  }
  const std::string_view nearest = NearestKey(key, level.keys);
  if (!nearest.empty()) return fmt::format("did you mean {}?", nearest);
  return fmt::format("the keys of {} are {}", level.name, fmt::join(level.keys, ", "));
}

}  // namespace lakeferry
