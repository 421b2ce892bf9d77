#include "daemon/config/config_workflows.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "daemon/config/config_logins.h"
#include "daemon/config/config_values.h"

namespace lakeferry {
namespace {

constexpr std::string_view kNamePlace = "set secret_scope, or name where the token is: {env: VARIABLE}, {file: /path}";
constexpr Millis kTimeoutMin{1'000};
constexpr Millis kTimeoutMax = std::chrono::minutes(10);
constexpr Millis kLookBackMax = std::chrono::days(60);  // no run is kept for longer

void ReadUrl(ConfigMap& map, WorkflowSettings& settings, std::string_view example) {
  if (settings.url.empty() || map.Has("url")) settings.url = ReadServiceUrl(map, example).value_or(settings.url);
}

void ReadDatabricks(ConfigMap& map, const std::string& scope, WorkflowSettings& settings) {
  RefuseOthersThan(map, kWorkflowSourceLevel,
                   {"url", "allow_http", "token", "secret_scope", "secret_key", "client_id", "client_secret",
                    "tenant_id", "federated_token_file", "managed_identity", "look_back"},
                   "databricks");
  ReadUrl(map, settings, "https://<host>");
  if (const auto back = map.Duration("look_back", Millis(0), kLookBackMax)) settings.look_back = *back;
  // In place of that of workspace_pat_key.
  if (auto login = ReadDatabricksLogin(map, scope, "the workflow source")) settings.login = *std::move(login);
}

void ReadAirflow(ConfigMap& map, WorkflowSettings& settings) {
  RefuseOthersThan(map, kWorkflowSourceLevel, {"url", "allow_http", "token", "user", "password"}, "airflow");
  settings.url.clear();  // that of a Databricks workspace
  settings.login = {};
  ReadUrl(map, settings, "https://airflow.example.com");
  ServiceLogin& login = settings.login;
  if (map.Has("token")) login.token = ReadSecretRef(map, "token");
  login.user = TextAt(map, "user");
  if (map.Has("password")) login.password = ReadSecretRef(map, "password");
  if (map.Has("user") != map.Has("password")) {
    map.Report(map.Has("user") ? "password" : "user", "user and password go together", "set both, or neither");
  } else if (map.Has("token") == map.Has("user")) {
    map.Report("kind", "the workflow source does not say one way to log in", "give token, or user and password");
  }
}

void ReadCommand(ConfigMap& map, WorkflowSettings& settings) {
  RefuseOthersThan(map, kWorkflowSourceLevel, {"command", "timeout"}, "command");
  settings.url.clear();
  settings.login = {};
  for (const ConfigText& word : map.Texts("command")) settings.command.push_back(word.text);
  if (settings.command.empty()) {
    if (!map.Has("command")) map.Report("command", "command is missing", "write command: [/etc/lakeferry/runs]");
  } else if (!settings.command.front().starts_with('/')) {
    map.Report("command", "the program is named by no absolute path", "write it from the root on");
  }
  if (const auto longest = map.Duration("timeout", kTimeoutMin, kTimeoutMax)) settings.timeout = *longest;
}

// `base`: what the workspace says by the sync job's keys.
std::shared_ptr<const WorkflowSettings> ReadSource(ConfigMap& map, const std::string& scope, WorkflowSettings base) {
  if (!map.Has("kind")) map.Report("kind", "kind is missing", "write ledger, airflow, databricks, command or push");
  const auto kind = map.Choice("kind", {"ledger", "airflow", "databricks", "command", "push"});
  if (!kind) return nullptr;
  constexpr WorkflowKind kKinds[] = {WorkflowKind::kLedger, WorkflowKind::kAirflow, WorkflowKind::kDatabricks,
                                     WorkflowKind::kCommand, WorkflowKind::kPush};
  base.kind = kKinds[*kind];
  switch (base.kind) {
    case WorkflowKind::kLedger: RefuseOthersThan(map, kWorkflowSourceLevel, {}, "ledger"); return nullptr;
    case WorkflowKind::kAirflow: ReadAirflow(map, base); break;
    case WorkflowKind::kDatabricks: ReadDatabricks(map, scope, base); break;
    case WorkflowKind::kCommand: ReadCommand(map, base); break;
    case WorkflowKind::kPush:
      RefuseOthersThan(map, kWorkflowSourceLevel, {}, "push");
      base.url.clear();
      base.login = {};
      break;
  }
  return std::make_shared<const WorkflowSettings>(std::move(base));
}

// workspace_pat_key: a reference, or the name of a key in the secret scope.
void ReadPatKey(ConfigMap& workspace, const std::string& scope, ServiceLogin& login) {
  const ConfigNode* key = workspace.Value("workspace_pat_key");
  if (key == nullptr) return;
  if (key->kind == ConfigNode::Kind::kMap) {
    login.token = ReadSecretRef(workspace, "workspace_pat_key");
    return;
  }
  const auto text = workspace.Text("workspace_pat_key");
  if (!text) return;
  if (LooksLikeSecret(text->text)) {
    workspace.Report("workspace_pat_key", "workspace_pat_key holds a token inline", std::string(kNamePlace));
  } else if (scope.empty()) {
    workspace.Report("workspace_pat_key",
                     "workspace_pat_key names a key of a secret scope, and there is no secret_scope",
                     std::string(kNamePlace));
  }
  login.secret_scope = scope;
  login.secret_key = text->text;
}

}  // namespace

WorkspaceSource ReadWorkspaceSource(ConfigMap& workspace, const std::string& secret_scope) {
  WorkflowSettings base{
      .kind = WorkflowKind::kDatabricks, .url = TextAt(workspace, "workspace_instance_url"), .login = {}};
  while (base.url.ends_with('/')) base.url.pop_back();
  ReadPatKey(workspace, secret_scope, base.login);
  WorkspaceSource source{.settings = nullptr, .missing = {}, .place = workspace.PlaceOf("workspace_instance_url")};
  if (!base.url.empty() && !base.url.starts_with("https://") && !WhatIsWrongWithUrl(base.url, false).empty()) {
    workspace.Report("workspace_instance_url", "the workspace's URL does not begin with https://",
                     "write https://<host>");
  }
  if (workspace.Has("workflow_source")) {
    auto map = workspace.Map("workflow_source", kWorkflowSourceLevel);
    if (map) source.settings = ReadSource(*map, secret_scope, std::move(base));
    source.place = workspace.PlaceOf("workflow_source");
    return source;
  }
  if (!workspace.Has("workspace_instance_url")) {
    if (!workspace.Has("workspace_pat_key")) return source;
    source.place = workspace.PlaceOf("workspace_pat_key");
    source.missing = "workspace_pat_key is a token of a Databricks workspace, and its URL is not said";
    return source;
  }
  const std::string wrong = WhatIsWrongWithUrl(base.url, false);
  if (!wrong.empty()) source.missing = fmt::format("the URL of the Databricks workspace is none: {}", wrong);
  if (wrong.empty()) source.settings = std::make_shared<const WorkflowSettings>(std::move(base));
  return source;
}

WorkspaceSource ReadGroupSource(ConfigMap& group, const WorkspaceSource& inherited, const std::string& secret_scope) {
  if (!group.Has("workflow_source")) return inherited;
  WorkflowSettings base;
  const auto& above = inherited.settings;
  if (above && above->kind == WorkflowKind::kDatabricks) base = *above;
  WorkspaceSource source{.settings = nullptr, .missing = {}, .place = group.PlaceOf("workflow_source")};
  auto map = group.Map("workflow_source", kWorkflowSourceLevel);
  if (map) source.settings = ReadSource(*map, secret_scope, std::move(base));
  if (!group.Has("workflow")) {
    group.Report("workflow_source", "workflow_source is about the runs of a workflow, and the group has none",
                 "add workflow, or remove workflow_source");
  }
  return source;
}

}  // namespace lakeferry
