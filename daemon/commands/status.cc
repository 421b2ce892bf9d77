#include <algorithm>

#include "daemon/commands/commands.h"
#include "daemon/config/load_config.h"
#include "daemon/output/status_output.h"
#include "daemon/wiring/log_sink.h"
#include "plan/group/past_epochs.h"

namespace lakeferry {
namespace {

bool Knows(const std::vector<GroupRecord>& records, Role role) {
  return std::ranges::find(records, role, &GroupRecord::role) != records.end();
}

// The receiver where it has ever worked: its state is what counts for whoever needs the replica.
Role RecordedRole(const std::vector<GroupRecord>& records) {
  return Knows(records, Role::kReceiver) ? Role::kReceiver : Role::kSender;
}

Result<StatusReport> ReportOf(Role role, Wiring& wiring, const std::vector<plan::GroupSpec>& groups,
                              const std::vector<GroupRecord>& records) {
  PastByGroup past;
  for (const plan::GroupSpec& group : groups) {
    LF_TRY(const std::vector<EpochRecord> epochs,
           wiring.Run(wiring.env().state.Epochs({}, role, group.name, plan::kEpochsOfRhythm)));
    past.emplace(group.name, plan::PastOf(epochs));
  }
  StatusReport report = MakeStatus(role, wiring.env().clock.WallTime(), groups, records, past);
  for (GroupStatus& group : report.groups) {
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
  LF_TRY(StatusReport report, ReportOf(role, *wiring, groups, records));
  if (!chosen && role == Role::kReceiver && Knows(records, Role::kSender)) {
    LF_TRY(const StatusReport sender, ReportOf(Role::kSender, *wiring, groups, records));
    AddAlarmsOf(sender, report);
  }
  Print(invocation, report);
  const bool alarm =
      std::ranges::any_of(report.groups, [](const GroupStatus& group) { return group.judgement.alarm.has_value(); });
  return options.check && alarm ? kExitNotInSync : kExitDone;
}

}  // namespace lakeferry
