#include <filesystem>
#include <map>

#include "daemon/commands/commands.h"
#include "daemon/commands/each_group.h"
#include "daemon/config/key_file.h"
#include "daemon/config/load_config.h"
#include "daemon/output/key_output.h"
#include "daemon/wiring/log_sink.h"
#include "state/role_lock.h"

namespace lakeferry {
namespace {

Result<std::vector<Role>> RolesOf(const KeySignOptions& options, const Config& config) {
  LF_TRY(const std::optional<Role> chosen, RoleToWorkAs(options.role, config));
  if (chosen) return std::vector{*chosen};
  return std::vector{Role::kSender, Role::kReceiver};
}

// A relative path is the caller's folder's.
SecretRef FileOf(const std::string& file) {
  return {.kind = SecretRef::Kind::kFile, .name = std::filesystem::absolute(file).string()};
}

// The keys of the groups, each once.
Result<std::vector<ShownKey>> KeysOf(const Config& config) {
  std::map<std::string, ShownKey> keys;
  for (const plan::GroupSpec& group : config.groups) {
    if (!group.keys.own) continue;
    LF_TRY(const SigningKey key, group.keys.own());
    ShownKey& shown = keys[group.keys.own_place];
    shown.key = key.public_key();
    shown.place = group.keys.own_place;
    shown.groups.push_back(group.name);
  }
  std::vector<ShownKey> list;
  list.reserve(keys.size());
  for (auto& [place, shown] : keys) list.push_back(std::move(shown));
  return list;
}

}  // namespace

Result<int> RunKeyNew(Invocation& invocation, const KeyFileOptions& options) {
  LF_TRY(const SigningKey key, WriteNewKey(options.file));
  Print(invocation,
        std::vector<ShownKey>{{.key = key.public_key(), .place = Describe(FileOf(options.file)), .groups = {}}});
  return kExitDone;
}

Result<int> RunKeyShow(Invocation& invocation, const KeyFileOptions& options) {
  if (!options.file.empty()) {
    const SecretRef file = FileOf(options.file);
    LF_TRY(const SigningKey key, KeyReader(file)());
    Print(invocation, std::vector<ShownKey>{{.key = key.public_key(), .place = Describe(file), .groups = {}}});
    return kExitDone;
  }
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<ShownKey> keys, KeysOf(config));
  if (keys.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "no group has a signing_key", config.file,
                "make a key with `lakeferry key new`, and name it as signing_key: {file: /path}");
  }
  Print(invocation, keys);
  return kExitDone;
}

Result<int> RunKeySign(Invocation& invocation, const KeySignOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(std::vector<plan::GroupSpec> groups, SelectGroups(config, options.group));
  // Of all groups, those are meant that have a key.
  if (options.group.empty()) std::erase_if(groups, [](const auto& group) { return !group.keys.own; });
  LF_TRY(const std::vector<Role> roles, RolesOf(options, config));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring, Wiring::Make(config, log, StateUse::kWork));
  std::vector<SignedGroup> entries;
  ExitCode worst = kExitDone;
  for (const Role role : roles) {
    LF_TRY(const RoleLock lock, RoleLock::Acquire(config.metadata_store, role));
    auto answers = AskEachGroup<engine::SignReport>(config, groups, [&](const plan::GroupSpec& group) {
      const engine::DocumentSigner signer(wiring->env(), group);
      return wiring->Run(signer.Run({}, role));
    });
    worst = Worse(worst, WorstOf(answers));
    for (auto& answer : answers) entries.push_back({.role = role, .signing = std::move(answer)});
  }
  Print(invocation, entries);
  return worst;
}

}  // namespace lakeferry
