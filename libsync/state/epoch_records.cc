#include <fmt/format.h>

#include <algorithm>

#include "state/records.h"

namespace lakeferry::sqlite {
namespace {

Status WriteEpochRow(const Database& database, const EpochRecord& record) {
  Statement insert = database.Prepare(
      "INSERT OR REPLACE INTO epochs (role, group_name, epoch, cut_time, atomic, state, manifest_sha256, started, "
      "ended, worked_ms, error, evidence, evidence_margin, error_kind, torn, resumed_bytes) VALUES (?, ?, ?, ?, ?, ?, "
      "?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.Bind(RoleName(record.role)).Bind(record.group).Bind(record.epoch.value()).Bind(record.cut_time);
  insert.Bind(record.atomic).Bind(EpochStateName(record.state)).Bind(record.manifest_sha256).Bind(record.started);
  insert.Bind(record.ended).Bind(record.worked_ms).Bind(record.error);
  insert.Bind(EvidenceKindName(record.evidence.kind)).Bind(record.evidence.margin);
  insert.Bind(record.error_kind).Bind(record.torn).Bind(record.resumed_bytes);
  return insert.Run();
}

Status WriteEpochRuns(const Database& database, const EpochRecord& record) {
  int64_t position = 0;
  for (const std::string& run_id : record.run_ids) {
    Statement insert =
        database.Prepare("INSERT INTO epoch_runs (role, group_name, epoch, position, run_id) VALUES (?, ?, ?, ?, ?)");
    insert.Bind(RoleName(record.role)).Bind(record.group).Bind(record.epoch.value()).Bind(position++);
    insert.Bind(std::string_view(run_id));
    LF_TRY_OK(insert.Run());
  }
  return {};
}

void BindVersion(Statement& insert, std::optional<Version> version) {
  if (version) {
    insert.Bind(version->value());
  } else {
    insert.BindNull();
  }
}

void BindSize(Statement& insert, const std::optional<TableSize>& size) {
  if (size) {
    insert.Bind(size->files).Bind(size->bytes);
  } else {
    insert.BindNull().BindNull();
  }
}

Status WriteEpochTables(const Database& database, const EpochRecord& record) {
  int64_t position = 0;
  for (const TablePosition& table : record.tables) {
    Statement insert = database.Prepare(
        "INSERT INTO epoch_tables (role, group_name, epoch, position, table_name, source_version, source_table_id, "
        "source_commit_sha256, replica_version, files, bytes, files_added, files_removed, live_set, "
        "managed_version, live_files, live_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insert.Bind(RoleName(record.role)).Bind(record.group).Bind(record.epoch.value()).Bind(position++);
    insert.Bind(table.table).Bind(table.source_version.value()).Bind(table.source_table_id);
    insert.Bind(table.source_commit_sha256);
    BindVersion(insert, table.replica_version);
    insert.Bind(table.files).Bind(table.bytes).Bind(table.files_added).Bind(table.files_removed).Bind(table.live_set);
    BindVersion(insert, table.managed_version);
    BindSize(insert, table.size);
    LF_TRY_OK(insert.Run());
  }
  return {};
}

Status WriteUnexplained(const Database& database, const EpochRecord& record) {
  int64_t position = 0;
  for (const UnexplainedCommit& commit : record.evidence.unexplained) {
    Statement insert = database.Prepare(
        "INSERT INTO epoch_unexplained (role, group_name, epoch, position, table_name, version, time) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)");
    insert.Bind(RoleName(record.role)).Bind(record.group).Bind(record.epoch.value()).Bind(position++);
    insert.Bind(std::string_view(commit.table)).Bind(commit.version.value()).Bind(commit.time);
    LF_TRY_OK(insert.Run());
  }
  return {};
}

Status ReadUnexplained(const Database& database, EpochRecord& record) {
  Statement select = database.Prepare(
      "SELECT table_name, version, time FROM epoch_unexplained WHERE role = ? AND group_name = ? AND epoch = ? "
      "ORDER BY position");
  select.Bind(RoleName(record.role)).Bind(record.group).Bind(record.epoch.value());
  while (true) {
    LF_TRY(const bool row, select.Next());
    if (!row) return {};
    record.evidence.unexplained.push_back(
        {.table = select.Text(0), .version = Version(select.Integer(1)), .time = select.Time(2)});
  }
}

Status ReadEpochRuns(const Database& database, EpochRecord& record) {
  Statement select = database.Prepare(
      "SELECT run_id FROM epoch_runs WHERE role = ? AND group_name = ? AND epoch = ? ORDER BY position");
  select.Bind(RoleName(record.role)).Bind(record.group).Bind(record.epoch.value());
  while (true) {
    LF_TRY(const bool row, select.Next());
    if (!row) return {};
    record.run_ids.push_back(select.Text(0));
  }
}

Status ReadEpochTables(const Database& database, EpochRecord& record) {
  Statement select = database.Prepare(
      "SELECT table_name, source_version, source_table_id, source_commit_sha256, replica_version, files, bytes, "
      "files_added, files_removed, live_set, managed_version, live_files, live_bytes FROM epoch_tables "
      "WHERE role = ? AND group_name = ? AND epoch = ? ORDER BY position");
  select.Bind(RoleName(record.role)).Bind(record.group).Bind(record.epoch.value());
  while (true) {
    LF_TRY(const bool row, select.Next());
    if (!row) return {};
    TablePosition table{.table = select.Text(0),
                        .source_version = Version(select.Integer(1)),
                        .source_table_id = select.Text(2),
                        .source_commit_sha256 = select.Text(3),
                        .replica_version = std::nullopt,
                        .live_set = select.Text(9),
                        .files = select.Integer(5),
                        .bytes = select.Integer(6),
                        .files_added = select.Integer(7),
                        .files_removed = select.Integer(8)};
    if (!select.IsNull(4)) table.replica_version = Version(select.Integer(4));
    if (!select.IsNull(10)) table.managed_version = Version(select.Integer(10));
    if (!select.IsNull(11)) table.size = TableSize{.files = select.Integer(11), .bytes = select.Integer(12)};
    record.tables.push_back(std::move(table));
  }
}

Result<EpochRecord> EpochOf(const Database& database, const Statement& row, Role role, const std::string& group) {
  const std::string state_name = row.Text(3);
  const auto state = ParseEpochState(state_name);
  if (!state) {
    return Fail(ErrorCode::kCorruptData, fmt::format("the metadata store has an epoch of state '{}'", state_name),
                database.path(),
                "move it away; it is rebuilt, but for runs entered by hand: keep it until those are entered again");
  }
  EpochRecord record{.role = role,
                     .group = group,
                     .epoch = Epoch(row.Integer(0)),
                     .cut_time = row.Time(1),
                     .run_ids = {},
                     .atomic = row.Boolean(2),
                     .state = *state,
                     .manifest_sha256 = row.Text(4),
                     .started = row.Time(5),
                     .ended = row.OptionalTime(6),
                     .worked_ms = row.Integer(7),
                     .error = row.Text(8),
                     .error_kind = row.Text(11),
                     .tables = {},
                     .evidence = {.kind = ParseEvidenceKind(row.Text(9)).value_or(EvidenceKind::kTimes),
                                  .margin = row.Duration(10),
                                  .unexplained = {}},
                     .torn = row.OptionalDuration(12),
                     .resumed_bytes = row.Integer(13)};
  LF_TRY_OK(ReadEpochRuns(database, record));
  LF_TRY_OK(ReadUnexplained(database, record));
  LF_TRY_OK(ReadEpochTables(database, record));
  return record;
}

}  // namespace

Status WriteEpoch(const Database& database, const EpochRecord& record) {
  // Replacing the row deletes its runs and tables with it.
  LF_TRY_OK(WriteEpochRow(database, record));
  LF_TRY_OK(WriteEpochRuns(database, record));
  LF_TRY_OK(WriteUnexplained(database, record));
  return WriteEpochTables(database, record);
}

Result<std::vector<EpochRecord>> ReadEpochs(const Database& database, Role role, const std::string& group,
                                            int64_t limit) {
  Statement select = database.Prepare(
      "SELECT epoch, cut_time, atomic, state, manifest_sha256, started, ended, worked_ms, error, evidence, "
      "evidence_margin, error_kind, torn, resumed_bytes FROM epochs "
      "WHERE role = ? AND group_name = ? ORDER BY epoch DESC LIMIT ?");
  select.Bind(RoleName(role)).Bind(std::string_view(group)).Bind(std::max<int64_t>(limit, 0));
  std::vector<EpochRecord> records;
  while (true) {
    LF_TRY(const bool row, select.Next());
    if (!row) return records;
    LF_TRY(EpochRecord record, EpochOf(database, select, role, group));
    records.push_back(std::move(record));
  }
}

}  // namespace lakeferry::sqlite
