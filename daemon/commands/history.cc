#include "daemon/commands/commands.h"
#include "daemon/log_sink.h"

namespace lakeferry {
namespace {

struct HistoryOptions {
  std::string group;
  std::string role;
  int64_t limit = 100;
};

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

}  // namespace

void AddHistoryCommand(CLI::App& app, Invocation& invocation) {
  AddCommand<HistoryOptions>(
      app, invocation, "history", "past epochs of a group with bytes, files and seconds, newest first",
      [](CLI::App& command, HistoryOptions& options) {
        command.add_option("group", options.group, "the group")->type_name("GROUP")->required();
        command.add_option("--limit", options.limit, "at most so many epochs")
            ->check(CLI::Range(int64_t{1}, int64_t{1'000'000}))
            ->capture_default_str();
        AddRoleOption(command, options.role);
      },
      RunHistory);
}

}  // namespace lakeferry
