// The JSON documents are a contract: each example of docs/json.md is what the program writes, byte for byte but for the
// white space between values.
#include <fstream>
#include <sstream>

#include "base/known_secrets.h"
#include "daemon/output/history_output.h"
#include "daemon/output/human.h"
#include "daemon/output/init_output.h"
#include "daemon/output/key_output.h"
#include "daemon/output/plan_output.h"
#include "daemon/output/reclaim_output.h"
#include "daemon/output/report_output.h"
#include "daemon/output/runs_output.h"
#include "daemon/output/snapshot_output.h"
#include "daemon/output/status_output.h"
#include "daemon/output/sync_output.h"
#include "daemon/output/text_table.h"
#include "daemon/output/verify_output.h"

namespace lakeferry {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

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

const TimeMs kNoon = *ParseTime("2026-11-21T12:00:00Z");

template <typename Report>
GroupAnswers<Report> Answers(std::vector<Report> reports) {
  GroupAnswers<Report> answers;
  for (Report& report : reports) answers.push_back({.group = report.group, .result = std::move(report)});
  return answers;
}

const Error kGone{.code = ErrorCode::kNotFound,
                  .message = "there is no Delta table",
                  .where = "file:///srv/lake/trades",
                  .remedy = "check the table's URI"};

GroupAnswers<engine::PlanReport> PlanSample() {
  engine::PlanReport orders{
      .group = "orders",
      .time = kNoon,
      .cut = engine::CutSummary{.time = *ParseTime("2026-11-21T11:58:00Z"),
                                .run_ids = {"run-42"},
                                .atomic = true,
                                .evidence = {.kind = EvidenceKind::kTimes,
                                             .margin = Millis(50),
                                             .unexplained = {{.table = "raw.bronze",
                                                              .version = Version(13),
                                                              .time = *ParseTime("2026-11-21T11:58:01Z")}}}},
      .reason = "",
      .tables = {{.table = "raw.bronze",
                  .from_version = Version(11),
                  .to_version = Version(12),
                  .files = 2,
                  .bytes = 4096,
                  .files_may_vanish = kNoon + std::chrono::days(7),
                  .vanishing_files = 1},
                 {.table = "stage.silver",
                  .from_version = std::nullopt,
                  .to_version = Version(3),
                  .files = 10,
                  .bytes = 1'250'000'000}}};
  engine::PlanReport prices{.group = "prices",
                            .time = kNoon,
                            .cut = std::nullopt,
                            .reason = "no run has ended since the last cut",
                            .tables = {}};
  auto answers = Answers<engine::PlanReport>({orders, prices});
  answers.push_back({.group = "trades", .result = std::unexpected(kGone)});
  return answers;
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

GroupRecord RecordSample() {
  GroupRecord record;
  record.role = Role::kReceiver;
  record.group = "orders";
  record.workspace = "demo";
  record.workflows = {"nightly_orders"};
  record.tables = {"raw.bronze"};
  record.validated = true;
  record.state = GroupState::kFailed;
  record.reason = "the target cannot be written";
  record.epoch = Epoch(7);
  record.cut_time = *ParseTime("2026-11-21T11:30:00Z");
  record.staged_epoch = Epoch(8);
  record.waiting_since = *ParseTime("2026-11-21T11:40:00Z");
  record.alive = *ParseTime("2026-11-21T11:59:00Z");
  record.last_successful_run_time = *ParseTime("2026-11-21T11:30:00Z");
  record.sync_time_to_region = *ParseTime("2026-11-21T11:40:00Z");
  record.sync_time_in_region = *ParseTime("2026-11-21T11:30:00Z");
  record.sync_start = *ParseTime("2026-11-21T11:31:00Z");
  record.sync_end = *ParseTime("2026-11-21T11:31:04Z");
  record.attempts = 3;
  record.last_error = "the target cannot be written (file:///srv/dr/bronze)";
  record.last_error_kind = "unauthorized";
  record.last_error_remedy = "give the user lakeferry the right to write there";
  record.failing_since = *ParseTime("2026-11-21T11:45:00Z");
  record.clocks = {.store_skew = Millis(-4),
                   .runs_skew = Millis(0),
                   .margin = Millis(50),
                   .margin_measured = true,
                   .compared_at = *ParseTime("2026-11-21T11:50:00Z")};
  return record;
}

plan::GroupSpec SpecSample() {
  plan::GroupSpec spec;
  spec.workspace = "demo";
  spec.name = "orders";
  spec.workflows = {"nightly_orders"};
  spec.tables = {{.name = "raw.bronze", .source_uri = "file:///lake/b", .target_uri = "file:///dr/b"}};
  spec.sync_interval = std::chrono::minutes(15);
  return spec;
}

HistoryReport HistorySample() {
  EpochRecord epoch;
  epoch.role = Role::kReceiver;
  epoch.group = "orders";
  epoch.epoch = Epoch(7);
  epoch.cut_time = *ParseTime("2026-11-21T11:30:00Z");
  epoch.run_ids = {"run-41"};
  epoch.state = EpochState::kApplied;
  epoch.started = *ParseTime("2026-11-21T11:31:00Z");
  epoch.ended = *ParseTime("2026-11-21T11:31:04Z");
  epoch.worked_ms = 3'250;
  epoch.evidence = {.kind = EvidenceKind::kRunIds, .margin = Millis(50), .unexplained = {}};
  epoch.tables = {{.table = "raw.bronze",
                   .source_version = Version(11),
                   .source_table_id = "id",
                   .source_commit_sha256 = "",
                   .replica_version = Version(6),
                   .files = 2,
                   .bytes = 4096,
                   .files_added = 2,
                   .files_removed = 1},
                  {.table = "stage.silver",
                   .source_version = Version(2),
                   .source_table_id = "id",
                   .source_commit_sha256 = "",
                   .replica_version = Version(2),
                   .files = 1,
                   .bytes = 904,
                   .files_added = 1,
                   .files_removed = 0}};
  return {.group = "orders", .role = Role::kReceiver, .epochs = {epoch}};
}

LiveSetCheck CheckSample() {
  return {.role = Role::kReceiver,
          .group = "orders",
          .table = "raw.bronze",
          .epoch = Epoch(7),
          .version = Version(6),
          .result = LiveSetResult::kNotChecked,
          .reason = "version 6 of the table is gone from its log",
          .checked = kNoon - std::chrono::hours(1),
          .worked_ms = 250};
}

struct SnapshotAndFiles {
  delta::Snapshot snapshot;
  FileTally files{true};
};

SnapshotAndFiles SnapshotSample() {
  SnapshotAndFiles sample;
  delta::Snapshot& snapshot = sample.snapshot;
  snapshot.version = Version(12);
  snapshot.timestamp = kNoon;
  snapshot.protocol = {.min_reader_version = 3,
                       .min_writer_version = 7,
                       .reader_features = std::vector<std::string>{"deletionVectors"},
                       .writer_features = std::vector<std::string>{"deletionVectors"}};
  snapshot.metadata.id = "5fba94ed-9794-4965-ba6e-6ee3c0d22af9";
  snapshot.metadata.schema_string = R"({"type":"struct","fields":[]})";
  snapshot.metadata.partition_columns = {"day"};
  snapshot.metadata.configuration = {{"delta.enableDeletionVectors", "true"}};
  delta::AddFile plain;
  plain.path = "day=2026-11-20/part-0.parquet";
  plain.partition_values = {{"day", "2026-11-20"}};
  plain.size = 1'000;
  plain.stats = R"({"numRecords":10,"minValues":{"numRecords":3}})";
  delta::AddFile marked;
  marked.path = "day=__HIVE_DEFAULT_PARTITION__/part-1.parquet";
  marked.partition_values = {{"day", std::nullopt}};
  marked.size = 500;
  marked.stats = R"({"numRecords":5})";
  marked.deletion_vector = delta::DeletionVector{.storage_type = "u",
                                                 .path_or_inline_dv = "ab^-aqEH.-t@S}K{vb[*k^",
                                                 .offset = 4,
                                                 .size_in_bytes = 40,
                                                 .cardinality = 2};
  EXPECT_TRUE(sample.files.OnLive(std::move(marked)));
  EXPECT_TRUE(sample.files.OnLive(std::move(plain)));
  return sample;
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
  EXPECT_EQ(WithoutSpace(ToJson(report)), Example("status"));
}

TEST(JsonContract, HistoryIsAsDocumented) { EXPECT_EQ(WithoutSpace(ToJson(HistorySample())), Example("history")); }

TEST(JsonContract, VersionsIsAsDocumented) {
  const auto reports = Answers<engine::VersionsReport>({{.group = "orders",
                                                         .tables = {{.table = "raw.bronze",
                                                                     .source_version = std::nullopt,
                                                                     .staged_version = Version(12),
                                                                     .applied_version = Version(11),
                                                                     .replica_version = Version(6),
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
  const std::vector<plan::Finding> findings = {{.severity = plan::Severity::kInfo,
                                                .what = "target of table raw.bronze is writable",
                                                .where = "file:///srv/dr/bronze",
                                                .remedy = ""},
                                               {.severity = plan::Severity::kError,
                                                .what = "the mail server cannot be reached: Connection refused",
                                                .where = "mail.example.com:587",
                                                .remedy = "check host and port under smtp, and the network between"}};
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

std::string Json(const SnapshotReport& report) {
  std::ostringstream out;
  WriteJson(out, report);
  return out.str();
}

std::string Text(const SnapshotReport& report) {
  std::ostringstream out;
  WriteText(out, report);
  return out.str();
}

TEST(JsonContract, LogWithFilesIsAsDocumented) {
  const SnapshotAndFiles sample = SnapshotSample();
  EXPECT_EQ(WithoutSpace(Json({.table_uri = "file:///srv/lake/bronze",
                               .snapshot = &sample.snapshot,
                               .files = &sample.files,
                               .with_files = true})),
            Example("log"));
}

TEST(JsonContract, LogOfManyFilesIsOneDocumentHoweverManyPiecesItIsWrittenIn) {
  SnapshotAndFiles sample = SnapshotSample();
  sample.files.Restart();
  std::string files;
  for (int i = 10'000; i < 20'000; ++i) {
    delta::AddFile file;
    file.path = std::to_string(i);
    EXPECT_TRUE(sample.files.OnLive(std::move(file)));
    files += R"({"path":")" + std::to_string(i) +
             R"(","size":0,"partition_values":{},"num_records":null,"deletion_vector":null},)";
  }
  files.back() = ']';
  const std::string json =
      Json({.table_uri = "u", .snapshot = &sample.snapshot, .files = &sample.files, .with_files = true});
  EXPECT_EQ(json.substr(json.find("[{") + 1), files + "}\n");
}

TEST(SnapshotReport, TextHasFilesByPathInColumns) {
  const SnapshotAndFiles sample = SnapshotSample();
  const std::string text =
      Text({.table_uri = "u", .snapshot = &sample.snapshot, .files = &sample.files, .with_files = true});
  EXPECT_EQ(text.substr(text.find("\n\n") + 2),
            "PATH                                             SIZE  RECORDS  DELETED\n"
            "day=2026-11-20/part-0.parquet                  1.0 kB       10        -\n"
            "day=__HIVE_DEFAULT_PARTITION__/part-1.parquet   500 B        5        2\n");
}

TEST(JsonContract, LogWithoutFilesHasNoListOfThem) {
  const SnapshotAndFiles sample = SnapshotSample();
  const std::string json =
      Json({.table_uri = "u", .snapshot = &sample.snapshot, .files = &sample.files, .with_files = false});
  EXPECT_THAT(json, AllOf(HasSubstr("\"num_files\":2"), Not(HasSubstr("\"files\""))));
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
            R"("where":"file:///r","remedy":"move it away"}}]})"
            "\n");
  EXPECT_EQ(ToText(failed),
            "orders (receiver): FAILED (diverged): somebody wrote to it\n"
            "  where: file:///r\n"
            "  remedy: move it away\n");
}

TEST(JsonContract, ErrorIsAsDocumented) {
  EXPECT_EQ(WithoutSpace(ToJson(Error{.code = ErrorCode::kNotFound,
                                      .message = "there is no Delta table",
                                      .where = "file:///srv/lake/bronze",
                                      .remedy = "check the table's URI"})),
            Example("error"));
}

TEST(SnapshotReport, NamesWhatTheTableAsksForAndNobodyHereKnows) {
  SnapshotAndFiles sample = SnapshotSample();
  const SnapshotReport report{.table_uri = "u", .snapshot = &sample.snapshot, .files = &sample.files};
  EXPECT_THAT(Json(report), HasSubstr(R"("unsupported":[])"));
  EXPECT_THAT(Text(report), HasSubstr("unsupported      -\n"));
  sample.snapshot.protocol = {.min_reader_version = 99,
                              .min_writer_version = 7,
                              .reader_features = std::vector<std::string>{"catalogManaged"},
                              .writer_features = std::vector<std::string>{"catalogManaged", "someday"}};
  EXPECT_THAT(Json(report), HasSubstr(R"("unsupported":["minReaderVersion 99","catalogManaged","someday"])"));
  EXPECT_THAT(Text(report),
              HasSubstr("unsupported      minReaderVersion 99, catalogManaged, someday (in clone mode)\n"));
}

TEST(SnapshotReport, ATableWithoutSchemaHasNone) {
  SnapshotAndFiles sample = SnapshotSample();
  sample.snapshot.metadata.schema_string.reset();
  const SnapshotReport report{.table_uri = "u", .snapshot = &sample.snapshot, .files = &sample.files};
  EXPECT_THAT(Json(report), HasSubstr(R"("schema_string":null)"));
  EXPECT_THAT(Text(report), HasSubstr("schema           none\n"));
}

TEST(SnapshotReport, RecordsAreUnknownWhenOneFileDoesNotSay) {
  SnapshotAndFiles sample = SnapshotSample();
  delta::AddFile silent;
  silent.path = "c";
  EXPECT_TRUE(sample.files.OnLive(std::move(silent)));
  EXPECT_THAT(Json({.table_uri = "u", .snapshot = &sample.snapshot, .files = &sample.files, .with_files = false}),
              HasSubstr("\"num_records\":null"));
}

TEST(SnapshotReport, NumRecordsIsReadFromTheTopOfTheStatisticsOnly) {
  delta::AddFile file;
  EXPECT_EQ(NumRecordsOf(file), std::nullopt);
  for (const char* none : {"", "{}", "not json", "[1]", R"({"minValues":{"numRecords":1}})", R"({"numRecords":"1"})",
                           R"({"numRecords":-1})", R"({"numRecords":{"numRecords":1}})"}) {
    file.stats = none;
    EXPECT_EQ(NumRecordsOf(file), std::nullopt) << none;
  }
  file.stats = R"({"maxValues":{"a":{"b":[1,2]}},"numRecords":9223372036854775807})";
  EXPECT_EQ(NumRecordsOf(file), INT64_MAX);
}

// It need not come first, and what else the statistics hold need not fit into 64 bits or a parser's depth.
TEST(SnapshotReport, NumRecordsIsFoundBehindWhateverElseTheStatisticsHold) {
  delta::AddFile file;
  const std::string deep = std::string(2'000, '[') + std::string(2'000, ']');
  for (const std::string& other : {std::string("123456789012345678901234567890"), std::string("1e999"), deep}) {
    file.stats = R"({"minValues":{"a":)" + other + R"(},"numRecords":7})";
    EXPECT_EQ(NumRecordsOf(file), 7) << other;
  }
  for (const char* none : {R"({"a":1,"numRecords":9223372036854775808})", R"({"a":1,"numRecords":1.0})",
                           R"({"a":1,"numRecords":[1]})", R"({"a":1,"numRecords":true})", R"({"a":1,"numRecords":1)",
                           R"({"a":1,"numRecordsOf":1})", R"([{"a":1,"numRecords":1}])"}) {
    file.stats = none;
    EXPECT_EQ(NumRecordsOf(file), std::nullopt) << none;
  }
}

TEST(Status, OfAGroupThatNeverRanNothingIsKnown) {
  const StatusReport report =
      MakeStatus(Role::kSender, kNoon, {SpecSample()}, {RecordSample()});  // a receiver's record
  ASSERT_EQ(report.groups.size(), 1U);
  EXPECT_EQ(report.groups[0].record.state, GroupState::kUnknown);
  EXPECT_EQ(report.groups[0].lag, std::nullopt);
  EXPECT_THAT(ToJson(report), AllOf(HasSubstr(R"("state":"unknown","epoch":0,"cut_time_ms":null,"staged_epoch":0,)"
                                              R"("staged_cut_time_ms":null,"lag_seconds":null,)"),
                                    HasSubstr(R"("last_error":null)")));
}

TEST(Status, ARiskIsShownAndAnErrorAlarms) {
  GroupRecord record = RecordSample();
  record.state = GroupState::kIdle;
  record.last_error.clear();
  record.risk = Risk::kWarning;
  record.risk_text = "removed files are kept for 7d";
  record.risk_remedy = "keep them longer";
  record.files_may_vanish = kNoon + std::chrono::hours(2);
  StatusReport report = MakeStatus(Role::kReceiver, kNoon, {SpecSample()}, {record});
  EXPECT_EQ(report.groups[0].judgement.alarm, std::nullopt);
  EXPECT_THAT(ToText(report),
              AllOf(HasSubstr("WARNING orders: removed files are kept for 7d\n  remedy: keep them longer"),
                    HasSubstr("may vanish from 2026-11-21 14:00:00Z\n    on (in 2h)")));
  EXPECT_THAT(ToJson(report), HasSubstr("\"risk\":\"warning\",\"risk_reason\":\"removed files are kept for 7d\""));
  record.risk = Risk::kError;
  record.files_may_vanish = kNoon;
  report = MakeStatus(Role::kReceiver, kNoon, {SpecSample()}, {record});
  EXPECT_EQ(report.groups[0].judgement.alarm, "at risk: removed files are kept for 7d");
  EXPECT_THAT(ToText(report), AllOf(HasSubstr("ALARM orders: at risk"), HasSubstr("on (now)")));
  record.state = GroupState::kHeld;
  report = MakeStatus(Role::kReceiver, kNoon, {SpecSample()}, {record});
  EXPECT_EQ(report.groups[0].judgement.alarm,
            "at risk: removed files are kept for 7d; held: the target cannot be written");
}

TEST(Status, LiveSetsThatWereNotFoundTheSameAreShown) {
  StatusReport report = MakeStatus(Role::kReceiver, kNoon, {SpecSample()}, {RecordSample()});
  report.groups[0].live_set_checks = {CheckSample()};
  EXPECT_THAT(ToText(report), HasSubstr("the live files of raw.bronze could not be compared with those of\n"
                                        "    its epoch, 1h ago: version 6 of the table is gone from its log"));
  report.groups[0].live_set_checks[0].result = LiveSetResult::kDiffers;
  EXPECT_THAT(ToText(report), HasSubstr("the live files of raw.bronze differ from those of its epoch"));
  report.groups[0].live_set_checks[0].result = LiveSetResult::kSame;
  EXPECT_THAT(ToText(report), Not(HasSubstr("live files")));
}

TEST(Verify, OfASourceSaysNothingOfWhatItCouldNotCompare) {
  engine::VerifyReport report{.group = "orders", .epoch = Epoch(7), .of_source = true, .ok = true};
  report.tables = {{.table = "t", .version = Version(3), .result = LiveSetResult::kSame}};
  const auto text = [&report] { return ToText(Answers<engine::VerifyReport>({report})); };
  EXPECT_THAT(text(), HasSubstr("orders: the source holds what epoch 7 says: 1 table compared"));
  EXPECT_THAT(ToJson(Answers<engine::VerifyReport>({report})),
              HasSubstr(R"("epochs_behind":null,"staged_epoch":null)"));
  report.tables[0].result = LiveSetResult::kNotChecked;
  report.ok = false;
  EXPECT_THAT(text(), HasSubstr("orders: the source is NOT known to hold what epoch 7 says: 0 of 1 table"));
}

TEST(Verify, AReplicaIsWholeAndInSyncWhereNothingNewerIsStaged) {
  engine::VerifyReport report{.group = "orders",
                              .time = kNoon,
                              .epoch = Epoch(7),
                              .cut_time = kNoon - std::chrono::hours(3),
                              .behind = engine::StagedBeyond{.epochs = 0, .newest = Epoch(7)},
                              .ok = true,
                              .files_checked = 12,
                              .bytes_checked = 49'152};
  const auto text = [&report] { return ToText(Answers<engine::VerifyReport>({report})); };
  EXPECT_EQ(text(),
            "orders: epoch 7 of 2026-11-21 09:00:00Z is whole and in sync: 12 files, 49.2 kB\n"
            "    checked; no newer epoch is staged\n");
  report.behind = engine::StagedBeyond{.epochs = 2, .newest = Epoch(9), .cut_time = kNoon - std::chrono::minutes(65)};
  EXPECT_EQ(text(),
            "orders: epoch 7 of 2026-11-21 09:00:00Z is whole: 12 files, 49.2 kB checked; 2\n"
            "    epochs behind: epoch 9 is staged, cut 2026-11-21 10:55:00Z (1h ago)\n");
  report.behind.cut_time.reset();
  EXPECT_THAT(text(), HasSubstr("epochs behind: epoch 9 is staged\n"));
  report.ok = false;
  report.behind = engine::StagedBeyond{.epochs = 0, .newest = Epoch(7)};
  report.problems = {{.table = "t", .path = "p", .problem = "missing"}};
  EXPECT_THAT(text(), AllOf(HasSubstr("is NOT whole: 1 problem: 12 files"), Not(HasSubstr("in sync"))));
}

TEST(Status, ACutInTheFutureHasNoNegativeLag) {
  const StatusReport report =
      MakeStatus(Role::kReceiver, kNoon - std::chrono::hours(1), {SpecSample()}, {RecordSample()});
  EXPECT_EQ(report.groups[0].lag, Millis(0));
}

TEST(Human, SizesHaveTwoToThreeDigits) {
  EXPECT_EQ(HumanBytes(0), "0 B");
  EXPECT_EQ(HumanBytes(999), "999 B");
  EXPECT_EQ(HumanBytes(1'000), "1.0 kB");
  EXPECT_EQ(HumanBytes(1'234'567'890), "1.2 GB");
  EXPECT_EQ(HumanBytes(99'949'999), "99.9 MB");
  EXPECT_EQ(HumanBytes(99'950'000), "100 MB");
  EXPECT_EQ(HumanBytes(999'499'999), "999 MB");
  EXPECT_EQ(HumanBytes(999'500'000), "1.0 GB");
  EXPECT_EQ(HumanBytes(INT64_MAX), "9.2 EB");
}

TEST(Human, TimesAndAgesAreShort) {
  EXPECT_EQ(HumanTime(*ParseTime("2026-11-21T07:39:39.123Z")), "2026-11-21 07:39:39Z");
  EXPECT_EQ(HumanTime(std::nullopt), "-");
  EXPECT_EQ(HumanAge(Millis(190'999)), "3m 10s");
  EXPECT_EQ(HumanAge(Millis(999)), "0s");
  EXPECT_EQ(HumanAge(Millis(-5'000)), "0s");
}

TEST(Human, ColumnsLineUpAndNoCellBreaksALine) {
  TextTable table({{"NAME"}, {"N", TextTable::Align::kRight}, {"END"}});
  table.Add({"\u00e9t\u00e9", "5", "x"});
  table.Add({"two\nlines", "12", ""});
  EXPECT_EQ(table.ToText(),
            "NAME         N  END\n"
            "\u00e9t\u00e9          5  x\n"
            "two\\nlines  12\n");
}

TEST(Human, ReportsReadWell) {
  const std::string plan = ToText(PlanSample());
  EXPECT_THAT(plan, AllOf(HasSubstr("orders: cut at 2026-11-21 11:58:00Z, atomic, run run-42: 12 files to send, 1.3\n"
                                    "    GB\n"),
                          HasSubstr("raw.bronze      11  12"),
                          HasSubstr("raw.bronze: the source has removed 1 file of this cut, which may vanish from\n"
                                    "    2026-11-28 12:00:00Z on (in 7d)\n"),
                          HasSubstr("orders: whose commits they are is told by times, which may disagree by 50ms\n"
                                    "WARNING orders: version 13 of table raw.bronze at 2026-11-21T11:58:01.000Z"),
                          HasSubstr("prices: nothing to do: no run has ended since the last cut\n\n"
                                    "trades: FAILED (not_found): there is no Delta table\n"
                                    "  where: file:///srv/lake/trades\n"
                                    "  remedy: check the table's URI\n")));
  EXPECT_THAT(ToText(HistorySample()),
              AllOf(HasSubstr("applied  run_id"), HasSubstr("    3s  run-41\n"), HasSubstr("5.0 kB")));
  EXPECT_THAT(ToText(MakeStatus(Role::kReceiver, kNoon, {SpecSample()}, {RecordSample()})),
              AllOf(HasSubstr("receiver, 2026-11-21 12:00:00Z"),
                    HasSubstr("ALARM orders: failed: the target cannot be written (file:///srv/dr/bronze),\n"
                              "    since 2026-11-21 11:45:00Z\n"),
                    HasSubstr("orders: clocks compared 2026-11-21 11:50:00Z: the store's is 4ms behind, that of\n"
                              "    the runs in step; margin 50ms\n")));
}

TEST(Human, AnErrorShowsPlaceAndRemedyOnLinesOfTheirOwn) {
  EXPECT_EQ(
      ErrorText(Error{.code = ErrorCode::kNotFound, .message = "no table", .where = "file:///x\ny", .remedy = "look"}),
      "lakeferry: no table\n  where: file:///x\\ny\n  remedy: look\n");
  EXPECT_EQ(ErrorText(Error{.code = ErrorCode::kInternal, .message = "two\nlines"}), "lakeferry: two\n  lines\n");
}

TEST(FileTally, TotalsOfDeclaredSizesStopAtTheLargestNumber) {
  FileTally files{false};
  delta::FileTotals totals;
  for (int i = 0; i < 3; ++i) {
    delta::AddFile file;
    file.size = int64_t{1} << 62;
    EXPECT_TRUE(totals.OnLive(delta::AddFile(file)));
    EXPECT_TRUE(files.OnLive(std::move(file)));
  }
  EXPECT_EQ(files.bytes(), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(totals.bytes, std::numeric_limits<int64_t>::max());
}

TEST(PlanOutput, TotalsOfDeclaredSizesStopAtTheLargestNumber) {
  auto plans = PlanSample();
  plans[0].result->tables.resize(2);
  for (engine::TablePlan& table : plans[0].result->tables) table.bytes = int64_t{1} << 62;
  EXPECT_THAT(ToText(plans), ::testing::HasSubstr("to send, 9.2\n    EB"));
  HistoryReport history = HistorySample();
  history.epochs[0].tables.resize(2);
  for (TablePosition& table : history.epochs[0].tables) table.bytes = int64_t{1} << 62;
  EXPECT_THAT(ToJson(history), ::testing::HasSubstr("\"bytes\":9223372036854775807"));
}

TEST(ErrorOutput, HasABoundAndNoSecret) {
  RememberSecret(Secret(std::string("output-canary")));
  const Error error{.message = "said output-canary " + std::string(1'000'000, 'x'),
                    .where = "file://user:pw@host/" + std::string(100'000, 'w'),
                    .remedy = std::string(100'000, 'r')};
  const plan::Finding finding{.what = error.message, .where = error.where, .remedy = error.remedy};
  for (const std::string& text :
       {ToJson(error), ErrorText(error), ToJson(std::vector{finding}), ToText(std::vector{finding})}) {
    EXPECT_LT(text.size(), 80'000U);
    EXPECT_TRUE(text.contains("said [secret] xxx") || text.contains("said [secret]\n    xxx"));
    EXPECT_TRUE(text.contains("file://[secret]@host/www"));
    EXPECT_FALSE(text.contains("canary"));
  }
}

}  // namespace
}  // namespace lakeferry
