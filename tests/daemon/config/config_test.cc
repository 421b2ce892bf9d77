// What configuration files that load come out as.
#include "daemon/config/config.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <tuple>

#include "daemon/config/config_schema.h"
#include "tests/daemon/config/config_texts.h"

namespace lakeferry {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Property;

std::string ReadFile(const std::string& name) {
  std::ifstream file(std::string(LAKEFERRY_CONFIG_DIR) + "/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Config Load(const std::string& text) {
  auto config = LoadConfig(text, "test.yaml");
  if (!config) ADD_FAILURE() << ToText("test.yaml", config.error());
  return config.value_or(Config{});
}

std::string InGroup(const std::string& lines) { return ConfigLines{.group = lines}.Text(); }

std::string InWorkspace(const std::string& lines) { return ConfigLines{.workspace = lines}.Text(); }

TEST(Config, TheSyncJobsSampleLoadsAsItStands) {
  const Config config = Load(ReadFile("databricks_sync_job.json"));
  ASSERT_EQ(config.groups.size(), 2U);
  const plan::GroupSpec& first = config.groups[0];
  EXPECT_EQ(first.workspace, "dr_test_eastus2_databricks");
  EXPECT_EQ(first.name, "sample_workflow_1");
  EXPECT_EQ(first.owner_email, "user@example.com");
  EXPECT_THAT(first.workflows, ElementsAre("sample_workflow_1"));
  EXPECT_EQ(first.staging_uri, "abfss://dr-sync@westus2drstorageacct.dfs.core.windows.net");
  EXPECT_EQ(first.sync_interval, std::chrono::minutes(15));
  EXPECT_EQ(first.force_sync_after, Millis(std::chrono::minutes(10)));
  EXPECT_EQ(first.max_retries, 3);
  ASSERT_EQ(first.tables.size(), 3U);
  EXPECT_EQ(first.tables[2].name, "dr_test_catalog.main.workflow_1_gold");
  EXPECT_EQ(first.tables[2].source_uri, "");
  EXPECT_EQ(config.groups[1].name, "scheduled_sync");
  EXPECT_THAT(config.groups[1].workflows, IsEmpty());
}

TEST(Config, TheSamplesUnbuiltPartsAreNamedForEachGroupWithPlaceAndRemedy) {
  const Config config = Load(ReadFile("databricks_sync_job.json"));
  auto unbuilt = [](const std::string& group, const std::string& what, const std::string& where) {
    return AllOf(Field(&Unbuilt::group, group), Field(&Unbuilt::what, HasSubstr(what)),
                 Field(&Unbuilt::where, Property(&Place::text, HasSubstr(where))),
                 Field(&Unbuilt::remedy, ::testing::Not(IsEmpty())));
  };
  EXPECT_THAT(config.unbuilt, ElementsAre(unbuilt("sample_workflow_1", "Jobs API",
                                                  "test.yaml:6:33 workspaces[0].workspace_instance_url"),
                                          unbuilt("sample_workflow_1", "dr_test_catalog.stage.workflow_1_silver",
                                                  "test.yaml:18:21 workspaces[0].sync_groups[0].tables"),
                                          unbuilt("scheduled_sync", "dr_test_catalog.main.gold_data",
                                                  "test.yaml:27:21 workspaces[0].sync_groups[1].tables")));
}

TEST(Config, AGroupThatNeedsWhatIsNotBuiltIsRefusedWithEverythingItLacks) {
  const Config config = Load(ReadFile("databricks_sync_job.json"));
  const Status refused = CheckBuilt(config, "sample_workflow_1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(refused.error().message, AllOf(HasSubstr("Jobs API"), HasSubstr("catalog")));
  EXPECT_NE(refused.error().where.text(), "");
  EXPECT_NE(refused.error().remedy, "");
  EXPECT_TRUE(CheckBuilt(Load(ReadFile("minimal.yaml")), "orders"));
}

TEST(Config, DefaultsOfRegionAndMetadataStoreAreNoted) {
  const Config config = Load(ReadFile("databricks_sync_job.json"));
  EXPECT_EQ(config.region, "default");
  EXPECT_EQ(config.metadata_store, "/var/lib/lakeferry/metadata.db");
  EXPECT_THAT(config.notes, Contains(AllOf(Field(&plan::Finding::severity, plan::Severity::kInfo),
                                           Field(&plan::Finding::what, HasSubstr("region is not set")))));
  EXPECT_THAT(config.notes, Contains(Field(&plan::Finding::what, HasSubstr("metadata_store is not set"))));
}

TEST(Config, TheSmallestConfigurationTakesEveryDefault) {
  const Config config = Load(ReadFile("minimal.yaml"));
  EXPECT_EQ(config.region, "west");
  EXPECT_EQ(config.role, std::nullopt);
  EXPECT_EQ(config.log, LogSettings{});
  EXPECT_EQ(config.smtp, std::nullopt);
  EXPECT_THAT(config.unbuilt, IsEmpty());
  EXPECT_THAT(config.notes, IsEmpty());
  ASSERT_EQ(config.groups.size(), 1U);
  const plan::GroupSpec& group = config.groups[0];
  const plan::GroupSpec defaults;
  EXPECT_EQ(group.mode, defaults.mode);
  EXPECT_EQ(group.sync_interval, std::chrono::minutes(15));
  EXPECT_EQ(group.force_sync_after, std::nullopt);
  EXPECT_EQ(group.max_retries, defaults.max_retries);
  EXPECT_EQ(group.clock_skew_margin, defaults.clock_skew_margin);
  EXPECT_EQ(group.tables[0].source_uri, "file:///srv/lake/bronze");
  EXPECT_EQ(group.tables[0].target_uri, "file:///srv/dr/bronze");
}

TEST(Config, TheExampleFileStatesTheDefaultsOfTheProcess) {
  const Config config = Load(ReadFile("lakeferry.example.yaml"));
  const Config defaults;
  EXPECT_EQ(config.region, defaults.region);
  EXPECT_EQ(config.metadata_store, defaults.metadata_store);
  EXPECT_EQ(config.role, defaults.role);
  EXPECT_EQ(config.log, defaults.log);
  EXPECT_EQ(config.drain_timeout, defaults.drain_timeout);
  EXPECT_EQ(config.limits.copies_in_flight_max, defaults.limits.copies_in_flight_max);
  EXPECT_EQ(config.limits.bandwidth, defaults.limits.bandwidth);
  ASSERT_TRUE(config.smtp);
  const SmtpSettings smtp_defaults;
  EXPECT_EQ(config.smtp->port, smtp_defaults.port);
  EXPECT_EQ(config.smtp->security, smtp_defaults.security);
  EXPECT_EQ(config.smtp->timeout, smtp_defaults.timeout);
  EXPECT_EQ(config.smtp->password, (SecretRef{SecretRef::Kind::kEnvironment, "LAKEFERRY_SMTP_PASSWORD"}));
}

TEST(Config, TheExampleFileStatesTheDefaultsOfGroups) {
  const Config config = Load(ReadFile("lakeferry.example.yaml"));
  const plan::GroupSpec defaults;
  ASSERT_EQ(config.groups.size(), 11U);
  const plan::GroupSpec& orders = config.groups[0];
  EXPECT_EQ(orders.sync_interval, defaults.sync_interval);
  EXPECT_EQ(orders.max_retries, defaults.max_retries);
  EXPECT_TRUE(orders.clock_skew_margin && !defaults.clock_skew_margin) << "an example; by default it is measured";
  EXPECT_EQ(orders.mode, defaults.mode);
  EXPECT_EQ(orders.force_sync_after, Millis(std::chrono::hours(36)));
  EXPECT_EQ(orders.rpo, std::chrono::minutes(30));
  EXPECT_EQ(orders.expect_run_every, std::chrono::days(1));
  EXPECT_EQ(config.groups[1].rpo, std::chrono::hours(1)) << "the workspace's";
  EXPECT_EQ(config.groups[1].expect_run_every, std::nullopt);
  EXPECT_EQ(config.groups[7].rpo, std::nullopt);
  EXPECT_THAT(orders.failure_mail_to, ElementsAre("ops@example.com", "lake@example.com"));
  EXPECT_THAT(orders.digest_mail_to, ElementsAre("lake@example.com"));
  EXPECT_EQ(config.groups[1].schedule.cron, "0 */12 * * *");
  EXPECT_EQ(config.groups[1].schedule.time_zone, defaults.schedule.time_zone);
  EXPECT_EQ(config.groups[2].sync_interval, defaults.sync_interval);
  EXPECT_EQ(config.groups[2].mode, delta::ReplicationMode::kMirror);
  EXPECT_EQ(config.groups[2].history, defaults.history);
  ASSERT_EQ(config.groups[2].tables.size(), 2U);
  EXPECT_EQ(config.groups[2].tables[0].history, plan::History::kFull);
  EXPECT_EQ(config.groups[2].tables[1].history, plan::History::kCutsOnly);
  EXPECT_EQ(config.groups[3].tables[0].source_credential, "auditor");
  EXPECT_EQ(config.groups[3].tables[0].target_credential, "west_writer");
  EXPECT_THAT(config.groups[7].failure_mail_to, ElementsAre("ops@example.com"));
  EXPECT_THAT(CheckBuilt(config, "orders"), ::testing::Eq(Status{}));
  EXPECT_FALSE(CheckBuilt(config, "sample_workflow_1"));
}

TEST(Config, TheExampleFileHasAGroupOfTwoRegions) {
  const Config config = Load(ReadFile("lakeferry.example.yaml"));
  const plan::GroupSpec& group = config.groups.at(8);
  EXPECT_THAT(group.workflows, ElementsAre("nightly_orders")) << "merged";
  ASSERT_EQ(group.tables.size(), 2U);
  EXPECT_EQ(group.tables[0].source_uri, "file:///srv/east/lake/raw/events");
  EXPECT_EQ(group.tables[0].target_uri, "file:///srv/west/replicas/raw/events");
  EXPECT_EQ(group.tables[1].target_uri, "file:///srv/west/clicks");
}

TEST(Config, TheExampleFileHasAGroupThatCatalogsKnow) {
  const Config config = Load(ReadFile("lakeferry.example.yaml"));
  const plan::GroupSpec& group = config.groups.at(9);
  ASSERT_EQ(group.patterns.size(), 1U);
  EXPECT_EQ(group.patterns[0].text(), "main.raw.*");
  EXPECT_TRUE(group.register_tables);
  EXPECT_EQ(group.tables[0].new_target_uri, "file:///srv/west/catalog-replicas/main/gold/orders");
  EXPECT_EQ(config.catalogs.at(group.name).source->kind, CatalogKind::kDatabricks);
}

TEST(Config, TheExampleFileHasAGroupThatAWarehouseClones) {
  const Config config = Load(ReadFile("lakeferry.example.yaml"));
  const plan::GroupSpec& group = config.groups.back();
  EXPECT_TRUE(group.sql_clone);
  EXPECT_EQ(group.tables[0].target_uri, "file:///srv/west/managed-replicas/main/gold/revenue");
  EXPECT_EQ(config.catalogs.at(group.name).target->warehouse, "0123456789abcdef");
}

TEST(Config, TheExampleFileHasEveryKey) {
  const std::string text = ReadFile("lakeferry.example.yaml");
  for (const ConfigLevel* level : AllLevels()) {
    for (const ConfigKey& key : level->keys) EXPECT_TRUE(text.contains(key.name)) << key.name << " of " << level->name;
  }
}

TEST(Config, EveryKeyHasItsWords) {
  for (const ConfigLevel* level : AllLevels()) {
    for (const ConfigKey& key : level->keys) {
      EXPECT_FALSE(key.takes.empty()) << key.name << " of " << level->name;
      EXPECT_TRUE(key.text.ends_with('.')) << key.name << " of " << level->name;
      EXPECT_FALSE(key.required && !key.fallback.empty()) << key.name << " of " << level->name;
    }
  }
}

// What is said to be a default is one: a file that says it is read as one that does not.
TEST(Config, WhatStandsAsADefaultIsTheDefault) {
  const auto facts = [](const Config& config) {
    const plan::GroupSpec& group = config.groups.at(0);
    return std::tuple(config.region, config.metadata_store, config.role, config.log, config.limits.copies_in_flight_max,
                      config.limits.bandwidth.limits(), config.drain_timeout, group.sync_interval, group.max_retries,
                      group.verify_interval, group.mode, group.history, group.direct, group.schedule.time_zone,
                      group.sources_moved, group.bandwidth.limits(), group.poll_interval, group.retention);
  };
  int tried = 0;
  for (const auto& [level, indent] :
       {std::pair(&kTopLevel, ""), std::pair(&kWorkspaceLevel, "    "), std::pair(&kGroupLevel, "        ")}) {
    for (const ConfigKey& key : level->keys) {
      if (key.fallback.empty()) continue;
      std::string with;
      if (level == &kGroupLevel && key.name == "time_zone") with = "        schedule: \"@daily\"\n";
      if (level == &kGroupLevel && key.name == "history") with = "        mode: mirror\n";
      const std::string line = fmt::format("{}{}: {}\n", indent, key.name, key.fallback);
      const auto read = [&](const std::string& said) {
        return Load(level == &kTopLevel         ? said + InWorkspace("")
                    : level == &kWorkspaceLevel ? InWorkspace(said)
                                                : InGroup(said));
      };
      EXPECT_EQ(facts(read(with + line)), facts(read(with))) << key.name << " of " << level->name;
      ++tried;
    }
  }
  EXPECT_GT(tried, 12);
}

TEST(Config, JsonWithTabsEscapesAndSurrogatePairsLoads) {
  const Config config = Load(
      "{\n\t\"workspaces\": [{\n\t\t\"workspace_name\": \"d\\u00e9mo \\ud83d\\ude00\",\n"
      "\t\t\"sync_location_secondary\": \"file:\\/\\/\\/dr\",\n"
      "\t\t\"sync_groups\": [{\"group_name\": \"g\", \"tables\": [{\"name\": \"t\", "
      "\"source\": \"file:///s\", \"target\": \"file:///t\"}]}]\n\t}]\n}");
  ASSERT_EQ(config.groups.size(), 1U);
  EXPECT_EQ(config.groups[0].workspace, "d\u00e9mo \U0001F600");
  EXPECT_EQ(config.groups[0].staging_uri, "file:///dr");
}

TEST(Config, EveryNameOfTheForcedSyncSetsTheSameThing) {
  for (const char* line : {"    sync_failover_interval_mins: 2160\n", "    force_sync_after_mins: 2160\n",
                           "    force_sync_after: 36h\n"}) {
    EXPECT_EQ(Load(InWorkspace(line)).groups[0].force_sync_after, Millis(std::chrono::hours(36))) << line;
  }
}

TEST(Config, IntervalsComeInMinutesOrAsDurations) {
  EXPECT_EQ(Load(InWorkspace("    sync_interval_mins: 15\n")).groups[0].sync_interval, std::chrono::minutes(15));
  EXPECT_EQ(Load(InWorkspace("    sync_interval: 90s\n")).groups[0].sync_interval, std::chrono::seconds(90));
  EXPECT_EQ(Load(InWorkspace("    sync_interval: 1s\n")).groups[0].sync_interval, std::chrono::seconds(1));
  EXPECT_EQ(Load(InGroup("        interval: 5m\n")).groups[0].sync_interval, std::chrono::minutes(5));
}

TEST(Config, LiveSetsAreComparedOnceADayUnlessItSaysOtherwise) {
  EXPECT_EQ(Load(InWorkspace("")).groups[0].verify_interval, Millis(std::chrono::hours(24)));
  EXPECT_EQ(Load(InWorkspace("    verify_interval: 6h\n")).groups[0].verify_interval, Millis(std::chrono::hours(6)));
  EXPECT_EQ(Load(InWorkspace("    verify_interval: never\n")).groups[0].verify_interval, std::nullopt);
}

TEST(Config, RetriesComeAsNumberOrText) {
  EXPECT_EQ(Load(InWorkspace("    sync_max_retries: 5\n")).groups[0].max_retries, 5);
  EXPECT_EQ(Load(InWorkspace("    sync_max_retries: \"7\"\n")).groups[0].max_retries, 7);
  EXPECT_EQ(Load(InWorkspace("    sync_max_retries: 0\n")).groups[0].max_retries, 0);
}

TEST(Config, WorkflowIsOneOrAList) {
  EXPECT_THAT(Load(InGroup("        workflow: a\n")).groups[0].workflows, ElementsAre("a"));
  EXPECT_THAT(Load(InGroup("        workflow: [a, b]\n")).groups[0].workflows, ElementsAre("a", "b"));
  EXPECT_THAT(Load(InGroup("        workflow: \"17\"\n")).groups[0].workflows, ElementsAre("17"));
}

TEST(Config, NotificationsOfAWorkspaceReplaceThoseOfTheTop) {
  const std::string top = "sync_failure_notification: [a@x.org, b@x.org]\nsync_success_notification: c@x.org\n";
  const Config config = Load(top + InWorkspace("    sync_failure_notification: w@x.org\n"));
  EXPECT_THAT(config.groups[0].failure_mail_to, ElementsAre("w@x.org"));
  EXPECT_THAT(config.groups[0].success_mail_to, ElementsAre("c@x.org"));
}

TEST(Config, AddressesWithoutAMailServerAreAWarning) {
  const Config config = Load("sync_failure_notification: a@x.org\n" + InGroup(""));
  EXPECT_THAT(config.notes, Contains(AllOf(Field(&plan::Finding::severity, plan::Severity::kWarning),
                                           Field(&plan::Finding::what, HasSubstr("no mail server")))));
}

TEST(Config, AForcedSyncSoonerThanTheNextLookIsAWarning) {
  const Config config = Load(InWorkspace("    sync_interval: 15m\n    force_sync_after: 10m\n"));
  EXPECT_THAT(config.notes, Contains(Field(&plan::Finding::what, HasSubstr("forced 10m after"))));
  const Config fine = Load(InWorkspace("    sync_interval: 15m\n    force_sync_after: 15m\n"));
  EXPECT_THAT(fine.notes, ::testing::Not(Contains(Field(&plan::Finding::what, HasSubstr("forced")))));
}

TEST(Config, AScheduleHasATimeZone) {
  const Config config = Load(InGroup("        schedule: \"30 2 * * 1-5\"\n        time_zone: Europe/Vienna\n"));
  EXPECT_EQ(config.groups[0].schedule.cron, "30 2 * * 1-5");
  EXPECT_EQ(config.groups[0].schedule.time_zone, "Europe/Vienna");
}

TEST(Config, TheMarginOfAGroupReplacesThatOfItsWorkspace) {
  EXPECT_EQ(Load(InWorkspace("    clock_skew_margin: 2s\n")).groups[0].clock_skew_margin, std::chrono::seconds(2));
  EXPECT_EQ(Load(InGroup("        clock_skew_margin: 3s\n")).groups[0].clock_skew_margin, std::chrono::seconds(3));
}

TEST(Config, AGroupSaysThatItsSourcesMayHaveMoved) {
  EXPECT_FALSE(Load(InGroup("")).groups[0].sources_moved);
  EXPECT_FALSE(Load(InGroup("        sources: fixed\n")).groups[0].sources_moved);
  EXPECT_TRUE(Load(InGroup("        sources: moved\n")).groups[0].sources_moved);
}

TEST(Config, RetentionIsOfMirrorsAndForEverUnlessSaid) {
  EXPECT_EQ(Load(InGroup("        mode: mirror\n")).groups[0].retention, std::nullopt);
  EXPECT_EQ(Load(InGroup("        mode: mirror\n        retention: 30d\n")).groups[0].retention, std::chrono::days(30));
  EXPECT_FALSE(LoadConfig(InGroup("        retention: 30d\n"), "c.yaml")) << "a clone";
}

TEST(Config, ThePortOfTheMailServerFollowsItsSecurity) {
  const std::string smtp = "smtp: {host: m.x.org, from: a@x.org, security: ";
  EXPECT_EQ(Load(smtp + "none}\n" + InGroup("")).smtp->port, 25);
  EXPECT_EQ(Load(smtp + "starttls}\n" + InGroup("")).smtp->port, 587);
  EXPECT_EQ(Load(smtp + "tls}\n" + InGroup("")).smtp->port, 465);
  EXPECT_EQ(Load(smtp + "tls, port: 2465}\n" + InGroup("")).smtp->port, 2465);
}

TEST(Config, RolesAndLogSettingsAreRead) {
  const Config config = Load("role: receiver\nlog_format: json\nlog_level: debug\n" + InGroup(""));
  EXPECT_EQ(config.role, Role::kReceiver);
  EXPECT_EQ(config.log, (LogSettings{LogFormat::kJson, LogLevel::kDebug}));
  EXPECT_EQ(Load("role: both\n" + InGroup("")).role, std::nullopt);
}

TEST(Config, SlashesAtTheEndOfLocationsAreDropped) {
  const Config config = Load(
      "workspaces: [{workspace_name: w, sync_location_secondary: 'file:///dr/staging/', sync_groups: [{group_name: g, "
      "tables: [{name: t, source: 'file:///lake/t/', target: 'file:///dr/t'}]}]}]");
  ASSERT_EQ(config.groups.size(), 1U);
  EXPECT_EQ(config.groups[0].staging_uri, "file:///dr/staging");
  EXPECT_EQ(config.groups[0].tables[0].source_uri, "file:///lake/t");
}

TEST(Config, OneFolderHasOneSpelling) {
  const Config config = Load(
      "workspaces: [{workspace_name: w, sync_location_secondary: 'file:/dr/my%20staging', sync_groups: [{group_name: "
      "g, "
      "tables: [{name: t, source: 'file://localhost/lake/100%25', target: 'file:///dr/t'}]}]}]");
  ASSERT_EQ(config.groups.size(), 1U);
  EXPECT_EQ(config.groups[0].staging_uri, "file:///dr/my staging");
  EXPECT_EQ(config.groups[0].tables[0].source_uri, "file:///lake/100%25");
}

TEST(Config, ImportRootsOfAGroupAndOfATableAddUp) {
  const std::string start =
      "workspaces: [{workspace_name: w, sync_location_secondary: 'file:///dr/staging', sync_groups: [{group_name: g, "
      "import_roots: 'file:///lake/raw/', tables: [{name: t, source: 'file:///lake/t', target: 'file:///dr/t', ";
  const Config config = Load(start +
                             "import_roots: [file:///x, file:///y]}, {name: u, source: 'file:///lake/u', target: "
                             "'file:///dr/u'}]}, {group_name: h, tables: [{name: v, source: 'file:///lake/v', target: "
                             "'file:///dr/v'}]}]}]");
  ASSERT_EQ(config.groups.size(), 2U);
  const auto& tables = config.groups[0].tables;
  EXPECT_THAT(tables[0].import_roots, ElementsAre("file:///x", "file:///y", "file:///lake/raw"));
  EXPECT_THAT(tables[1].import_roots, ElementsAre("file:///lake/raw"));
  EXPECT_THAT(config.groups[1].tables[0].import_roots, IsEmpty());
}

TEST(Config, ATableMayNameFilesOfItsOwnGroupAlone) {
  const Config config = Load(
      "workspaces: [{workspace_name: w, sync_location_secondary: 'file:///dr/staging', sync_groups: [{group_name: g, "
      "tables: [{name: t, source: 'file:///lake/t', target: 'file:///dr/t'}, {name: u, source: 'file:///lake/u', "
      "target: 'file:///dr/u'}]}, {group_name: h, tables: [{name: v, source: 'file:///lake/v', target: "
      "'file:///dr/v'}]}]}]");
  ASSERT_EQ(config.groups.size(), 2U);
  const auto& tables = config.groups[0].tables;
  ASSERT_TRUE(tables[0].group_sources);
  EXPECT_TRUE(tables[0].group_sources->Find("file:///lake/u/a"));
  EXPECT_FALSE(tables[0].group_sources->Find("file:///lake/v/a")) << "another group's";
  EXPECT_FALSE(tables[0].group_sources->Find("file:///dr/u/a"));
  EXPECT_EQ(tables[0].group_sources, tables[1].group_sources);
  EXPECT_TRUE(config.groups[1].tables[0].group_sources->Find("file:///lake/v/a"));
  EXPECT_FALSE(config.groups[1].tables[0].group_sources->Find("file:///lake/t/a"));
}

TEST(Config, AFileThatIsNotThereIsOneErrorWithAWayOut) {
  const auto config = LoadConfigFile("/nowhere/lakeferry.yaml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(config.error().where.text(), "/nowhere/lakeferry.yaml");
  EXPECT_THAT(config.error().remedy, HasSubstr("--config"));
}

}  // namespace
}  // namespace lakeferry
