// Reports of every kind, for the tests of how they are printed.
#pragma once

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "daemon/output/history_output.h"
#include "daemon/output/plan_output.h"
#include "daemon/output/snapshot_output.h"
#include "daemon/output/status_output.h"

namespace lakeferry {

inline const TimeMs kNoon = *ParseTime("2026-11-21T12:00:00Z");

template <typename Report>
GroupAnswers<Report> Answers(std::vector<Report> reports) {
  GroupAnswers<Report> answers;
  for (Report& report : reports) answers.push_back({.group = report.group, .result = std::move(report)});
  return answers;
}

inline const Error kGone{.code = ErrorCode::kNotFound,
                         .message = "there is no Delta table",
                         .where = "file:///srv/lake/trades",
                         .remedy = "check the table's URI"};

inline GroupAnswers<engine::PlanReport> PlanSample() {
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

inline GroupRecord RecordSample() {
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
  record.torn = Millis(12);
  record.resumed_bytes = 1'500'000;
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
  record.last_error_where = "file:///srv/dr/bronze";
  record.last_error_remedy = "give the user lakeferry the right to write there";
  record.failing_since = *ParseTime("2026-11-21T11:45:00Z");
  record.clocks = {.store_skew = Millis(-4),
                   .runs_skew = Millis(0),
                   .margin = Millis(50),
                   .margin_measured = true,
                   .compared_at = *ParseTime("2026-11-21T11:50:00Z")};
  record.paused =
      Pause{.since = *ParseTime("2026-11-21T11:58:00Z"), .by = "alice (uid 1000)", .why = "the cluster is moved"};
  record.resync = {{.table = "raw.bronze"}};
  return record;
}

inline plan::GroupSpec SpecSample() {
  plan::GroupSpec spec;
  spec.workspace = "demo";
  spec.name = "orders";
  spec.workflows = {"nightly_orders"};
  spec.tables = {{.name = "raw.bronze", .source_uri = "file:///lake/b", .target_uri = "file:///srv/dr/bronze"}};
  spec.sync_interval = std::chrono::minutes(15);
  return spec;
}

inline HistoryReport HistorySample() {
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
  epoch.torn = Millis(12);
  epoch.resumed_bytes = 3'000;
  epoch.evidence = {.kind = EvidenceKind::kRunIds, .margin = Millis(50), .unexplained = {}};
  epoch.tables = {{.table = "raw.bronze",
                   .source_version = Version(11),
                   .source_table_id = "id",
                   .source_commit_sha256 = "",
                   .replica_version = Version(6),
                   .managed_version = Version(3),
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
  const Instruction pause{.kind = InstructionKind::kPause,
                          .role = Role::kReceiver,
                          .group = "orders",
                          .by = "alice (uid 1000)",
                          .why = "the cluster is moved",
                          .given = *ParseTime("2026-11-21T11:58:00Z")};
  return {.group = "orders", .role = Role::kReceiver, .epochs = {epoch}, .instructions = {pause}};
}

inline LiveSetCheck CheckSample() {
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

inline SnapshotAndFiles SnapshotSample() {
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

inline std::string Json(const SnapshotReport& report) {
  std::ostringstream out;
  WriteJson(out, report);
  return out.str();
}

}  // namespace lakeferry
