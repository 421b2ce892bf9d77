#include "daemon/commands/commands.h"
#include "daemon/log_sink.h"

namespace lakeferry {
Result<int> RunHistory(Invocation& invocation, const HistoryOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<plan::GroupSpec> groups, SelectGroups(config, options.group));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<World> world, World::Make(config, log, StateUse::kLook));
  HistoryReport report{
      .group = groups.front().name, .role = ChosenRole(options.role, config).value_or(Role::kReceiver), .epochs = {}};
  LF_TRY(report.epochs, world->Run(world->env().state.Epochs(report.role, report.group, options.limit)));
  if (report.epochs.empty() && !ChosenRole(options.role, config)) {
    report.role = Role::kSender;
    LF_TRY(report.epochs, world->Run(world->env().state.Epochs(report.role, report.group, options.limit)));
  }
  Print(invocation, report);
  return kExitDone;
}

}  // namespace lakeferry
