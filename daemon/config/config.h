// Config: what the configuration file says, checked, with every default filled in. Plain values; loading touches
// nothing but the file.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "daemon/config/catalog_settings.h"
#include "daemon/config/http_settings.h"
#include "daemon/config/notification_settings.h"
#include "daemon/config/secret_ref.h"
#include "daemon/config/store_settings.h"
#include "daemon/config/workflow_settings.h"
#include "engine/limits.h"
#include "env/logger.h"
#include "env/state_store.h"
#include "plan/group/finding.h"
#include "plan/group/group_spec.h"

namespace lakeferry {

enum class LogFormat { kText, kJson };

struct LogSettings {
  LogFormat format = LogFormat::kText;
  LogLevel level = LogLevel::kInfo;

  bool operator==(const LogSettings&) const = default;
};

enum class SmtpSecurity { kNone, kStartTls, kTls };

struct SmtpSettings {
  std::string host;
  int port = 587;  // by default 25, 587 or 465 as `security` has it
  SmtpSecurity security = SmtpSecurity::kStartTls;
  std::string user;  // empty: no authentication
  std::optional<SecretRef> password;
  std::string from;
  std::string ca_file;     // PEM; empty: the system's
  Millis timeout{30'000};  // for one mail
  std::string helo;        // empty: the host's name

  bool operator==(const SmtpSettings&) const = default;
};

// Where each finished epoch is told in a Delta table of its own.
struct StatusTableSettings {
  std::string uri;
  std::string credential;  // its name; empty: the place's own, or the service's default

  bool operator==(const StatusTableSettings&) const = default;
};

// Where it is told how epochs went (OpenTelemetry).
struct TracingSettings {
  std::string endpoint;  // the whole URL
  std::optional<SecretRef> token;

  bool operator==(const TracingSettings&) const = default;
};

// Something the file asks for that this build cannot do. The groups that need it are refused; the others run.
struct Unbuilt {
  std::string group;
  std::string what;
  Place where;
  std::string remedy;

  bool operator==(const Unbuilt&) const = default;
};

struct Config {
  std::string file;  // its name, for errors
  std::string region = "default";
  std::string metadata_store = "/var/lib/lakeferry/metadata.db";
  std::optional<Role> role;  // absent: both
  LogSettings log;
  std::optional<SmtpSettings> smtp;
  std::vector<NotificationSettings> notifications;
  std::optional<DigestSettings> success_digest;     // absent: each success by itself
  std::optional<HttpSettings> http;                 // absent: nobody is answered over HTTP
  std::optional<StatusTableSettings> status_table;  // absent: nothing is exported but by the command
  std::optional<TracingSettings> tracing;           // absent: nobody is
  Millis drain_timeout{30'000};                     // how long a stop waits for copies under way
  engine::Limits limits;
  StoreSettings stores;
  std::vector<plan::GroupSpec> groups;
  std::vector<Unbuilt> unbuilt;
  // By group: where its runs come from; of those that are not here, from the built-in ledger.
  std::map<std::string, WorkflowSettings> workflow_sources;
  std::map<std::string, GroupCatalogs> catalogs;  // by group; those that are not here ask none
  std::vector<plan::Finding> notes;               // warnings and defaults an operator should know of, for `check`
};

// Why this build cannot run the group: kInvalidArgument with everything it lacks; success when it can.
[[nodiscard]] Status CheckBuilt(const Config& config, std::string_view group);

}  // namespace lakeferry
