#include <fmt/format.h>

#include "state/records.h"

namespace lakeferry::sqlite {

Status WriteLiveSetCheck(const Database& database, const LiveSetCheck& check) {
  Statement insert = database.Prepare(
      "INSERT OR REPLACE INTO live_set_checks (role, group_name, table_name, epoch, version, result, reason, found, "
      "checked, "
      "worked_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.Bind(RoleName(check.role)).Bind(check.group).Bind(check.table).Bind(check.epoch.value());
  insert.Bind(check.version.value()).Bind(LiveSetResultName(check.result)).Bind(check.reason).Bind(check.found);
  insert.Bind(check.checked).Bind(check.worked_ms);
  return insert.Run();
}

Result<std::vector<LiveSetCheck>> ReadLiveSetChecks(const Database& database, Role role,
                                                    const std::optional<std::string>& group) {
  Statement select = database.Prepare(
      "SELECT table_name, epoch, version, result, reason, checked, worked_ms, found, group_name FROM live_set_checks "
      "WHERE role = ?1 AND (?2 IS NULL OR group_name = ?2) ORDER BY group_name, table_name");
  select.Bind(RoleName(role));
  if (group) {
    select.Bind(std::string_view(*group));
  } else {
    select.BindNull();
  }
  std::vector<LiveSetCheck> checks;
  while (true) {
    LF_TRY(const bool row, select.Next());
    if (!row) return checks;
    const std::string name = select.Text(3);
    const auto result = ParseLiveSetResult(name);
    if (!result) {
      return Fail(ErrorCode::kCorruptData,
                  fmt::format("the metadata store has a comparison of live sets that ended '{}'", name),
                  database.path(),
                  "move it away; it is rebuilt, but for runs entered by hand: keep it until those are entered again");
    }
    checks.push_back({.role = role,
                      .group = select.Text(8),
                      .table = select.Text(0),
                      .epoch = Epoch(select.Integer(1)),
                      .version = Version(select.Integer(2)),
                      .result = *result,
                      .reason = select.Text(4),
                      .found = select.Text(7),
                      .checked = select.Time(5),
                      .worked_ms = select.Integer(6)});
  }
}

}  // namespace lakeferry::sqlite
