#include "daemon/setup/service_needs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <optional>
#include <set>
#include <string_view>

#include "base/location.h"
#include "daemon/setup/unit_words.h"
#include "plan/group/catalog_rules.h"

namespace lakeferry::setup {
namespace {

using Folders = std::set<std::string>;

// As the units have it: StateDirectory=, and what ProtectHome= and PrivateTmp= hide.
constexpr std::string_view kStateFolder = "/var/lib/lakeferry";
// Both by their names below the root.
constexpr std::array<std::string_view, 5> kHidden{"home", "root", "run/user", "tmp", "var/tmp"};
// Nobody gives a service all of one of these for the sake of a table in it.
constexpr std::array<std::string_view, 22> kOfTheSystem{
    "",    "bin",  "boot", "dev", "etc", "home", "lib",     "lib64", "opt",     "proc",    "root",
    "run", "sbin", "srv",  "sys", "tmp", "usr",  "usr/lib", "var",   "var/lib", "var/opt", "var/tmp"};

std::string_view BelowRoot(std::string_view path) { return path.substr(path.starts_with('/') ? 1 : 0); }

bool LiesIn(std::string_view path, std::string_view folder) {
  return path == folder || folder == "/" || (path.starts_with(folder) && path[folder.size()] == '/');
}

void AddFolder(Folders& folders, const std::string& uri) {
  if (uri.empty()) return;
  const Result<Location> location = Location::Parse(uri);
  if (location && location->scheme() == Scheme::kFile) folders.insert(location->path());
}

Folders SourcesOf(const Config& config) {
  Folders sources;
  for (const plan::GroupSpec& group : config.groups) {
    for (const plan::TableSpec& table : group.tables) {
      AddFolder(sources, table.source_uri);
      for (const std::string& root : table.import_roots) AddFolder(sources, root);
    }
  }
  return sources;
}

std::string AroundTarget(const std::string& target, const Folders& sources) {
  std::string above = std::filesystem::path(target).parent_path().string();
  const bool holds_a_source = std::ranges::any_of(sources, [&](const auto& source) { return LiesIn(source, above); });
  if (holds_a_source || std::ranges::find(kOfTheSystem, BelowRoot(above)) != kOfTheSystem.end()) return target;
  return above;
}

Folders WritesOf(const Config& config, Role role, const Folders& sources) {
  Folders writes;
  writes.insert(std::filesystem::path(config.metadata_store).parent_path().string());
  if (config.status_table) AddFolder(writes, config.status_table->uri);
  for (const plan::GroupSpec& group : config.groups) {
    AddFolder(writes, group.staging_uri);
    if (role != Role::kReceiver) continue;
    Folders targets;
    for (const plan::TableSpec& table : group.tables) {
      AddFolder(targets, table.target_uri);
      AddFolder(targets, table.new_target_uri);
    }
    for (const plan::TablePattern& pattern : group.patterns) AddFolder(writes, pattern.target_root);
    for (const std::string& target : targets) writes.insert(AroundTarget(target, sources));
  }
  return writes;
}

std::vector<std::string> Outermost(const Folders& folders) {
  std::vector<std::string> outermost;
  for (const std::string& folder : folders) {
    if (LiesIn(folder, kStateFolder)) continue;
    const bool inside = std::ranges::any_of(
        folders, [&](const std::string& other) { return other != folder && LiesIn(folder, other); });
    if (!inside) outermost.push_back(folder);
  }
  return outermost;
}

void NoteHidden(const Folders& folders, ServiceNeeds& needs) {
  for (const std::string& folder : folders) {
    if (std::ranges::none_of(kHidden, [&](std::string_view hidden) { return LiesIn(BelowRoot(folder), hidden); }))
      continue;
    needs.notes.push_back(
        {.severity = plan::Severity::kWarning,
         .what = fmt::format("home directories and temporary folders are hidden from the {}'s service",
                             RoleName(needs.role)),
         .where = folder,
         .remedy = "keep it in a folder such as /srv"});
  }
}

void NoteUnwritable(std::vector<std::string>& writes, ServiceNeeds& needs) {
  std::erase_if(writes, [&](const std::string& folder) {
    if (UnitPath(folder)) return false;
    needs.notes.push_back({.severity = plan::Severity::kError,
                           .what = "no unit can name this folder, so that no service can write there",
                           .where = folder,
                           .remedy = "give it a name without control characters, in UTF-8"});
    return true;
  });
}

void Append(std::vector<SecretRef>& secrets, std::vector<SecretRef> more) {
  secrets.insert(secrets.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

// Of those who know runs and tables.
std::vector<SecretRef> SecretsOfServices(const Config& config, Role role) {
  std::vector<SecretRef> secrets;
  if (role == Role::kSender) {
    for (const auto& [group, source] : config.workflow_sources) Append(secrets, SecretsOf(source.login));
  }
  for (const auto& [group, catalogs] : config.catalogs) {
    if (catalogs.source) Append(secrets, SecretsOf(catalogs.source->login));
    if (catalogs.target) Append(secrets, SecretsOf(catalogs.target->login));
  }
  return secrets;
}

std::vector<SecretRef> SecretsOf(const Config& config, Role role) {
  std::vector<SecretRef> secrets = SecretsOfServices(config, role);
  if (config.smtp && config.smtp->password) secrets.push_back(*config.smtp->password);
  for (const NotificationSettings& receiver : config.notifications) {
    for (const auto& secret : {receiver.url_place, receiver.secret}) {
      if (secret) secrets.push_back(*secret);
    }
  }
  if (config.tracing && config.tracing->token) secrets.push_back(*config.tracing->token);
  if (config.http && config.http->Of(role)) Append(secrets, SecretsOf(*config.http));
  for (const plan::GroupSpec& group : config.groups) {
    if (auto key = FromDescription(group.keys.own_place)) secrets.push_back(*std::move(key));
  }
  return secrets;
}

void AddSecrets(const Config& config, ServiceNeeds& needs) {
  std::set<std::string> credentials;
  std::set<std::string> variables;
  for (const SecretRef& secret : SecretsOf(config, needs.role)) {
    if (secret.kind == SecretRef::Kind::kCredential) credentials.insert(secret.name);
    if (secret.kind == SecretRef::Kind::kEnvironment) variables.insert(secret.name);
  }
  for (const std::string& name : credentials) {
    if (IsCredentialName(name)) {
      needs.credentials.push_back(name);
      continue;
    }
    needs.notes.push_back({.severity = plan::Severity::kError,
                           .what = fmt::format("no unit can name the credential '{}'", name),
                           .where = ConfigSpot{.file = config.file},
                           .remedy = "give it a name of letters, digits, '.', '_' and '-'"});
  }
  for (const std::string& name : variables) {
    needs.notes.push_back(
        {.severity = plan::Severity::kInfo,
         .what = fmt::format("the service takes {} from its environment", name),
         .where = ConfigSpot{.file = config.file},
         .remedy = "set it with EnvironmentFile= in a drop-in of your own, or better use a credential"});
  }
}

// What a catalog tells is not known here, and may be another place tomorrow.
void NoteLookedUp(const Config& config, ServiceNeeds& needs) {
  for (const plan::GroupSpec& group : config.groups) {
    if (!plan::AsksCatalogs(group)) continue;
    needs.notes.push_back(
        {.severity = plan::Severity::kInfo,
         .what = fmt::format("where tables of group '{}' lie, a catalog tells: folders among them are not in the unit",
                             group.name),
         .where = ConfigSpot{.file = config.file},
         .remedy = "where such a table is a folder of this host, add ReadWritePaths= in a drop-in of your own",
         .group = group.name});
  }
}

}  // namespace

ServiceNeeds NeedsOf(const Config& config, Role role) {
  ServiceNeeds needs{.role = role, .config_file = config.file, .writes = {}, .credentials = {}, .notes = {}};
  Folders folders = SourcesOf(config);
  const Folders writes = WritesOf(config, role, folders);
  needs.writes = Outermost(writes);
  if (role == Role::kReceiver) folders.clear();  // it reads none of them
  folders.insert(writes.begin(), writes.end());
  NoteHidden(folders, needs);
  NoteUnwritable(needs.writes, needs);
  AddSecrets(config, needs);
  NoteLookedUp(config, needs);
  return needs;
}

}  // namespace lakeferry::setup
