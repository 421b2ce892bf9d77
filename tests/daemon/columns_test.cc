// Everything that people read fits 80 columns: every command's text, of names, ids and errors as long as they come.
#include <sstream>

#include "daemon/output/findings_output.h"
#include "daemon/output/history_output.h"
#include "daemon/output/key_output.h"
#include "daemon/output/lines.h"
#include "daemon/output/plan_output.h"
#include "daemon/output/reclaim_output.h"
#include "daemon/output/relocate_output.h"
#include "daemon/output/report_output.h"
#include "daemon/output/runs_output.h"
#include "daemon/output/snapshot_output.h"
#include "daemon/output/sync_output.h"
#include "daemon/output/verify_output.h"
#include "tests/daemon/commands_fixture.h"

namespace lakeferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const TimeMs kShownAt = *ParseTime("2026-11-28T12:00:00Z");
const std::string kGroup = "finance_settlement_positions_intraday_group";
const std::string kLongTable = "finance_production_catalog.settlement_positions_schema.intraday_position_snapshots";
const std::string kRun = "scheduled__2026-11-28T00:00:00+00:00";
const std::string kManual = "manual__2026-11-28T09:41:12.345678+00:00__backfill_" + std::string(200, 'x');
const std::string kUri =
    "abfss://settlement@financeproduction.dfs.core.windows.net/lake/" + std::string(90, 'p') + "/t";
const std::string kPath = "settlement_day=2026-11-28/region=emea/part-00000-" + std::string(60, 'd') + ".c000.parquet";
const Error kError{
    .code = ErrorCode::kUnsupportedTable,
    .message = "table " + kLongTable + " asks for " + std::string(100, 'f') + " which is not known here",
    .where = kUri,
    .remedy = "run lakeferry runs add nightly --run-id " + kRun + " --end now --state failed; see " + kUri};

// Lines that are wider than a terminal, but for places that stand alone on theirs.
void ExpectFits(const std::string& text) {
  EXPECT_FALSE(text.empty());
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::string word = line.substr(std::min(line.find_first_not_of(' '), line.size()));
    if (!word.contains(' ') && IsPlace(word)) continue;
    EXPECT_LE(DisplayWidth(line), kColumns) << line;
  }
}

template <typename Report>
GroupAnswers<Report> WithAFailure(Report report) {
  return {{.group = kGroup, .result = std::move(report)}, {.group = kGroup, .result = std::unexpected(kError)}};
}

