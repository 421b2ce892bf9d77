#include <algorithm>

#include "daemon/commands/commands.h"
#include "daemon/config/load_config.h"
#include "daemon/output/status_output.h"
#include "daemon/wiring/log_sink.h"
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

Result<int> RunStatus(Invocation& invocation, const StatusOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<plan::GroupSpec> groups, SelectGroups(config, options.group));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring, Wiring::Make(config, log, StateUse::kLook));
  LF_TRY(const std::vector<GroupRecord> records, wiring->Run(wiring->env().state.Groups({})));
  const std::optional<Role> chosen = ChosenRole(options.role, config);
  const Role role = chosen.value_or(RecordedRole(records));
  LF_TRY(StatusReport report, ReportOf(role, *wiring, config, groups, records));
  if (!chosen && role == Role::kReceiver && Knows(records, Role::kSender)) {
    LF_TRY(const StatusReport sender, ReportOf(Role::kSender, *wiring, config, groups, records));
    AddAlarmsOf(sender, report);
  }
  Print(invocation, report);
  return options.check && VerdictOf(report) == Verdict::kAlarm ? kExitNotInSync : kExitDone;
}

}  // namespace lakeferry
