#include "daemon/commands/status_report.h"

#include <algorithm>

#include "daemon/inquiry/status_inquiry.h"
#include "state/role_lock.h"

namespace lakeferry {
namespace {

bool Knows(const std::vector<GroupRecord>& records, Role role) {
  return std::ranges::find(records, role, &GroupRecord::role) != records.end();
}

// The receiver where it has ever worked: its state is what counts for whoever needs the replica.
Role RecordedRole(const std::vector<GroupRecord>& records) {
  return Knows(records, Role::kReceiver) ? Role::kReceiver : Role::kSender;
}

RoleProcess ProcessOf(Role role, const Config& config) {
  const std::optional<RoleHolder> holder = RoleLock::Look(config.metadata_store, role);
  if (!holder) return {};
  return {.runs = holder->held, .number = holder->process};
}

Result<StatusReport> ReportOf(Role role, Wiring& wiring, const Config& config,
                              const std::vector<plan::GroupSpec>& groups, const std::vector<GroupRecord>& records) {
  PastOfGroups past;
  return wiring.Run(StatusOf(wiring.env().state, wiring.env().zones, past,
                             {.role = role,
                              .groups = groups,
                              .bandwidth = wiring.env().limits.bandwidth,
                              .process = ProcessOf(role, config),
                              .now = wiring.env().clock.WallTime()},
                             records));
}

}  // namespace

Result<StatusReport> ReadStatus(std::optional<Role> chosen, Wiring& wiring, const Config& config,
                                const std::vector<plan::GroupSpec>& groups) {
  LF_TRY(const std::vector<GroupRecord> records, wiring.Run(wiring.env().state.Groups({})));
  const Role role = chosen.value_or(RecordedRole(records));
  LF_TRY(StatusReport report, ReportOf(role, wiring, config, groups, records));
  LF_TRY(const std::vector<Notice> notices, wiring.Run(wiring.env().state.Notices({})));
  AddNotices(notices, report);
  if (chosen || role != Role::kReceiver || !Knows(records, Role::kSender)) return report;
  LF_TRY(const StatusReport sender, ReportOf(Role::kSender, wiring, config, groups, records));
  AddAlarmsOf(sender, report);
  return report;
}

}  // namespace lakeferry
