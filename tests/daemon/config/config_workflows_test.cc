// Where the runs of groups come from, as a configuration says it.
#include "daemon/config/config.h"
#include "tests/daemon/config/config_texts.h"

namespace lakeferry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct SaidOfRuns {
  std::string top = {};
  std::string staging = "file:///dr/staging";
  std::string workspace = {};  // lines of its keys
  std::string group = {};
};

ConfigResult LoadRuns(const SaidOfRuns& said) {
  const auto indented = [](const std::string& text, const std::string& by) {
    return text.empty() ? "" : by + text + "\n";
  };
  return LoadConfig(said.top + "workspaces:\n  - workspace_name: demo\n    sync_location_secondary: " + said.staging +
                        "\n" + indented(said.workspace, "    ") + "    sync_groups:\n      - group_name: orders\n" +
                        "        workflow: nightly\n" + indented(said.group, "        ") +
                        "        tables: [{ name: b, source: file:///b, target: file:///dr/b }]\n",
                    "c.yaml");
}

ConfigResult LoadSource(const std::string& source) { return LoadRuns({.workspace = "workflow_source: " + source}); }

WorkflowSettings SourceOf(const ConfigResult& config) {
  EXPECT_TRUE(config) << ToText("c.yaml", config ? std::vector<ConfigProblem>() : config.error());
  if (!config || !config->workflow_sources.contains("orders")) return {};
  return config->workflow_sources.at("orders");
}

SecretRef FileRef(const std::string& name) { return {.kind = SecretRef::Kind::kFile, .name = name}; }

TEST(ConfigWorkflows, WithoutASourceRunsComeFromTheLedgerAndAreLookedForOften) {
  for (const auto& config : {LoadRuns({}), LoadSource("{ kind: ledger }")}) {
    EXPECT_THAT(config->workflow_sources, IsEmpty());
    EXPECT_EQ(config->groups[0].poll_interval, Millis(500));
  }
}

