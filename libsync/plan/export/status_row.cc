#include "plan/export/status_row.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>

#include "base/shown_text.h"
#include "json/writer.h"

namespace lakeferry::plan {
namespace {

using delta::Cell;
using delta::Column;
using delta::ColumnType;

constexpr std::array<std::string_view, 4> kKey{"workspace_name", "group_name", "region", "role"};

// The sync job's, and its design note's; then lakeferry's own.
const std::vector<Column>& AllColumns() {
  static const std::vector<Column> columns{
      {"workspace_name"},
      {"group_name"},
      {"workflow_name"},
      {"workflow_id"},
      {"tables", ColumnType::kTexts},
      {"validated", ColumnType::kBool},
      {"last_successful_run_time", ColumnType::kLong},
      {"sync_status"},
      {"sync_reason"},
      {"sync_time_to_region", ColumnType::kLong},
      {"sync_time_in_region", ColumnType::kLong},
      {"source_operation_metrics"},
      {"target_operation_metrics"},
      {"date_created", ColumnType::kLong},
      {"date_updated", ColumnType::kLong},
      {"sync_start_timestamp", ColumnType::kLong},
      {"sync_end_timestamp", ColumnType::kLong},
      {"current_sync_status"},
      {"message"},
      {"region"},
      {"role"},
      {"epoch", ColumnType::kLong},
      {"staged_epoch", ColumnType::kLong},
      {"cut_time", ColumnType::kLong},
      {"atomic", ColumnType::kBool},
      {"waiting_since", ColumnType::kLong},
      {"failed_attempts", ColumnType::kLong},
      {"last_error_kind"},
  };
  return columns;
}

std::vector<Column> WithoutKey() {
  std::vector<Column> columns = AllColumns();
  std::erase_if(columns, [](const Column& column) { return std::ranges::find(kKey, column.name) != kKey.end(); });
  return columns;
}

Cell TextCell(std::string_view text) { return text.empty() ? Cell() : Cell(FitToShow(text)); }
Cell TimeCell(const std::optional<TimeMs>& time) { return time ? Cell(ToEpochMs(*time)) : Cell(); }
Cell NumberCell(Epoch epoch) { return epoch == Epoch() ? Cell() : Cell(epoch.value()); }

// As the sync job's report takes it apart: a list with one object a table, of its name and its numbers.
std::string MetricsOf(const EpochRecord& epoch) {
  std::vector<std::string> tables;
  for (const TablePosition& table : epoch.tables) {
    json::Writer json(json::Texts::kShown);
    json.Object(table.table, [&] {
      json.Object("metrics", [&] {
        json.Field("sync_commit_version", table.source_version);
        if (table.replica_version) json.Field("replica_version", *table.replica_version);
        json.Field("epoch", epoch.epoch);
        json.Field("num_copied_files", table.files);
        json.Field("copied_files_size", table.bytes);
        json.Field("num_files_added", table.files_added);
        json.Field("num_files_removed", table.files_removed);
        if (table.size) {
          json.Field("source_table_size", table.size->bytes);
          json.Field("source_num_of_files", table.size->files);
        }
      });
    });
    tables.push_back(json.Finish());
  }
  return fmt::format("[{}]", fmt::join(tables, ","));
}

// Where every workflow is named by its id. A name's job is what the service of the moment says, and on no record.
Cell WorkflowIdCell(const std::vector<std::string>& workflows) {
  constexpr std::string_view kById = "job_id:";
  std::vector<std::string_view> ids;
  for (const std::string& workflow : workflows) {
    if (!workflow.starts_with(kById)) return {};
    ids.push_back(std::string_view(workflow).substr(kById.size()));
  }
  return TextCell(fmt::format("{}", fmt::join(ids, ",")));
}

const EpochRecord* Newest(const std::vector<EpochRecord>& epochs, std::initializer_list<EpochState> states) {
  const auto found = std::ranges::find_if(
      epochs, [&](const EpochRecord& epoch) { return std::ranges::find(states, epoch.state) != states.end(); });
  return found == epochs.end() ? nullptr : &*found;
}

Cell MetricsCell(const EpochRecord* epoch) { return epoch == nullptr ? Cell() : Cell(MetricsOf(*epoch)); }

// The sync job knows two: all that was sent is applied, or it is not.
std::string_view SyncStatusOf(const GroupRecord& record) {
  const bool at_work = record.state == GroupState::kStaging || record.state == GroupState::kApplying ||
                       record.state == GroupState::kRestaging;
  const auto applied = record.sync_time_in_region;
  return !at_work && applied && *applied >= record.sync_time_to_region.value_or(*applied) ? "Success" : "In Progress";
}

}  // namespace

std::span<const Column> StatusTableColumns() { return AllColumns(); }

std::span<const Column> StatusColumns() {
  static const std::vector<Column> columns = WithoutKey();
  return columns;
}

std::vector<std::string> StatusKeyColumns() { return {kKey.begin(), kKey.end()}; }

std::vector<std::string> ValuesOf(const StatusKey& key) {
  return {key.workspace, key.group, key.region, std::string(RoleName(key.role))};
}

StatusRow StatusRowOf(const GroupRecord& record, const std::vector<EpochRecord>& epochs, std::string_view region) {
  const EpochRecord* staged = Newest(epochs, {EpochState::kStaged, EpochState::kApplying, EpochState::kApplied});
  const EpochRecord* applied = Newest(epochs, {EpochState::kApplied});
  StatusRow row{
      .key = {.workspace = record.workspace, .group = record.group, .region = std::string(region), .role = record.role},
      .as_of = record.updated,
      .cells = {}};
  row.cells = {TextCell(fmt::format("{}", fmt::join(record.workflows, ","))),
               WorkflowIdCell(record.workflows),
               Cell(record.tables),
               Cell(record.validated),
               TimeCell(record.last_successful_run_time),
               Cell(std::string(SyncStatusOf(record))),
               TextCell(record.reason),
               TimeCell(record.sync_time_to_region),
               TimeCell(record.sync_time_in_region),
               MetricsCell(staged),
               MetricsCell(applied),
               TimeCell(record.created),
               TimeCell(record.updated),
               TimeCell(record.sync_start),
               TimeCell(record.sync_end),
               TextCell(GroupStateName(record.state)),
               TextCell(record.last_error),
               NumberCell(record.epoch),
               NumberCell(record.staged_epoch),
               TimeCell(record.cut_time),
               applied == nullptr ? Cell() : Cell(applied->atomic),
               TimeCell(record.waiting_since),
               Cell(record.attempts),
               TextCell(record.last_error_kind)};
  return row;
}

}  // namespace lakeferry::plan
