// Rows of the status table: the sync job's columns, and what stands in them.
#include "plan/export/status_row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/known_secrets.h"

namespace lakeferry::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

GroupRecord Sent() {
  GroupRecord record;
  record.role = Role::kSender;
  record.workspace = "demo";
  record.group = "orders";
  record.workflows = {"nightly", "hourly"};
  record.tables = {"lake.raw.bronze", "lake.raw.silver"};
  record.validated = true;
  record.state = GroupState::kIdle;
  record.reason = "nothing to do";
  record.epoch = Epoch(3);
  record.staged_epoch = Epoch(4);
  record.last_successful_run_time = FromEpochMs(900);
  record.sync_time_to_region = FromEpochMs(1'000);
  record.sync_time_in_region = FromEpochMs(1'000);
  record.created = FromEpochMs(5);
  record.updated = FromEpochMs(2'000);
  return record;
}

EpochRecord EpochOf(int64_t number, EpochState state) {
  EpochRecord epoch;
  epoch.epoch = Epoch(number);
  epoch.state = state;
  epoch.tables = {{.table = "lake.raw.bronze", .source_version = Version(number * 10), .files = 2, .bytes = 7}};
  if (state == EpochState::kApplied) epoch.tables[0].replica_version = Version(number);
  return epoch;
}

// By the column's name.
delta::Cell CellOf(const StatusRow& row, std::string_view name) {
  const auto columns = StatusColumns();
  EXPECT_EQ(row.cells.size(), columns.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == name) return row.cells[i];
  }
  ADD_FAILURE() << "no column " << name;
  return {};
}
std::string TextOf(const StatusRow& row, std::string_view name) {
  const delta::Cell cell = CellOf(row, name);
  return std::holds_alternative<std::string>(cell) ? std::get<std::string>(cell) : std::string("(null)");
}
int64_t LongOf(const StatusRow& row, std::string_view name) {
  const delta::Cell cell = CellOf(row, name);
  return std::holds_alternative<int64_t>(cell) ? std::get<int64_t>(cell) : -1;
}

TEST(StatusRow, TheSyncJobsColumnsComeFirstByItsNamesAndTypes) {
  std::vector<std::string> names;
  for (const delta::Column& column : StatusTableColumns().first(13)) names.push_back(column.name);
  EXPECT_THAT(names, ElementsAre("workspace_name", "group_name", "workflow_name", "workflow_id", "tables", "validated",
                                 "last_successful_run_time", "sync_status", "sync_reason", "sync_time_to_region",
                                 "sync_time_in_region", "source_operation_metrics", "target_operation_metrics"));
  const auto type = [](size_t index) { return StatusTableColumns()[index].type; };
  EXPECT_EQ(type(4), delta::ColumnType::kTexts);
  EXPECT_EQ(type(5), delta::ColumnType::kBool);
  for (const size_t time : {6U, 9U, 10U}) EXPECT_EQ(type(time), delta::ColumnType::kLong);
  EXPECT_EQ(StatusColumns().size() + StatusKeyColumns().size(), StatusTableColumns().size());
}

TEST(StatusRow, EveryCellIsOfItsColumnsType) {
  const StatusRow row = StatusRowOf(Sent(), {EpochOf(4, EpochState::kStaged), EpochOf(3, EpochState::kApplied)}, "w");
  ASSERT_EQ(row.cells.size(), StatusColumns().size());
  for (size_t i = 0; i < row.cells.size(); ++i) {
    if (std::holds_alternative<std::monostate>(row.cells[i])) continue;
    const size_t wanted[] = {1, 2, 3, 4};  // of the variant, by the column's type
    EXPECT_EQ(row.cells[i].index(), wanted[static_cast<size_t>(StatusColumns()[i].type)]) << StatusColumns()[i].name;
  }
}

TEST(StatusRow, KeyAndCellsSayWhatTheRecordDoes) {
  const StatusRow row = StatusRowOf(Sent(), {EpochOf(4, EpochState::kStaged), EpochOf(3, EpochState::kApplied)}, "w");
  EXPECT_THAT(ValuesOf(row.key), ElementsAre("demo", "orders", "w", "sender"));
  EXPECT_EQ(row.as_of, FromEpochMs(2'000));
  EXPECT_EQ(TextOf(row, "workflow_name"), "nightly,hourly");
  EXPECT_EQ(TextOf(row, "workflow_id"), "(null)");
  EXPECT_EQ(std::get<std::vector<std::string>>(CellOf(row, "tables")).size(), 2U);
  EXPECT_EQ(LongOf(row, "last_successful_run_time"), 900);
  EXPECT_EQ(LongOf(row, "sync_time_to_region"), 1'000);
  EXPECT_EQ(LongOf(row, "epoch"), 3);
  EXPECT_EQ(LongOf(row, "staged_epoch"), 4);
  EXPECT_EQ(LongOf(row, "date_updated"), 2'000);
  EXPECT_EQ(TextOf(row, "current_sync_status"), "idle");
  EXPECT_EQ(TextOf(row, "message"), "(null)");
  EXPECT_EQ(std::get<bool>(CellOf(row, "atomic")), true);
}

// As the sync job's own report takes them apart: a list of objects by table, each with its numbers under `metrics`.
TEST(StatusRow, MetricsAreThoseOfTheNewestEpochSentAndTheNewestApplied) {
  const StatusRow row = StatusRowOf(
      Sent(), {EpochOf(5, EpochState::kStaging), EpochOf(4, EpochState::kStaged), EpochOf(3, EpochState::kApplied)},
      "w");
  EXPECT_EQ(TextOf(row, "source_operation_metrics"),
            R"([{"lake.raw.bronze":{"metrics":{"sync_commit_version":40,"epoch":4,"num_copied_files":2,)"
            R"("copied_files_size":7,"num_files_added":0,"num_files_removed":0}}}])");
  EXPECT_THAT(TextOf(row, "target_operation_metrics"),
              HasSubstr(R"("sync_commit_version":30,"replica_version":3,"epoch":3)"));
  EXPECT_EQ(TextOf(StatusRowOf(Sent(), {}, "w"), "source_operation_metrics"), "(null)");
  const StatusRow refused = StatusRowOf(Sent(), {EpochOf(1, EpochState::kRefused)}, "w");
  EXPECT_EQ(TextOf(refused, "source_operation_metrics"), "(null)");
}

TEST(StatusRow, TheSizesOfWholeTablesStandInBothMetricsWhereTheyAreKnown) {
  EpochRecord applied = EpochOf(3, EpochState::kApplied);
  applied.tables[0].size = TableSize{.files = 12, .bytes = 5'000};
  EpochRecord staged = EpochOf(4, EpochState::kStaged);
  staged.tables[0].size = TableSize{.files = 0, .bytes = 0};
  const StatusRow row = StatusRowOf(Sent(), {staged, applied}, "w");
  EXPECT_THAT(TextOf(row, "target_operation_metrics"),
              HasSubstr(R"("num_files_removed":0,"source_table_size":5000,"source_num_of_files":12}}}])"));
  EXPECT_THAT(TextOf(row, "source_operation_metrics"),
              HasSubstr(R"("source_table_size":0,"source_num_of_files":0}}}])"))
      << "an empty table is known to be";
  const StatusRow before = StatusRowOf(Sent(), {EpochOf(3, EpochState::kApplied)}, "w");
  EXPECT_THAT(TextOf(before, "target_operation_metrics"), Not(HasSubstr("source_table_size")));
}

TEST(StatusRow, AWorkflowHasAnIdWhereAllAreNamedByTheirs) {
  GroupRecord record = Sent();
  const auto id = [&record] { return TextOf(StatusRowOf(record, {}, "w"), "workflow_id"); };
  record.workflows = {"job_id:123"};
  EXPECT_EQ(id(), "123");
  record.workflows = {"job_id:123", "job_id:7"};
  EXPECT_EQ(id(), "123,7");
  record.workflows = {"job_id:123", "nightly"};
  EXPECT_EQ(id(), "(null)");
  record.workflows = {};
  EXPECT_EQ(id(), "(null)");
}

TEST(StatusRow, ItIsASuccessOnlyWhereAllThatWasSentIsApplied) {
  GroupRecord record = Sent();
  const auto status = [&record] { return TextOf(StatusRowOf(record, {}, "w"), "sync_status"); };
  EXPECT_EQ(status(), "Success");
  record.sync_time_to_region = FromEpochMs(1'001);
  EXPECT_EQ(status(), "In Progress");
  record.sync_time_to_region.reset();
  EXPECT_EQ(status(), "Success");
  for (const GroupState state : {GroupState::kStaging, GroupState::kApplying, GroupState::kRestaging}) {
    record.state = state;
    EXPECT_EQ(status(), "In Progress") << GroupStateName(state);
  }
  record.state = GroupState::kIdle;
  record.sync_time_in_region.reset();
  EXPECT_EQ(status(), "In Progress");
}

TEST(StatusRow, NoSecretStandsInIt) {
  RememberSecret(Secret("hunter2-of-the-rows"));
  GroupRecord record = Sent();
  record.last_error = "the store said: hunter2-of-the-rows";
  record.reason = record.last_error;
  const StatusRow row = StatusRowOf(record, {}, "w");
  EXPECT_THAT(TextOf(row, "message"), Not(HasSubstr("hunter2")));
  EXPECT_THAT(TextOf(row, "sync_reason"), Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace lakeferry::plan
