// The JSON documents are a contract: each example of docs/json.md is what the program writes, byte for byte but for the
// white space between values.
#include <fstream>
#include <sstream>

#include "daemon/control/control_message.h"
#include "daemon/output/export_output.h"
#include "daemon/output/findings_output.h"
#include "daemon/output/init_output.h"
#include "daemon/output/key_output.h"
#include "daemon/output/permissions_output.h"
#include "daemon/output/place_output.h"
#include "daemon/output/reclaim_output.h"
#include "daemon/output/relocate_output.h"
#include "daemon/output/report_output.h"
#include "daemon/output/runs_output.h"
#include "daemon/output/sync_output.h"
#include "daemon/output/verify_output.h"
#include "plan/incident/group_incidents.h"
#include "plan/incident/incident_json.h"
#include "tests/daemon/output_samples.h"

namespace lakeferry {
namespace {

using ::testing::HasSubstr;

std::string WithoutSpace(const std::string& json) {
  std::string out;
  bool in_text = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"' && (i == 0 || json[i - 1] != '\\')) in_text = !in_text;
    if (in_text || (c != ' ' && c != '\n')) out.push_back(c);
  }
  return out;
}

// The fenced block after the heading "## `name`" of docs/json.md.
std::string Example(const std::string& name) {
  std::ifstream file(std::string(LAKEFERRY_DOCS_DIR) + "/json.md");
  std::ostringstream text;
  text << file.rdbuf();
  const std::string page = text.str();
  const size_t heading = page.find("\n## `" + name + "`\n");
  if (heading == std::string::npos) return "no example of " + name;
  const size_t begin = page.find("```json\n", heading) + 8;
  return WithoutSpace(page.substr(begin, page.find("```", begin) - begin));
}

GroupAnswers<engine::ReclaimReport> ReclaimSample() {
  return Answers<engine::ReclaimReport>({{.group = "prices",
                                          .removed = false,
                                          .readable_from = *ParseTime("2026-11-20T12:00:00Z"),
                                          .tables = {{.table = "main.prices",
                                                      .oldest_readable = Version(41),
                                                      .files = 17,
                                                      .bytes = 49152,
                                                      .young_files = 1,
                                                      .skipped = {"archive/old"},
                                                      .links = {"alias"}}}}});
}

TEST(ExportStatusOutput, IsAsDocumented) {
  engine::StatusExport done{.table_uri = "s3://lake-west/lakeferry/status", .version = Version(12), .rows = {}};
  done.rows.push_back({.key = {.workspace = "demo", .group = "orders", .region = "west", .role = Role::kReceiver}});
  done.rows.push_back({.key = {.workspace = "demo", .group = "prices", .region = "west", .role = Role::kReceiver},
                       .standing = plan::RowStanding::kSame});
  EXPECT_EQ(WithoutSpace(ToJson(ExportReport{done})), Example("export-status"));
  EXPECT_EQ(ToText(ExportReport{done}),
            "s3://lake-west/lakeferry/status: version 12\n"
            "  orders (receiver): written\n"
            "  prices (receiver): is there already\n");
}

TEST(GcOutput, IsAsDocumentedAndSaysWhatHappened) {
  auto sample = ReclaimSample();
  EXPECT_EQ(WithoutSpace(ToJson(sample)), Example("gc"));
  EXPECT_EQ(ToText(sample),
            "prices/main.prices: 17 files, 49.2 kB, would be deleted (--delete); from version\n"
            "    41 on every version could still be read\n"
            "  1 file spared: younger than a day\n"
            "  left alone: archive/old, a table of its own\n"
            "  left alone: alias, a link, which is not followed\n");
  sample[0].result->removed = true;
  EXPECT_THAT(ToText(sample),
              ::testing::HasSubstr("49.2 kB, deleted; from version 41 on every version\n    can be read"));
}

TEST(JsonContract, PermissionsAreAsDocumented) {
  ShownPermissions shown{
      .policies = {{.role = Role::kSender,
                    .service = "s3",
                    .credential = "west_writer",
                    .policy = {.name = "lakeferry-sender-west_writer", .text = "{}\n", .note = "for people"}}},
      .untold = {{.group = "orders",
                  .role = Role::kSender,
                  .error = {.code = ErrorCode::kUnauthorized, .message = "permission denied"}}}};
  EXPECT_EQ(WithoutSpace(ToJson(shown)), Example("permissions"));
  EXPECT_EQ(ToText(shown),
            "# lakeferry-sender-west_writer: sender at s3, credential west_writer\n{}\n# for people\n\n"
            "# What sender needs in the stores for group orders is not all here: permission\n    denied\n"
            "# Grant what its catalog takes, and ask again.\n");
}

TEST(JsonContract, KeysAreAsDocumented) {
  const std::vector<ShownKey> keys{
      {.key = PublicKey::FromRaw({}), .place = "the file /etc/lakeferry/key.pem", .groups = {"orders", "prices"}}};
  EXPECT_EQ(WithoutSpace(ToJson(keys)), Example("key show"));
  EXPECT_EQ(ToText(keys), "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
  const std::vector<SignedGroup> reports{
      {.role = Role::kSender,
       .signing = {
           .group = "orders",
           .result = engine::SignReport{
               .signed_now = 12, .signed_before = 3, .strange = {"orders/epochs/00000000000000000007/manifest"}}}}};
  EXPECT_EQ(WithoutSpace(ToJson(reports)), Example("key sign"));
  EXPECT_EQ(ToText(reports),
            "orders: 12 manifests signed, 3 were\n"
            "  left alone: orders/epochs/00000000000000000007/manifest, which is not what\n"
            "    this side put\n");
}

TEST(JsonContract, InitIsAsDocumented) {
  const InitReport report{
      .written = true,
      .files = {{.path = "/etc/systemd/system/lakeferry-sender.service.d/lakeferry.conf",
                 .text = "# Written by `lakeferry init`\n[Service]\nReadWritePaths=-/srv/dr/staging\n",
                 .change = setup::SettledFile::Change::kChanged,
                 .removed = {"ReadWritePaths=-/srv/old"},
                 .added = {"ReadWritePaths=-/srv/dr/staging"}}},
      .notes = {{.severity = plan::Severity::kWarning,
                 .what = "home directories and temporary folders are hidden from the sender's service",
                 .where = "/tmp/lake/bronze",
                 .remedy = "keep it in a folder such as /srv"}},
      .next = {"systemctl daemon-reload", "systemctl restart lakeferry-sender"}};
  EXPECT_EQ(WithoutSpace(ToJson(report)), Example("init"));
}

TEST(JsonContract, PlanIsAsDocumented) { EXPECT_EQ(WithoutSpace(ToJson(PlanSample())), Example("plan")); }

TEST(JsonContract, StatusIsAsDocumented) {
  const plan::PastEpochs past{.worked = {Millis(4'000)},
                              .took = {Millis(64'250)},
                              .cut_times = {kNoon - std::chrono::hours(1), kNoon - std::chrono::hours(2)}};
  StatusReport report = MakeStatus(Role::kReceiver, kNoon, {SpecSample()}, {RecordSample()}, {{"orders", past}},
                                   {.runs = true, .number = "4711"});
  report.groups[0].live_set_checks = {CheckSample()};
  const auto notice = [](const char* id) {
    return Notice{
        .id = id,
        .channel = "on_call",
        .incident = "{}",
        .created = *ParseTime("2026-11-21T11:55:00Z"),
        .attempts = 1,
        .error = "the receiver answers with status 503 (notification 'on_call' (pagerduty)): it is tried again"};
  };
  std::vector<Notice> notices{notice("a"), notice("b"), notice("c"), notice("arrived"), notice("new")};
  notices[2].next = kNoon;
  notices[3].arrived = kNoon;
  notices[4].next = kNoon;
  notices[4].attempts = 0;
  AddNotices(notices, report);
  EXPECT_EQ(WithoutSpace(ToJson(report)), Example("status"));
  EXPECT_THAT(ToText(report), ::testing::HasSubstr("WARNING: 1 notice to notification 'on_call' since"));
}

TEST(JsonContract, WhatPeopleToldIsAsDocumentedAndReadBack) {
  const InstructedGroup told{.instruction = {.kind = InstructionKind::kResync,
                                             .role = Role::kSender,
                                             .group = "orders",
                                             .table = "raw.bronze",
                                             .by = "alice (uid 1000)",
                                             .why = "to be sure",
                                             .given = *ParseTime("2026-11-21T11:58:00Z")},
                             .resync = {{.table = "raw.bronze"}}};
  EXPECT_EQ(WithoutSpace(ToJson(std::vector{told})), Example("pause"));
  EXPECT_EQ(ToText(told), "orders (sender): table 'raw.bronze' goes over whole with the next epoch\n");
  InstructedGroup paused = told;
  paused.paused = Pause{.since = kNoon, .by = "bob", .why = ""};
  for (const InstructedGroup& of : {told, paused}) {
    const auto read = control::ReadInstructAnswer(ToJson(of));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->instruction, of.instruction);
    EXPECT_EQ(read->paused, of.paused);
    EXPECT_EQ(read->resync, of.resync);
  }
}

TEST(JsonContract, AWebhooksDocumentIsAsDocumented) {
  GroupRecord record = RecordSample();
  record.attempts = 4;
  plan::GroupSpec spec = SpecSample();
  spec.rpo = std::chrono::hours(1);
  Incident incident = plan::FailureOf(spec, record, "west", kNoon);
  incident.to.clear();
  EXPECT_EQ(WithoutSpace(plan::ToJson(incident)), Example("webhook"));
}

TEST(JsonContract, HistoryIsAsDocumented) { EXPECT_EQ(WithoutSpace(ToJson(HistorySample())), Example("history")); }

TEST(JsonContract, VersionsIsAsDocumented) {
  const auto reports = Answers<engine::VersionsReport>({{.group = "orders",
                                                         .tables = {{.table = "raw.bronze",
                                                                     .source_version = std::nullopt,
                                                                     .staged_version = Version(12),
                                                                     .applied_version = Version(11),
                                                                     .replica_version = Version(6),
                                                                     .managed_version = Version(3),
                                                                     .unreachable = {"source: permission denied"}}}}});
  EXPECT_EQ(WithoutSpace(ToJson(reports)), Example("versions"));
}

TEST(JsonContract, VerifyIsAsDocumented) {
  const auto reports = Answers<engine::VerifyReport>(
      {{.group = "orders",
        .time = kNoon,
        .epoch = Epoch(7),
        .cut_time = kNoon - std::chrono::hours(3),
        .behind = engine::StagedBeyond{.epochs = 2, .newest = Epoch(9), .cut_time = kNoon - std::chrono::hours(1)},
        .ok = false,
        .files_checked = 12,
        .bytes_checked = 49'152,
        .tables = {{.table = "raw.bronze", .version = Version(6), .result = LiveSetResult::kSame},
                   {.table = "stage.silver",
                    .version = Version(2),
                    .result = LiveSetResult::kDiffers,
                    .reason = "version 2 holds another file"}},
        .problems = {{.table = "raw.bronze", .path = "part-3.parquet", .problem = "missing"}}}});
  EXPECT_EQ(WithoutSpace(ToJson(reports)), Example("verify"));
}

TEST(JsonContract, CheckIsAsDocumentedWithErrorsFirst) {
  Place target("file:///srv/dr/bronze");
  target.LiesIn("file:///srv/dr/bronze", "raw.bronze");
  const std::vector<plan::Finding> findings = {
      {.severity = plan::Severity::kInfo,
       .what = "target of table raw.bronze is writable",
       .where = target,
       .remedy = "",
       .group = "orders"},
      {.severity = plan::Severity::kError,
       .what = "the mail server cannot be reached: Connection refused",
       .where = "mail.example.com:587",
       .remedy = "check host and port under smtp, and the network between"},
      {.severity = plan::Severity::kWarning,
       .what = "workspace 'demo': a sync is forced too soon",
       .where = ConfigSpot{.file = "/etc/lakeferry/lakeferry.yaml", .line = 4, .column = 5, .key = "workspaces[0]"},
       .remedy = ""}};
  EXPECT_EQ(WithoutSpace(ToJson(findings)), Example("check"));
}

TEST(JsonContract, RunsListIsAsDocumented) {
  const RunsReport report{.workflow = "nightly_orders",
                          .runs = {{.workflow = "nightly_orders",
                                    .run_id = "run-41",
                                    .start = FromEpochMs(1'000),
                                    .end = FromEpochMs(2'000),
                                    .state = RunState::kSuccess,
                                    .end_slack = Millis(999)},
                                   {.workflow = "nightly_orders",
                                    .run_id = "run-42",
                                    .start = FromEpochMs(3'000),
                                    .end = std::nullopt,
                                    .state = RunState::kRunning}},
                          .removed = std::vector{RunRemoval{.run = {.workflow = "nightly_orders",
                                                                    .run_id = "run-40",
                                                                    .start = FromEpochMs(500),
                                                                    .end = FromEpochMs(900),
                                                                    .state = RunState::kFailed},
                                                            .by = "Ada",
                                                            .why = "entered twice",
                                                            .removed = FromEpochMs(4'000),
                                                            .cut_into = "epoch 3 of group 'orders'"}}};
  EXPECT_EQ(WithoutSpace(ToJson(report)), Example("runs list"));
}

TEST(JsonContract, LogWithFilesIsAsDocumented) {
  const SnapshotAndFiles sample = SnapshotSample();
  EXPECT_EQ(WithoutSpace(Json({.table_uri = "file:///srv/lake/bronze",
                               .snapshot = &sample.snapshot,
                               .files = &sample.files,
                               .with_files = true})),
            Example("log"));
}

TEST(JsonContract, SyncIsAsDocumented) {
  const auto of = [](Role role, Result<engine::PassResult> result) {
    return SyncedGroup{.role = role, .pass = {.group = "orders", .result = std::move(result)}};
  };
  const std::vector<SyncedGroup> groups = {
      of(Role::kSender, engine::PassResult{.epoch = Epoch(8),
                                           .reason = "epoch 8 is staged and not answered by the receiver yet",
                                           .state = GroupState::kWaiting,
                                           .files = 12,
                                           .bytes = 49'152})};
  EXPECT_EQ(WithoutSpace(ToJson(groups)), Example("sync"));
  EXPECT_EQ(ToText(groups), "orders (sender): epoch 8 staged, 12 files, 49.2 kB\n");
  EXPECT_EQ(ToText({of(Role::kReceiver, engine::PassResult{.epoch = std::nullopt, .reason = "no new epoch"})}),
            "orders (receiver): nothing to do: no new epoch\n");
  const std::vector<SyncedGroup> failed{
      of(Role::kReceiver, Fail(ErrorCode::kDiverged, "somebody wrote to it", "file:///r", "move it away"))};
  EXPECT_EQ(ToJson(failed),
            R"({"groups":[{"group":"orders","role":"receiver","epoch":null,"files":0,"bytes":0,"state":"diverged",)"
            R"("reason":"somebody wrote to it","error":{"kind":"diverged","message":"somebody wrote to it",)"
            R"("where":{"kind":"object","text":"file:///r","location":"file:///r","path":"","table":null},)"
            R"("remedy":"move it away"}}]})"
            "\n");
  EXPECT_EQ(ToText(failed),
            "orders (receiver): FAILED (diverged): somebody wrote to it\n"
            "  where: file:///r\n"
            "  remedy: move it away\n");
}

TEST(JsonContract, PlacesAreAsDocumented) {
  Place object("file:///srv/dr/bronze/_delta_log/00000000000000000007.json");
  object.LiesIn("file:///srv/dr/bronze", "raw.bronze");
  json::Writer json(json::Texts::kShown);
  WriteWhere(json, "config",
             ConfigSpot{.file = "/etc/lakeferry/lakeferry.yaml", .line = 7, .column = 3, .key = "region"});
  WriteWhere(json, "object", object);
  WriteWhere(json, "run", RunSpot{.workflow = "nightly_orders", .run_id = "run-42"});
  WriteWhere(json, "other", "mail.example.com:587");
  WriteWhere(json, "none", {});
  EXPECT_EQ(WithoutSpace(json.Finish()), Example("where"));
}

TEST(JsonContract, RelocateIsAsDocumented) {
  RelocateReport report{
      .group = "orders",
      .table = "raw.bronze",
      .role = Role::kSender,
      .found = {.kind = engine::Relocation::Kind::kThere,
                .epoch = Epoch(7),
                .from = "file:///srv/lake/bronze",
                .to = "file:///srv/moved/bronze",
                .checked = {"table id 5fba94ed-9794-4965-ba6e-6ee3c0d22af9", "commit 11, byte for byte"}},
      .done = true,
      .steps = {},
      .next = {"start the service"}};
  report.steps = {{.kind = StepKind::kNote,
                   .what = "that the source of table raw.bronze was moved",
                   .from = report.found.from,
                   .to = report.found.to,
                   .state = StepState::kDone}};
  EXPECT_EQ(WithoutSpace(ToJson(report)), Example("relocate"));
  EXPECT_EQ(ToText(report),
            "orders (sender): the source of table raw.bronze is at its new place what it was\n"
            "    in epoch 7\n"
            "  checked: table id 5fba94ed-9794-4965-ba6e-6ee3c0d22af9\n"
            "  checked: commit 11, byte for byte\n"
            "orders (sender): that the source of table raw.bronze was moved: noted\n"
            "  from: file:///srv/lake/bronze\n  to: file:///srv/moved/bronze\n"
            "next: start the service\n");
}

TEST(JsonContract, ErrorIsAsDocumented) {
  EXPECT_EQ(WithoutSpace(ToJson(Error{.code = ErrorCode::kNotFound,
                                      .message = "there is no Delta table",
                                      .where = "file:///srv/lake/bronze",
                                      .remedy = "check the table's URI"})),
            Example("error"));
}

}  // namespace
}  // namespace lakeferry
