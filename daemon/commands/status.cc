#include <algorithm>

#include "daemon/commands/commands.h"
#include "daemon/log_sink.h"

namespace lakeferry {
namespace {

struct StatusOptions {
  std::string group;
  std::string role;
  bool check = false;
};

// The receiver where it has ever worked: its state is what counts for whoever needs the replica.
Role RecordedRole(const std::vector<GroupRecord>& records) {
  return std::ranges::count(records, Role::kReceiver, &GroupRecord::role) > 0 ? Role::kReceiver : Role::kSender;
}

Result<int> RunStatus(Invocation& invocation, const StatusOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<plan::GroupSpec> groups, SelectGroups(config, options.group));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<World> world, World::Make(config, log, StateUse::kLook));
  LF_TRY(const std::vector<GroupRecord> records, world->Run(world->env().state.Groups()));
  const Role role = ChosenRole(options.role, config).value_or(RecordedRole(records));
  const StatusReport report = MakeStatus(role, world->env().clock.WallTime(), groups, records);
  Print(invocation, report);
  const bool alarm =
      std::ranges::any_of(report.groups, [](const GroupStatus& group) { return group.alarm.has_value(); });
  return options.check && alarm ? kExitNotInSync : kExitDone;
}

}  // namespace

void AddStatusCommand(CLI::App& app, Invocation& invocation) {
  AddCommand<StatusOptions>(
      app, invocation, "status", "state, epoch, lag and last error of each group",
      [](CLI::App& command, StatusOptions& options) {
        command.add_option("group", options.group, "this group alone")->type_name("GROUP");
        command.add_flag(
            "--check", options.check,
            "exit with 4 when a group is failed, held, diverged or at risk, or lags more than two intervals");
        AddRoleOption(command, options.role);
      },
      RunStatus);
}

}  // namespace lakeferry
