#include "state/records.h"

namespace lakeferry::sqlite {
namespace {

// The columns in the order in which BindGroup and GroupOf have them.
constexpr char kSelectGroups[] =
    "SELECT role, group_name, workspace_name, validated, state, reason, epoch, cut_time, last_successful_run_time, "
    "sync_time_to_region, sync_time_in_region, sync_start, sync_end, attempts, last_error, last_error_remedy, "
    "failing_since, failure_notified, created, updated, risk, risk_text, risk_remedy, risk_notified, files_may_vanish, "
    "staged_epoch, waiting_since, restaging, progress_files, progress_files_total, progress_bytes, "
    "progress_bytes_total, alive, by_passes, store_skew, runs_skew, skew_margin, margin_measured, "
    "clocks_compared, mail_trouble, last_error_kind, phase, owner_id, last_error_where, last_error_workflow, "
    "last_error_run_id, announced, paused, paused_by, paused_why, torn_since, torn, resumed_bytes FROM groups ";

constexpr char kInsertGroup[] =
    "INSERT OR REPLACE INTO groups (role, group_name, workspace_name, validated, state, reason, epoch, cut_time, "
    "last_successful_run_time, sync_time_to_region, sync_time_in_region, sync_start, sync_end, attempts, last_error, "
    "last_error_remedy, failing_since, failure_notified, created, updated, risk, risk_text, risk_remedy, "
    "risk_notified, files_may_vanish, staged_epoch, waiting_since, restaging, progress_files, progress_files_total, "
    "progress_bytes, progress_bytes_total, alive, by_passes, store_skew, runs_skew, skew_margin, margin_measured, "
    "clocks_compared, mail_trouble, last_error_kind, phase, owner_id, last_error_where, last_error_workflow, "
    "last_error_run_id, announced, paused, paused_by, paused_why, torn_since, torn, resumed_bytes) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

Status WriteNames(const Database& database, const GroupRecord& record, std::string_view kind,
                  const std::vector<std::string>& names) {
  int64_t position = 0;
  for (const std::string& name : names) {
    Statement insert =
        database.Prepare("INSERT INTO group_names (role, group_name, kind, position, name) VALUES (?, ?, ?, ?, ?)");
    insert.Bind(RoleName(record.role)).Bind(record.group).Bind(kind).Bind(position++).Bind(std::string_view(name));
    LF_TRY_OK(insert.Run());
  }
  return {};
}

Result<std::vector<std::string>> ReadNames(const Database& database, const GroupRecord& record, std::string_view kind) {
  Statement select =
      database.Prepare("SELECT name FROM group_names WHERE role = ? AND group_name = ? AND kind = ? ORDER BY position");
  select.Bind(RoleName(record.role)).Bind(record.group).Bind(kind);
  std::vector<std::string> names;
  while (true) {
    LF_TRY(const bool row, select.Next());
    if (!row) return names;
    names.push_back(select.Text(0));
  }
}

Status WriteRelocated(const Database& database, const GroupRecord& record) {
  for (const std::string& uri : record.relocated) {
    Statement insert =
        database.Prepare("INSERT OR IGNORE INTO relocated_sources (role, group_name, uri) VALUES (?, ?, ?)");
    insert.Bind(RoleName(record.role)).Bind(record.group).Bind(std::string_view(uri));
    LF_TRY_OK(insert.Run());
  }
  return {};
}

Result<std::vector<std::string>> ReadRelocated(const Database& database, const GroupRecord& record) {
  Statement select =
      database.Prepare("SELECT uri FROM relocated_sources WHERE role = ? AND group_name = ? ORDER BY uri");
  select.Bind(RoleName(record.role)).Bind(record.group);
  std::vector<std::string> uris;
  while (true) {
    LF_TRY(const bool row, select.Next());
    if (!row) return uris;
    uris.push_back(select.Text(0));
  }
}

Status WriteAskedWhole(const Database& database, const GroupRecord& record) {
  for (const AskedWhole& asked : record.resync) {
    Statement insert = database.Prepare(
        "INSERT OR IGNORE INTO asked_whole (role, group_name, table_name, staged) VALUES (?, ?, ?, ?)");
    insert.Bind(RoleName(record.role)).Bind(record.group).Bind(asked.table).Bind(asked.staged.value());
    LF_TRY_OK(insert.Run());
  }
  return {};
}

Result<std::vector<AskedWhole>> ReadAskedWhole(const Database& database, const GroupRecord& record) {
  Statement select = database.Prepare(
      "SELECT table_name, staged FROM asked_whole WHERE role = ? AND group_name = ? ORDER BY table_name");
  select.Bind(RoleName(record.role)).Bind(record.group);
  std::vector<AskedWhole> asked;
  while (true) {
    LF_TRY(const bool row, select.Next());
    if (!row) return asked;
    asked.push_back({.table = select.Text(0), .staged = Epoch(select.Integer(1))});
  }
}

std::optional<Pause> PauseOf(const Statement& row) {
  if (row.IsNull(47)) return std::nullopt;
  return Pause{.since = row.Time(47), .by = row.Text(48), .why = row.Text(49)};
}

Risk RiskOf(int64_t number) {
  if (number <= 0) return Risk::kNone;
  return number == 1 ? Risk::kWarning : Risk::kError;
}

// A spot of the configuration is kept as its text: what a store's error is about is none.
Place PlaceOf(const Statement& row) {
  if (row.Text(44).empty()) return row.Text(43);
  return RunSpot{.workflow = row.Text(44), .run_id = row.Text(45)};
}

// In which of the group's locations an object lies the configuration says, which may change.
void BindPlace(const Place& place, Statement& insert) {
  const RunSpot run = place.kind() == Place::Kind::kRun ? place.run() : RunSpot{};
  insert.Bind(place.text()).Bind(run.workflow).Bind(run.run_id);
}

ClockAccount ClocksOf(const Statement& row) {
  return {.store_skew = row.OptionalDuration(34),
          .runs_skew = row.OptionalDuration(35),
          .margin = row.OptionalDuration(36),
          .margin_measured = row.Boolean(37),
          .compared_at = row.OptionalTime(38)};
}

GroupRecord GroupOf(const Statement& row) {
  return GroupRecord{.role = row.Text(0) == RoleName(Role::kSender) ? Role::kSender : Role::kReceiver,
                     .group = row.Text(1),
                     .workspace = row.Text(2),
                     .workflows = {},
                     .tables = {},
                     .validated = row.Boolean(3),
                     // What another version wrote is no state of ours; the next pass says what is.
                     .state = ParseGroupState(row.Text(4)).value_or(GroupState::kUnknown),
                     .reason = row.Text(5),
                     .epoch = Epoch(row.Integer(6)),
                     .cut_time = row.OptionalTime(7),
                     .last_successful_run_time = row.OptionalTime(8),
                     .staged_epoch = Epoch(row.Integer(25)),
                     .sync_time_to_region = row.OptionalTime(9),
                     .sync_time_in_region = row.OptionalTime(10),
                     .sync_start = row.OptionalTime(11),
                     .sync_end = row.OptionalTime(12),
                     .attempts = row.Integer(13),
                     .last_error = row.Text(14),
                     .last_error_kind = row.Text(40),
                     .last_error_where = PlaceOf(row),
                     .last_error_remedy = row.Text(15),
                     .failing_since = row.OptionalTime(16),
                     .failure_notified = row.Boolean(17),
                     .announced = row.Boolean(46),
                     .risk = RiskOf(row.Integer(20)),
                     .risk_text = row.Text(21),
                     .risk_remedy = row.Text(22),
                     .risk_notified = RiskOf(row.Integer(23)),
                     .files_may_vanish = row.OptionalTime(24),
                     .clocks = ClocksOf(row),
                     .waiting_since = row.OptionalTime(26),
                     .restaging = row.Text(27),
                     .phase = row.Text(41),
                     .progress = {.files = row.Integer(28),
                                  .files_total = row.Integer(29),
                                  .bytes = row.Integer(30),
                                  .bytes_total = row.Integer(31)},
                     .alive = row.OptionalTime(32),
                     .by_passes = row.Boolean(33),
                     .owner_id = row.Text(42),
                     .mail_trouble = row.Text(39),
                     .paused = PauseOf(row),
                     .torn_since = row.OptionalTime(50),
                     .torn = row.OptionalDuration(51),
                     .resumed_bytes = row.Integer(52),
                     .created = row.Time(18),
                     .updated = row.Time(19)};
}

Result<std::vector<GroupRecord>> Collect(const Database& database, Statement select) {
  std::vector<GroupRecord> records;
  while (true) {
    LF_TRY(const bool row, select.Next());
    if (!row) return records;
    GroupRecord record = GroupOf(select);
    LF_TRY(record.workflows, ReadNames(database, record, "workflow"));
    LF_TRY(record.tables, ReadNames(database, record, "table"));
    LF_TRY(record.relocated, ReadRelocated(database, record));
    LF_TRY(record.resync, ReadAskedWhole(database, record));
    records.push_back(std::move(record));
  }
}

}  // namespace

Status WriteGroup(const Database& database, const GroupRecord& record) {
  // Replacing the row deletes its names with it.
  Statement insert = database.Prepare(kInsertGroup);
  insert.Bind(RoleName(record.role)).Bind(record.group).Bind(record.workspace).Bind(record.validated);
  insert.Bind(GroupStateName(record.state)).Bind(record.reason).Bind(record.epoch.value()).Bind(record.cut_time);
  insert.Bind(record.last_successful_run_time).Bind(record.sync_time_to_region).Bind(record.sync_time_in_region);
  insert.Bind(record.sync_start).Bind(record.sync_end).Bind(record.attempts).Bind(record.last_error);
  insert.Bind(record.last_error_remedy).Bind(record.failing_since).Bind(record.failure_notified);
  insert.Bind(record.created).Bind(record.updated);
  insert.Bind(static_cast<int64_t>(record.risk)).Bind(record.risk_text).Bind(record.risk_remedy);
  insert.Bind(static_cast<int64_t>(record.risk_notified)).Bind(record.files_may_vanish);
  insert.Bind(record.staged_epoch.value()).Bind(record.waiting_since).Bind(record.restaging);
  insert.Bind(record.progress.files).Bind(record.progress.files_total);
  insert.Bind(record.progress.bytes).Bind(record.progress.bytes_total);
  insert.Bind(record.alive).Bind(record.by_passes);
  insert.Bind(record.clocks.store_skew).Bind(record.clocks.runs_skew).Bind(record.clocks.margin);
  insert.Bind(record.clocks.margin_measured).Bind(record.clocks.compared_at).Bind(record.mail_trouble);
  insert.Bind(record.last_error_kind).Bind(record.phase).Bind(record.owner_id);
  BindPlace(record.last_error_where, insert);
  const Pause paused = record.paused.value_or(Pause{});
  insert.Bind(record.announced).Bind(record.paused ? std::optional(paused.since) : std::nullopt);
  insert.Bind(paused.by).Bind(paused.why).Bind(record.torn_since).Bind(record.torn).Bind(record.resumed_bytes);
  LF_TRY_OK(insert.Run());
  LF_TRY_OK(WriteNames(database, record, "workflow", record.workflows));
  LF_TRY_OK(WriteNames(database, record, "table", record.tables));
  LF_TRY_OK(WriteAskedWhole(database, record));
  return WriteRelocated(database, record);
}

Result<std::optional<GroupRecord>> ReadGroup(const Database& database, Role role, const std::string& group) {
  Statement select = database.Prepare(std::string(kSelectGroups) + "WHERE role = ? AND group_name = ?");
  select.Bind(RoleName(role)).Bind(std::string_view(group));
  LF_TRY(auto records, Collect(database, std::move(select)));
  if (records.empty()) return std::optional<GroupRecord>();
  return std::optional<GroupRecord>(std::move(records.front()));
}

Result<std::vector<GroupRecord>> ReadGroups(const Database& database) {
  // "sender" before "receiver", as the enumeration has them.
  return Collect(database, database.Prepare(std::string(kSelectGroups) + "ORDER BY role DESC, group_name"));
}

}  // namespace lakeferry::sqlite
