#include "daemon/commands/status_report.h"

#include <algorithm>

#include "plan/group/past_epochs.h"
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

Result<plan::ByteRate> LimitOf(const plan::GroupSpec& group, const engine::Environment& env) {
  const TimeMs now = env.clock.WallTime();
  LF_TRY(const plan::ByteRate own, plan::LimitAt(group.bandwidth, now, env.zones));
  LF_TRY(const plan::ByteRate all, plan::LimitAt(env.limits.bandwidth, now, env.zones));
  return plan::LowerOf(own, all);
}

Result<StatusReport> ReportOf(Role role, Wiring& wiring, const Config& config,
                              const std::vector<plan::GroupSpec>& groups, const std::vector<GroupRecord>& records) {
  PastByGroup past;
  for (const plan::GroupSpec& group : groups) {
    LF_TRY(const std::vector<EpochRecord> epochs,
           wiring.Run(wiring.env().state.Epochs({}, role, group.name, plan::kEpochsOfRhythm)));
    past.emplace(group.name, plan::PastOf(epochs));
  }
  StatusReport report = MakeStatus(role, wiring.env().clock.WallTime(), groups, records, past, ProcessOf(role, config));
  for (GroupStatus& group : report.groups) {
    const auto spec = std::ranges::find(groups, group.record.group, &plan::GroupSpec::name);
    LF_TRY(group.bandwidth_limit, LimitOf(*spec, wiring.env()));
    LF_TRY(group.live_set_checks, wiring.Run(wiring.env().state.LiveSetChecks({}, role, group.record.group)));
  }
  return report;
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