CutEvidence TimesOnly() {
  return {.kind = EvidenceKind::kTimes,
          .margin = Millis(3'250),
          .unexplained = {{.table = kLongTable, .version = Version(1'234'567), .time = kShownAt}}};
}

TEST(EightyColumns, Plan) {
  engine::PlanReport report{
      .group = kGroup,
      .time = kShownAt,
      .cut =
          engine::CutSummary{
              .time = kShownAt, .run_ids = {kRun, kManual, kRun}, .atomic = false, .evidence = TimesOnly()},
      .reason = "",
      .tables = {{.table = kLongTable,
                  .from_version = Version(123'456'789),
                  .to_version = Version(123'456'799),
                  .files = 12'345'678,
                  .bytes = INT64_MAX,
                  .files_may_vanish = kShownAt + std::chrono::hours(40),
                  .vanishing_files = 1'234}}};
  ExpectFits(ToText(WithAFailure(report)));
  report.cut.reset();
  report.reason = "run '" + kRun + "' of workflow 'nightly_settlement' failed at " + FormatUtc(kShownAt);
  ExpectFits(ToText(WithAFailure(report)));
}

TEST(EightyColumns, History) {
  EpochRecord epoch;
  epoch.epoch = Epoch(12'345);
  epoch.cut_time = kShownAt;
  epoch.run_ids = {kRun, kManual};
  epoch.atomic = false;
  epoch.state = EpochState::kApplying;
  epoch.evidence = TimesOnly();
  epoch.worked_ms = 86'399'999;
  epoch.error = ToString(kError);
  epoch.tables = {{.table = kLongTable, .files = 1'234'567, .bytes = int64_t{999'400'000'000}}};
  HistoryReport report{.group = kGroup, .role = Role::kReceiver, .epochs = {epoch}};
  ExpectFits(ToText(report));
  report.epochs[0].atomic = true;
  ExpectFits(ToText(report));
  ExpectFits(ToText(std::vector{report, HistoryReport{.group = kGroup, .role = Role::kSender, .epochs = {}}}));
  EXPECT_THAT(ToText(report), HasSubstr("\n    runs: " + kRun)) << "an id is told whole";
}

TEST(EightyColumns, Versions) {
  engine::VersionsReport report{.group = kGroup,
                                .tables = {{.table = kLongTable,
                                            .source_version = Version(123'456'789),
                                            .staged_version = Version(123'456'789),
                                            .applied_version = Version(123'456'788),
                                            .replica_version = Version(123'456'788),
                                            .unreachable = {"source: " + ToString(kError), "replica: no"}}}};
  ExpectFits(ToText(WithAFailure(report)));
  EXPECT_THAT(ToText(WithAFailure(report)), Not(HasSubstr("MANAGED")));
  report.cloned = true;
  report.tables[0].managed_version = Version(987'654);
  ExpectFits(ToText(WithAFailure(report)));
  EXPECT_THAT(ToText(WithAFailure(report)), AllOf(HasSubstr("REPLICA  MANAGED"), HasSubstr("987654")));
}

TEST(EightyColumns, Verify) {
  engine::VerifyReport report{
      .group = kGroup,
      .time = kShownAt,
      .epoch = Epoch(12'345),
      .cut_time = kShownAt,
      .behind = engine::StagedBeyond{.epochs = 12, .newest = Epoch(12'357), .cut_time = kShownAt},
      .ok = false,
      .files_checked = 12'345'678,
      .bytes_checked = INT64_MAX,
      .problems = {
          {.table = kLongTable, .path = kPath, .problem = "has 5 bytes, the log says 10: " + ToString(kError)}}};
  ExpectFits(ToText(WithAFailure(report)));
  report.of_source = true;
  ExpectFits(ToText(WithAFailure(report)));
}

TEST(EightyColumns, Gc) {
  const engine::ReclaimReport report{.group = kGroup,
                                     .readable_from = kShownAt,
                                     .tables = {{.table = kLongTable,
                                                 .oldest_readable = Version(1'234'567),
                                                 .files = 1'234'567,
                                                 .bytes = INT64_MAX,
                                                 .young_files = 1,
                                                 .skipped = {kPath},
                                                 .links = {kPath}}}};
  ExpectFits(ToText(WithAFailure(report)));
}

TEST(EightyColumns, Sync) {
  const engine::PassResult waits{.epoch = {}, .reason = kError.message, .state = GroupState::kHeld};
  const engine::PassResult staged{.epoch = Epoch(123'456), .files = INT64_MAX, .bytes = INT64_MAX};
  std::vector<SyncedGroup> groups;
  for (const auto& pass : {waits, staged}) {
    groups.push_back({.role = Role::kReceiver, .pass = {.group = kGroup, .result = pass}});
  }
  groups.push_back({.role = Role::kSender, .pass = {.group = kGroup, .result = std::unexpected(kError)}});
  ExpectFits(ToText(groups));
}

TEST(EightyColumns, Runs) {
  const lakeferry::Run run{
      .workflow = "nightly_settlement_positions", .run_id = kRun, .start = kShownAt, .end = kShownAt};
  lakeferry::Run manual = run;
  manual.run_id = kManual;
  RunsReport report{.workflow = run.workflow, .runs = {run, manual}, .removed = {}, .now = kShownAt};
  report.removed = {{.run = manual,
                     .by = "Ada Lovelace, on behalf of the settlement operations team of the second shift",
                     .why = kError.message,
                     .removed = kShownAt,
                     .cut_into = "epoch 12345 of group '" + kGroup + "'"}};
  ExpectFits(ToText(report));
  EXPECT_THAT(ToText(report), HasSubstr(kRun)) << "an id is told whole";
  ExpectFits(ToText(RunsReport{.workflow = std::string(300, 'w'), .runs = {}, .removed = {}, .now = kShownAt}));
}

TEST(EightyColumns, Relocate) {
  using Kind = engine::Relocation::Kind;
  for (const Kind kind : {Kind::kNoEpoch, Kind::kSame, Kind::kThere, Kind::kToMove, Kind::kComesWhole}) {
    RelocateReport report{
        .group = kGroup,
        .table = std::string(120, 't'),
        .role = Role::kReceiver,
        .found = {.kind = kind, .epoch = Epoch(12'345), .from = kUri, .to = kUri + "2", .checked = {}},
        .steps = {},
        .next = {kError.remedy}};
    report.found.checked = {kError.message};
    ExpectFits(ToText(report));
    report.steps = {{.kind = StepKind::kRename, .what = "target of table " + report.table, .from = kUri, .to = kUri}};
    ExpectFits(ToText(report));
  }
}

TEST(EightyColumns, Log) {
  delta::Snapshot snapshot;
  snapshot.version = Version(1'234'567);
  snapshot.timestamp = kShownAt;
  snapshot.metadata.id = std::string(36, 'i');
  snapshot.protocol.reader_features = std::vector<std::string>(9, "aRatherLongFeatureName");
  snapshot.protocol.writer_features = std::vector<std::string>{std::string(120, 'w'), "b"};
  snapshot.metadata.schema_string = R"({"type":"struct","fields":[)" + std::string(5'000, 'f') + "]}";
  snapshot.metadata.partition_columns = std::vector<std::string>(20, "settlement_day");
  snapshot.metadata.configuration = {{"delta.deletedFileRetentionDuration", "interval 7 days"}, {"long", kPath}};
  FileTally files{true};
  delta::AddFile add;
  add.path = kPath;
  add.size = INT64_MAX;
  add.stats = R"({"numRecords":123456789012})";
  EXPECT_TRUE(files.OnLive(std::move(add)));
  std::ostringstream out;
  WriteText(out, {.table_uri = kUri, .snapshot = &snapshot, .files = &files, .with_files = true});
  ExpectFits(out.str());
}

TEST(EightyColumns, CheckKeysAndErrors) {
  std::vector<plan::Finding> findings;
  for (const auto severity : {plan::Severity::kError, plan::Severity::kWarning, plan::Severity::kInfo}) {
    findings.push_back({.severity = severity, .what = kError.message, .where = kError.where, .remedy = kError.remedy});
  }
  ExpectFits(ToText(findings));
  ExpectFits(ErrorText(kError));
  ExpectFits(
      ErrorText(Error{.message = "the configuration has 2 problems:\n" + kError.message + "\n" + kError.remedy}));
  ExpectFits(ToText(std::vector<ShownKey>{{.key = PublicKey::FromRaw({}), .place = kUri, .groups = {kGroup}}}));
  const engine::SignReport report{.group = kGroup, .signed_now = INT64_MAX, .strange = {kGroup + "/epochs/" + kPath}};
  ExpectFits(ToText(std::vector<SignedGroup>{
      {.role = Role::kSender, .signing = {.group = kGroup, .result = report}},
      {.role = Role::kReceiver, .signing = {.group = kGroup, .result = std::unexpected(kError)}}}));
}

// With the real program: what it says when it is asked wrongly, too.
using Screens = Commands;

TEST_F(Screens, FitEightyColumns) {
  Commit(0, 10);
  EndRun(kRun);
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"check"},
           {"plan"},
           {"sync"},
           {"verify"},
           {"versions"},
           {"history"},
           {"gc"},
           {"runs", "list", "nightly"},
           {"runs", "list", "nobodys_workflow_of_a_name_that_is_rather_longer_than_most_names_are_in_practice"},
           {"runs", "add", "nightly", "--run-id", kRun, "--end", "2026-11-28T00:00:00", "--state", "success"},
           {"log", (root_ / "source").string(), "--files"},
           {"log", (root_ / "nothing").string()},
           {"log", (root_ / "source").string(), "--version", "-1"},
           {"hsitory"}}) {
    const Answer answer = Run(words);
    SCOPED_TRACE(words.front());
    ExpectFits(answer.raw);
  }
}

}  // namespace
}  // namespace lakeferry
