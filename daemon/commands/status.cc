#include <algorithm>

#include "daemon/commands/commands.h"
#include "daemon/log_sink.h"

namespace lakeferry {
namespace {

// The receiver where it has ever worked: its state is what counts for whoever needs the replica.
Role RecordedRole(const std::vector<GroupRecord>& records) {
  return std::ranges::count(records, Role::kReceiver, &GroupRecord::role) > 0 ? Role::kReceiver : Role::kSender;
}

// So many epochs tell a group's rhythm.
constexpr int64_t kEpochsLookedAt = 50;

Result<PastByGroup> ReadPast(World& world, Role role, const std::vector<plan::GroupSpec>& groups) {
  PastByGroup past;
  for (const plan::GroupSpec& group : groups) {
    LF_TRY(const std::vector<EpochRecord> epochs,
           world.Run(world.env().state.Epochs(role, group.name, kEpochsLookedAt)));
    past.emplace(group.name, PastOf(epochs));
  }
  return past;
}

}  // namespace

Result<int> RunStatus(Invocation& invocation, const StatusOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<plan::GroupSpec> groups, SelectGroups(config, options.group));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<World> world, World::Make(config, log, StateUse::kLook));
  LF_TRY(const std::vector<GroupRecord> records, world->Run(world->env().state.Groups()));
  const Role role = ChosenRole(options.role, config).value_or(RecordedRole(records));
  LF_TRY(const PastByGroup past, ReadPast(*world, role, groups));
  const StatusReport report = MakeStatus(role, world->env().clock.WallTime(), groups, records, past);
  Print(invocation, report);
  const bool alarm =
      std::ranges::any_of(report.groups, [](const GroupStatus& group) { return group.judgement.alarm.has_value(); });
  return options.check && alarm ? kExitNotInSync : kExitDone;
}

}  // namespace lakeferry
