#include <fmt/format.h>

#include "state/records.h"

namespace lakeferry::sqlite {

Status AddNotice(const Database& database, const Notice& notice) {
  Statement insert = database.Prepare(
      "INSERT OR IGNORE INTO notices (id, channel, incident, created, attempts, next, arrived, error, role) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.Bind(notice.id).Bind(notice.channel).Bind(notice.incident).Bind(notice.created).Bind(notice.attempts);
  insert.Bind(notice.next).Bind(notice.arrived).Bind(notice.error).Bind(RoleName(notice.role));
  return insert.Run();
}

Status ChangeNotice(const Database& database, const Notice& notice) {
  Statement change = database.Prepare("UPDATE notices SET attempts = ?, next = ?, arrived = ?, error = ? WHERE id = ?");
  change.Bind(notice.attempts).Bind(notice.next).Bind(notice.arrived).Bind(notice.error).Bind(notice.id);
  return change.Run();
}

Status EraseNotice(const Database& database, const std::string& id) {
  Statement erase = database.Prepare("DELETE FROM notices WHERE id = ?");
  erase.Bind(std::string_view(id));
  return erase.Run();
}

Result<std::vector<Notice>> ReadNotices(const Database& database) {
  Statement select = database.Prepare(
      "SELECT id, channel, incident, created, attempts, next, arrived, error, role FROM notices ORDER BY created, id");
  std::vector<Notice> notices;
  while (true) {
    LF_TRY(const bool row, select.Next());
    if (!row) return notices;
    notices.push_back({.id = select.Text(0),
                       .channel = select.Text(1),
                       .role = select.Text(8) == RoleName(Role::kSender) ? Role::kSender : Role::kReceiver,
                       .incident = select.Text(2),
                       .created = select.Time(3),
                       .attempts = select.Integer(4),
                       .next = select.OptionalTime(5),
                       .arrived = select.OptionalTime(6),
                       .error = select.Text(7)});
  }
}

Status WriteInstruction(const Database& database, const Instruction& instruction) {
  Statement insert = database.Prepare(
      "INSERT INTO instructions (kind, role, group_name, table_name, given_by, why, given) VALUES (?, ?, ?, ?, ?, ?, "
      "?)");
  insert.Bind(InstructionName(instruction.kind)).Bind(RoleName(instruction.role)).Bind(instruction.group);
  insert.Bind(instruction.table).Bind(instruction.by).Bind(instruction.why).Bind(instruction.given);
  return insert.Run();
}

// What a newer program wrote and this one does not know is passed over: it is there for people.
Result<std::vector<Instruction>> ReadInstructions(const Database& database, Role role, const std::string& group,
                                                  int64_t limit) {
  Statement select = database.Prepare(
      "SELECT kind, table_name, given_by, why, given FROM instructions WHERE role = ? AND group_name = ? "
      "ORDER BY number DESC LIMIT ?");
  select.Bind(RoleName(role)).Bind(std::string_view(group)).Bind(limit);
  std::vector<Instruction> instructions;
  while (true) {
    LF_TRY(const bool row, select.Next());
    if (!row) return instructions;
    const auto kind = ParseInstruction(select.Text(0));
    if (!kind) continue;
    instructions.push_back({.kind = *kind,
                            .role = role,
                            .group = group,
                            .table = select.Text(1),
                            .by = select.Text(2),
                            .why = select.Text(3),
                            .given = select.Time(4)});
  }
}

}  // namespace lakeferry::sqlite
