#include <fmt/format.h>

#include "state/records.h"

namespace lakeferry::sqlite {

namespace {

Result<Run> RunOf(const Database& database, const Statement& row, const std::string& workflow) {
  const std::string state_name = row.Text(3);
  const auto state = ParseRunState(state_name);
  if (!state) {
    return Fail(ErrorCode::kCorruptData, fmt::format("the metadata store has a run of state '{}'", state_name),
                database.path(),
                "move it away; it is rebuilt, but for runs entered by hand: keep it until those are entered again");
  }
  return Run{.workflow = workflow,
             .run_id = row.Text(0),
             .start = row.Time(1),
             .end = row.OptionalTime(2),
             .state = *state,
             .end_slack = row.Duration(4)};
}

}  // namespace

Status WriteRun(const Database& database, const Run& run) {
  Statement insert = database.Prepare(
      "INSERT OR REPLACE INTO runs (workflow, run_id, start_time, end_time, state, end_slack) VALUES (?, ?, ?, ?, ?, "
      "?)");
  insert.Bind(run.workflow).Bind(run.run_id).Bind(run.start).Bind(run.end).Bind(RunStateName(run.state));
  insert.Bind(run.end_slack);
  return insert.Run();
}

Status WriteRemoval(const Database& database, const RunRemoval& removal) {
  Statement remove = database.Prepare("DELETE FROM runs WHERE workflow = ? AND run_id = ?");
  remove.Bind(removal.run.workflow).Bind(removal.run.run_id);
  LF_TRY_OK(remove.Run());
  Statement insert = database.Prepare(
      "INSERT INTO run_removals (workflow, run_id, start_time, end_time, state, end_slack, removed_by, why, removed, "
      "cut_into) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const Run& run = removal.run;
  insert.Bind(run.workflow).Bind(run.run_id).Bind(run.start).Bind(run.end).Bind(RunStateName(run.state));
  insert.Bind(run.end_slack).Bind(removal.by).Bind(removal.why).Bind(removal.removed).Bind(removal.cut_into);
  return insert.Run();
}

Status WriteJournal(const Database& database, const JournalEntry& entry) {
  if (entry.content.empty()) {
    Statement erase = database.Prepare("DELETE FROM journals WHERE group_name = ?");
    erase.Bind(entry.group);
    return erase.Run();
  }
  Statement insert = database.Prepare("INSERT OR REPLACE INTO journals (group_name, content) VALUES (?, ?)");
  insert.Bind(entry.group).Bind(entry.content);
  return insert.Run();
}

Result<std::string> ReadJournal(const Database& database, const std::string& group) {
  Statement select = database.Prepare("SELECT content FROM journals WHERE group_name = ?");
  select.Bind(std::string_view(group));
  LF_TRY(const bool row, select.Next());
  return row ? select.Text(0) : std::string();
}

Result<std::vector<Run>> ReadRuns(const Database& database, const std::string& workflow, TimeMs since) {
  Statement select = database.Prepare(
      "SELECT run_id, start_time, end_time, state, end_slack FROM runs "
      "WHERE workflow = ? AND (end_time IS NULL OR end_time >= ?) ORDER BY start_time, run_id");
  select.Bind(std::string_view(workflow)).Bind(since);
  std::vector<Run> runs;
  while (true) {
    LF_TRY(const bool row, select.Next());
    if (!row) return runs;
    LF_TRY(Run run, RunOf(database, select, workflow));
    runs.push_back(std::move(run));
  }
}

Result<std::vector<RunRemoval>> ReadRemovals(const Database& database, const std::string& workflow) {
  Statement select = database.Prepare(
      "SELECT run_id, start_time, end_time, state, end_slack, removed_by, why, removed, cut_into FROM run_removals "
      "WHERE workflow = ? ORDER BY number");
  select.Bind(std::string_view(workflow));
  std::vector<RunRemoval> removals;
  while (true) {
    LF_TRY(const bool row, select.Next());
    if (!row) return removals;
    LF_TRY(Run run, RunOf(database, select, workflow));
    removals.push_back({.run = std::move(run),
                        .by = select.Text(5),
                        .why = select.Text(6),
                        .removed = select.Time(7),
                        .cut_into = select.Text(8)});
  }
}

}  // namespace lakeferry::sqlite
