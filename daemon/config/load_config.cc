#include "daemon/config/load_config.h"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include "daemon/config/config_bandwidth.h"
#include "daemon/config/config_files.h"
#include "daemon/config/config_groups.h"
#include "daemon/config/config_http.h"
#include "daemon/config/config_keys.h"
#include "daemon/config/config_notifications.h"
#include "daemon/config/config_overlap.h"
#include "daemon/config/config_status_table.h"
#include "daemon/config/config_stores.h"
#include "daemon/config/config_tracing.h"
#include "daemon/config/config_values.h"
#include "daemon/config/text_bytes.h"
#include "plan/group/catalog_rules.h"

namespace lakeferry {
namespace {

constexpr int64_t kCopiesMax = 256;
constexpr Millis kDrainMax = std::chrono::hours(1);
constexpr Millis kMailTimeoutMax = std::chrono::minutes(10);

void Note(Config& config, plan::Severity severity, std::string what, const std::string& key, std::string remedy) {
  config.notes.push_back({.severity = severity,
                          .what = std::move(what),
                          .where = ConfigSpot{.file = config.file, .key = key},
                          .remedy = std::move(remedy)});
}

void ReadPlaceOfDaemon(ConfigMap& top, Config& config) {
  if (const auto region = top.Text("region")) {
    if (CheckName(*region, top.problems())) config.region = region->text;
  } else if (!top.Has("region")) {
    Note(config, plan::Severity::kInfo,
         fmt::format("region is not set; this daemon calls its region '{}'", config.region), "region",
         "add region: with the name of the region this daemon stands in");
  }
  if (const auto path = top.Text("metadata_store")) {
    config.metadata_store = path->text;
    if (!path->text.starts_with('/') || path->text.ends_with('/')) {
      top.Report("metadata_store", "metadata_store is not the absolute path of a file",
                 "write it from the root on, such as /var/lib/lakeferry/metadata.db");
    }
  } else if (!top.Has("metadata_store")) {
    Note(config, plan::Severity::kInfo, fmt::format("metadata_store is not set; it is {}", config.metadata_store),
         "metadata_store", "add metadata_store: with the path of the SQLite file, if it is to be elsewhere");
  }
  if (const auto role = top.Choice("role", {"sender", "receiver", "both"})) {
    if (*role < 2) config.role = *role == 0 ? Role::kSender : Role::kReceiver;
  }
}

void ReadProcessSettings(ConfigMap& top, Config& config) {
  if (const auto format = top.Choice("log_format", {"text", "json"})) {
    config.log.format = *format == 0 ? LogFormat::kText : LogFormat::kJson;
  }
  if (const auto level = top.Choice("log_level", {"debug", "info", "warning", "error"})) {
    constexpr LogLevel kLevels[] = {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError};
    config.log.level = kLevels[*level];
  }
  if (const auto copies = top.Integer("copies_in_flight_max", {.min = 1, .max = kCopiesMax})) {
    config.limits.copies_in_flight_max = static_cast<int>(*copies);
  }
  config.limits.bandwidth = ReadBandwidth(top);
  if (const auto drain = top.Duration("drain_timeout", Millis(0), kDrainMax)) config.drain_timeout = *drain;
}

void ReadSmtpLogin(ConfigMap& map, SmtpSettings& smtp) {
  if (const auto user = map.Text("user")) smtp.user = user->text;
  if (map.Has("password")) smtp.password = ReadSecretRef(map, "password");
  if (map.Has("user") != map.Has("password")) {
    map.Report(map.Has("user") ? "password" : "user", "user and password go together", "set both, or neither");
  }
  if (map.Has("password") && smtp.security == SmtpSecurity::kNone) {
    map.Report("password", "a password is not sent over a connection without encryption",
               "set security to starttls or tls");
  }
}

SmtpSettings ReadSmtp(ConfigMap& map) {
  SmtpSettings smtp;
  constexpr int kPorts[] = {25, 587, 465};
  constexpr size_t kStartTls = 1;
  const size_t security = map.Choice("security", {"none", "starttls", "tls"}).value_or(kStartTls);
  smtp.security = static_cast<SmtpSecurity>(security);
  smtp.port = static_cast<int>(map.Integer("port", {.min = 1, .max = 65535}).value_or(kPorts[security]));
  if (const auto host = map.RequiredText("host", "mail.example.com")) {
    smtp.host = host->text;
    if (host->text.find_first_of("/@ ") != std::string::npos) {
      map.Report("host", "host is no host name", "write the name or address alone; the port has a key of its own");
    }
  }
  if (const auto from = map.RequiredText("from", "lakeferry@example.com")) {
    const auto checked = CheckAddresses({*from}, map.problems());
    if (!checked.empty()) smtp.from = checked.front();
  }
  if (const auto ca = map.Text("ca_file")) {
    smtp.ca_file = ca->text;
    if (!ca->text.starts_with('/')) map.Report("ca_file", "the path is not absolute", "write it from the root on");
  }
  if (const auto timeout = map.Duration("timeout", Millis(1'000), kMailTimeoutMax)) smtp.timeout = *timeout;
  if (const auto helo = map.Text("helo")) smtp.helo = helo->text;
  ReadSmtpLogin(map, smtp);
  return smtp;
}

void NoteMailWithoutServer(Config& config) {
  if (config.smtp) return;
  for (const plan::GroupSpec& group : config.groups) {
    if (group.owner_email.empty() && group.failure_mail_to.empty() && group.success_mail_to.empty() &&
        group.digest_mail_to.empty()) {
      continue;
    }
    Note(config, plan::Severity::kWarning, "addresses are to get mail, but no mail server is configured", "smtp",
         "add smtp: with host and from; until then failures are seen in status and log only");
    return;
  }
}

// Runs that are pushed have to find somebody who takes them.
void NotePushWithoutServer(Config& config) {
  const bool taken = config.http && config.http->sender && (config.http->token || config.http->push_secret);
  for (const auto& [group, source] : config.workflow_sources) {
    if (taken || source.kind != WorkflowKind::kPush) continue;
    Note(config, plan::Severity::kError,
         fmt::format("the runs of group '{}' are to be pushed to the sender, and it takes none", group), "http",
         "add http: with listen, and token or push_secret by which whoever pushes proves himself");
    return;
  }
}

// Of thousands of tables, live sets would be a fourth of what an idle service has in memory.
bool LiveSetsStay(const std::vector<plan::GroupSpec>& groups) {
  constexpr size_t kTablesMax = 1'000;
  size_t tables = 0;
  for (const plan::GroupSpec& group : groups) tables += group.tables.size();
  return tables <= kTablesMax;
}

void NameSiblings(std::vector<plan::GroupSpec>& groups) {
  std::set<std::string> names;
  for (const plan::GroupSpec& group : groups) names.insert(group.name);
  const auto shared = std::make_shared<const std::set<std::string>>(std::move(names));
  for (plan::GroupSpec& group : groups) group.configured = shared;
}

Config Assemble(ConfigFiles& files) {
  ConfigMap& top = *files.files.front().map;
  const std::string& file = files.files.front().name;
  Config config{.file = file};
  ReadPlaceOfDaemon(top, config);
  ReadProcessSettings(top, config);
  if (auto smtp = top.Map("smtp", kSmtpLevel)) config.smtp = ReadSmtp(*smtp);
  config.http = ReadHttp(top);
  config.stores = ReadStores(top, file);
  config.status_table = ReadStatusTable(top, config.stores);
  config.tracing = ReadTracing(top);
  config.notifications = ReadNotifications(top);
  config.success_digest = ReadDigest(top);
  CheckDigests(top, config.notifications, top.Has("success_digest"));
  const auto scope = top.Text("secret_scope");
  const InheritedSettings inherited{
      .file = file,
      .region = top.Has("region") ? std::optional(config.region) : std::nullopt,
      .success_mail_to = CheckAddresses(top.Texts("sync_success_notification"), top.problems()),
      .failure_mail_to = CheckAddresses(top.Texts("sync_failure_notification"), top.problems()),
      .secret_scope = scope ? scope->text : std::string(),
      .stores = config.stores,
      .keys = ReadKeys(top, {}),
      .notifications = config.notifications,
  };
  WorkspacesDraft draft = ReadWorkspaces(files, inherited, top.problems());
  CheckAcrossGroups(draft.groups, top.problems());
  for (GroupDraft& group : draft.groups) {
    if (group.source) config.workflow_sources.emplace(group.spec.name, *group.source);
    if (group.catalogs.source || group.catalogs.target) {
      config.catalogs.emplace(group.spec.name, std::move(group.catalogs));
    }
    config.groups.push_back(std::move(group.spec));
  }
  if (config.success_digest) {
    for (plan::GroupSpec& group : config.groups) group.digest_mail_to = std::exchange(group.success_mail_to, {});
  }
  for (plan::GroupSpec& group : config.groups) plan::ShareSources(group);
  NameSiblings(config.groups);
  config.limits.live_sets_stay = LiveSetsStay(config.groups);
  config.unbuilt = std::move(draft.unbuilt);
  for (std::vector<plan::Finding>* notes : {&files.notes, &draft.notes}) {
    config.notes.insert(config.notes.end(), notes->begin(), notes->end());
  }
  CheckStatusPlace(top, config);
  NoteMailWithoutServer(config);
  NotePushWithoutServer(config);
  return config;
}

}  // namespace

ConfigResult LoadConfig(std::string_view text, const std::string& file, const ConfigSources& sources) {
  ConfigProblems problems;
  ConfigFiles files = ReadConfigFiles(text, file, sources, problems);
  if (!files.files.front().map) {
    if (problems.empty()) {
      problems.Add({.file = file, .path = {}},
                   text.empty() ? "the file is empty" : "the file says nothing: it has comments or white space alone",
                   "begin with minimal.yaml, which the package has in /usr/share/lakeferry; every option stands in "
                   "lakeferry.example.yaml beside it");
    }
    return std::unexpected(problems.Sorted());
  }
  Config config = Assemble(files);
  if (!problems.empty()) return std::unexpected(problems.Sorted());
  return config;
}

ConfigResult LoadConfig(std::string_view text, const std::string& file) { return LoadConfig(text, file, NoSources()); }

Result<std::string> ReadConfigFile(const std::string& path) {
  std::error_code problem;
  const std::filesystem::file_status status = std::filesystem::status(path, problem);
  if (status.type() == std::filesystem::file_type::not_found) {
    return Fail(ErrorCode::kInvalidArgument, "there is no configuration file", ConfigSpot{.file = path},
                "name it with --config FILE or LAKEFERRY_CONFIG; or write one there, beginning with minimal.yaml, "
                "which the package has in /usr/share/lakeferry");
  }
  if (status.type() == std::filesystem::file_type::directory) {
    return Fail(ErrorCode::kInvalidArgument, "the configuration file is a folder", ConfigSpot{.file = path},
                "name the file in it with --config FILE");
  }
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (stream.is_open() && !stream.bad()) return text;
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("the configuration file cannot be read: {}",
                          std::error_code(errno == 0 ? EIO : errno, std::generic_category()).message()),
              ConfigSpot{.file = path},
              "run the command as a user that may read it (sudo -u lakeferry lakeferry ...), or let this user read it "
              "and the folders above it");
}

Result<Config> LoadConfigFile(const std::string& path) {
  LF_TRY(const std::string text, ReadConfigFile(path));
  auto config = LoadConfig(text, path, SourcesOfMachine());
  if (config) return std::move(*config);
  const size_t count = config.error().size();
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("the configuration has {} problem{}:\n{}", count, count == 1 ? "" : "s",
                          ToText(path, config.error())),
              SpotOf(path, config.error().front().place), "mend them all, then try again");
}

}  // namespace lakeferry
