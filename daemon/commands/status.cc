#include <algorithm>

#include "daemon/commands/commands.h"
#include "daemon/log_sink.h"

namespace lakeferry {
namespace {

// The receiver where it has ever worked: its state is what counts for whoever needs the replica.
Role RecordedRole(const std::vector<GroupRecord>& records) {
  return std::ranges::count(records, Role::kReceiver, &GroupRecord::role) > 0 ? Role::kReceiver : Role::kSender;
}

}  // namespace

Result<int> RunStatus(Invocation& invocation, const StatusOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<plan::GroupSpec> groups, SelectGroups(config, options.group));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<World> world, World::Make(config, log, StateUse::kLook));
  LF_TRY(const std::vector<GroupRecord> records, world->Run(world->env().state.Groups()));
  const Role role = ChosenRole(options.role, config).value_or(RecordedRole(records));
  StatusReport report = MakeStatus(role, world->env().clock.WallTime(), groups, records);
  for (GroupStatus& group : report.groups) {
    LF_TRY(group.live_set_checks, world->Run(world->env().state.LiveSetChecks(role, group.record.group)));
  }
  Print(invocation, report);
  const bool alarm =
      std::ranges::any_of(report.groups, [](const GroupStatus& group) { return group.alarm.has_value(); });
  return options.check && alarm ? kExitNotInSync : kExitDone;
}

}  // namespace lakeferry
