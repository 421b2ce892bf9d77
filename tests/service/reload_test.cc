#include "daemon/service/reload.h"

namespace lakeferry::service {
namespace {

Config OneGroup(const std::string& name) {
  Config config;
  config.groups.push_back({.workspace = "demo", .name = name, .staging_uri = "file:///srv/staging"});
  return config;
}

TEST(DescribeReload, SaysNothingWhenNothingChanged) {
  EXPECT_EQ(DescribeReload(OneGroup("orders"), OneGroup("orders")), "nothing");
}

TEST(DescribeReload, NamesGroupsThatCameChangedAndWent) {
  Config before = OneGroup("orders");
  before.groups.push_back({.workspace = "demo", .name = "gone"});
  Config after = OneGroup("orders");
  after.groups[0].sync_interval = Millis(60'000);
  after.groups.push_back({.workspace = "demo", .name = "new"});
  EXPECT_EQ(DescribeReload(before, after), "groups: ~orders +new -gone");
}

TEST(DescribeReload, SeesEveryFieldOfAGroup) {
  using Spoil = void (*)(plan::GroupSpec&);
  const Spoil spoils[] = {
      [](plan::GroupSpec& g) { g.workspace = "x"; },
      [](plan::GroupSpec& g) { g.owner_email = "x@y"; },
      [](plan::GroupSpec& g) { g.workflows = {"x"}; },
      [](plan::GroupSpec& g) { g.schedule.cron = "0 5 * * *"; },
      [](plan::GroupSpec& g) { g.schedule.time_zone = "Europe/Paris"; },
      [](plan::GroupSpec& g) { g.mode = delta::ReplicationMode::kMirror; },
      [](plan::GroupSpec& g) { g.tables.Edit().push_back({.name = "x"}); },
      [](plan::GroupSpec& g) { g.sources_moved = true; },
      [](plan::GroupSpec& g) { g.retention = Millis(1); },
      [](plan::GroupSpec& g) { g.rpo = Millis(1); },
      [](plan::GroupSpec& g) { g.expect_run_every = Millis(1); },
      [](plan::GroupSpec& g) { g.staging_uri = "file:///x"; },
      [](plan::GroupSpec& g) { g.digest_mail_to = {"x@y"}; },
      [](plan::GroupSpec& g) { g.notices = {{.channel = "x"}}; },
      [](plan::GroupSpec& g) { g.staging_name = "x"; },
      [](plan::GroupSpec& g) { g.keys.own_place = "x"; },
      [](plan::GroupSpec& g) { g.keys.trusted = {PublicKey::FromRaw({})}; },
      [](plan::GroupSpec& g) { g.sync_interval = Millis(1); },
      [](plan::GroupSpec& g) { g.force_sync_after = Millis(1); },
      [](plan::GroupSpec& g) { g.clock_skew_margin = Millis(1); },
      [](plan::GroupSpec& g) { g.max_retries = 9; },
      [](plan::GroupSpec& g) { g.verify_interval.reset(); },
      [](plan::GroupSpec& g) { g.failure_mail_to = {"x@y"}; },
      [](plan::GroupSpec& g) { g.success_mail_to = {"x@y"}; },
  };
  for (size_t i = 0; i < std::size(spoils); ++i) {
    Config after = OneGroup("orders");
    spoils[i](after.groups[0]);
    EXPECT_EQ(DescribeReload(OneGroup("orders"), after), "groups: ~orders") << "field " << i;
  }
}

TEST(DescribeReload, AnotherSourceOfRunsIsAChangeOfItsGroup) {
  Config after = OneGroup("orders");
  after.workflow_sources["orders"] = {.kind = WorkflowKind::kCommand, .url = {}, .login = {}, .command = {"/runs"}};
  EXPECT_EQ(DescribeReload(OneGroup("orders"), after), "groups: ~orders");
}

TEST(DescribeReload, WhatIsAnsweredOverHttpChangesAtOnce) {
  Config after = OneGroup("orders");
  after.http = HttpSettings{};
  EXPECT_EQ(DescribeReload(OneGroup("orders"), after), "http");
}

TEST(DescribeReload, TellsWhatWaitsForARestart) {
  Config after = OneGroup("orders");
  after.region = "east";
  after.metadata_store = "/elsewhere.db";
  after.log.format = LogFormat::kJson;
  after.smtp = SmtpSettings{};
  after.limits.copies_in_flight_max = 99;
  after.drain_timeout = Millis(60'000);
  EXPECT_EQ(
      DescribeReload(OneGroup("orders"), after),
      "drain_timeout: 1m; after a restart: region, metadata_store, log_format or log_level, smtp, limits of copies");
}

}  // namespace
}  // namespace lakeferry::service
