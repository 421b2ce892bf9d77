#include <fmt/format.h>

#include "state/records.h"

namespace lakeferry::sqlite {

Status WriteRun(const Database& database, const Run& run) {
  Statement insert = database.Prepare(
      "INSERT OR REPLACE INTO runs (workflow, run_id, start_time, end_time, state) VALUES (?, ?, ?, ?, ?)");
  insert.Bind(run.workflow).Bind(run.run_id).Bind(run.start).Bind(run.end).Bind(RunStateName(run.state));
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
      "SELECT run_id, start_time, end_time, state FROM runs "
      "WHERE workflow = ? AND (end_time IS NULL OR end_time >= ?) ORDER BY start_time, run_id");
  select.Bind(std::string_view(workflow)).Bind(since);
  std::vector<Run> runs;
  while (true) {
    LF_TRY(const bool row, select.Next());
    if (!row) return runs;
    const std::string state_name = select.Text(3);
    const auto state = ParseRunState(state_name);
    if (!state) {
      return Fail(ErrorCode::kCorruptData, fmt::format("the metadata store has a run of state '{}'", state_name),
                  database.path(), "move it away; it is rebuilt");
    }
    runs.push_back({.workflow = workflow,
                    .run_id = select.Text(0),
                    .start = select.Time(1),
                    .end = select.OptionalTime(2),
                    .state = *state});
  }
}

}  // namespace lakeferry::sqlite