TEST(ConfigWorkflows, AServiceIsAskedEveryHalfMinuteUnlessItIsSaid) {
  const std::string source = "{ kind: airflow, url: 'https://a', token: { env: T } }";
  EXPECT_EQ(LoadSource(source)->groups[0].poll_interval, Millis(30'000));
  EXPECT_EQ(LoadRuns({.workspace = "poll_interval: 5s\n    workflow_source: " + source})->groups[0].poll_interval,
            Millis(5'000));
  EXPECT_EQ(
      LoadRuns({.workspace = "workflow_source: " + source, .group = "poll_interval: 7s"})->groups[0].poll_interval,
      Millis(7'000));
}

TEST(ConfigWorkflows, StagingThatIsFarIsAskedEveryFiveSecondsUnlessItIsSaid) {
  for (const char* staging : {"s3://b/dr", "gs://b/dr", "abfss://c@a.dfs.core.windows.net/dr"}) {
    EXPECT_EQ(LoadRuns({.staging = staging})->groups[0].poll_interval, Millis(5'000)) << staging;
    EXPECT_EQ(LoadRuns({.staging = staging, .workspace = "poll_interval: 1s"})->groups[0].poll_interval, Millis(1'000));
    EXPECT_EQ(LoadRuns({.staging = staging, .group = "poll_interval: 500ms"})->groups[0].poll_interval, Millis(500));
  }
  const std::string source = "workflow_source: { kind: airflow, url: 'https://a', token: { env: T } }";
  EXPECT_EQ(LoadRuns({.staging = "s3://b/dr", .workspace = source})->groups[0].poll_interval, Millis(30'000));
}

TEST(ConfigWorkflows, EveryKindAndLoginIsTaken) {
  EXPECT_EQ(
      SourceOf(LoadSource("{ kind: airflow, url: 'https://a/b/', user: u, password: { file: /p } }")),
      (WorkflowSettings{
          .kind = WorkflowKind::kAirflow, .url = "https://a/b", .login = {.user = "u", .password = FileRef("/p")}}));
  EXPECT_EQ(SourceOf(LoadSource("{ kind: databricks, url: 'https://d', token: { file: /t }, look_back: 2d }")),
            (WorkflowSettings{.kind = WorkflowKind::kDatabricks,
                              .url = "https://d",
                              .login = {.token = FileRef("/t")},
                              .look_back = std::chrono::hours(48)}));
  EXPECT_EQ(
      SourceOf(LoadSource("{ kind: databricks, url: 'https://d', client_id: c, client_secret: { file: /s } }")).login,
      (ServiceLogin{.client_id = "c", .client_secret = FileRef("/s")}));
  EXPECT_EQ(
      SourceOf(
          LoadSource("{ kind: databricks, url: 'https://d', tenant_id: t, client_id: c, federated_token_file: /f }"))
          .login,
      (ServiceLogin{.client_id = "c", .tenant_id = "t", .federated_token_file = "/f"}));
  EXPECT_TRUE(
      SourceOf(LoadSource("{ kind: databricks, url: 'https://d', managed_identity: true }")).login.managed_identity);
  EXPECT_EQ(SourceOf(LoadSource("{ kind: databricks, url: 'https://d', secret_scope: s, secret_key: k }")).login,
            (ServiceLogin{.secret_scope = "s", .secret_key = "k"}));
  EXPECT_EQ(SourceOf(LoadSource("{ kind: command, command: [/bin/runs, -x], timeout: 5s }")),
            (WorkflowSettings{.kind = WorkflowKind::kCommand,
                              .url = {},
                              .login = {},
                              .command = {"/bin/runs", "-x"},
                              .timeout = Millis(5'000)}));
}

TEST(ConfigWorkflows, TheSyncJobsKeysNameADatabricksWorkspaceAndAKeyOfTheTopLevelsScope) {
  const std::string url = "workspace_instance_url: https://d/\n    ";
  EXPECT_EQ(
      SourceOf(LoadRuns({.top = "secret_scope: s\n", .workspace = url + "workspace_pat_key: k"})),
      (WorkflowSettings{
          .kind = WorkflowKind::kDatabricks, .url = "https://d", .login = {.secret_scope = "s", .secret_key = "k"}}));
  EXPECT_EQ(SourceOf(LoadRuns({.workspace = url + "workspace_pat_key: { file: /t }"})).login,
            (ServiceLogin{.token = FileRef("/t")}));
  // A group that changes one thing keeps the rest of its workspace.
  const WorkflowSettings own = SourceOf(LoadRuns({.workspace = url + "workspace_pat_key: { file: /t }",
                                                  .group = "workflow_source: { kind: databricks, look_back: 0s }"}));
  EXPECT_EQ(own.url, "https://d");
  EXPECT_EQ(own.login.token, FileRef("/t"));
  EXPECT_EQ(own.look_back, Millis(0));
  EXPECT_THAT(
      LoadRuns({.workspace = url + "workspace_pat_key: { file: /t }", .group = "workflow_source: { kind: ledger }"})
          ->workflow_sources,
      IsEmpty());
}

TEST(ConfigWorkflows, AWorkspaceWhoseUrlIsStillATemplateLoadsAndItsGroupsAreRefused) {
  const auto config = LoadRuns({.workspace = "workspace_instance_url: 'https://<workspace url>'"});
  ASSERT_TRUE(config);
  EXPECT_THAT(config->workflow_sources, IsEmpty());
  EXPECT_THAT(CheckBuilt(*config, "orders").error().message, HasSubstr("Jobs API"));
}

TEST(ConfigWorkflows, WhatIsWrongIsSaidWithItsKey) {
  struct Case {
    std::string source;
    std::string problem;
  };
  const Case cases[] = {
      {"{ url: 'https://a' }", "kind is missing"},
      {"{ kind: push, url: 'https://a' }", "url is not of kind: push"},
      {"{ kind: ledger, url: 'https://a' }", "url is not of kind: ledger"},
      {"{ kind: airflow, token: { env: T } }", "url"},
      {"{ kind: airflow, url: 'ftp://a', token: { env: T } }", "workflow_source.url"},
      {"{ kind: airflow, url: 'http://a', token: { env: T } }", "tokens are not sent over http://"},
      {"{ kind: airflow, url: 'https://a?b', token: { env: T } }", "no query"},
      {"{ kind: airflow, url: 'https://a' }", "does not say one way to log in"},
      {"{ kind: airflow, url: 'https://a', user: u }", "user and password go together"},
      {"{ kind: airflow, url: 'https://a', token: abcdef }", "token holds a secret inline"},
      {"{ kind: airflow, url: 'https://a', token: { env: T }, user: u, password: { env: P } }", "one way to log in"},
      {"{ kind: airflow, url: 'https://a', token: { env: T }, client_id: c }", "client_id is not of kind: airflow"},
      {"{ kind: databricks, url: 'https://d', token: { env: T }, managed_identity: true }", "one way to log in"},
      {"{ kind: databricks, url: 'https://d', secret_key: k }", "there is no secret_scope"},
      {"{ kind: databricks, url: 'https://d', token: { env: T }, secret_scope: s }", "lacks its secret_key"},
      {"{ kind: databricks, url: 'https://d', client_secret: { env: T } }", "lacks its client_id"},
      {"{ kind: databricks, url: 'https://d', client_id: c }", "nothing proves it"},
      {"{ kind: databricks, url: 'https://d', client_id: c, federated_token_file: /f }", "lacks its tenant_id"},
      {"{ kind: databricks, url: 'https://d', token: { env: T }, tenant_id: t }", "belongs to an identity"},
      {"{ kind: command }", "command is missing"},
      {"{ kind: command, command: runs }", "no absolute path"},
      {"{ kind: command, command: /runs, timeout: 1h }", "timeout"},
      {"{ kind: command, command: /runs, urll: x }", "did you mean url"},
  };
  for (const Case& one : cases) {
    EXPECT_THAT(ProblemLines(LoadSource(one.source)), ElementsAre(HasSubstr(one.problem))) << one.source;
  }
  EXPECT_TRUE(LoadSource("{ kind: airflow, url: 'http://a', allow_http: true, token: { env: T } }"));
  EXPECT_TRUE(LoadSource("{ kind: airflow, url: 'http://127.0.0.1:8080', token: { env: T } }"));
}

}  // namespace
}  // namespace lakeferry
