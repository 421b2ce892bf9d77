#include "daemon/commands/commands.h"
#include "daemon/config/load_config.h"
#include "daemon/output/history_output.h"
#include "daemon/wiring/log_sink.h"

namespace lakeferry {
namespace {

// The account of the role that was chosen, else the receiver's where it has one.
Result<HistoryReport> HistoryOf(const std::string& group, std::optional<Role> role, int64_t limit, Wiring& wiring) {
  HistoryReport report{.group = group, .role = role.value_or(Role::kReceiver), .epochs = {}};
  LF_TRY(report.epochs, wiring.Run(wiring.env().state.Epochs({}, report.role, group, limit)));
  if (report.epochs.empty() && !role) {
    report.role = Role::kSender;
    LF_TRY(report.epochs, wiring.Run(wiring.env().state.Epochs({}, report.role, group, limit)));
  }
  LF_TRY(report.instructions, wiring.Run(wiring.env().state.Instructions({}, report.role, group, limit)));
  return report;
}

}  // namespace

Result<int> RunHistory(Invocation& invocation, const HistoryOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<plan::GroupSpec> groups, SelectGroups(config, options.group));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring, Wiring::Make(config, log, StateUse::kLook));
  std::vector<HistoryReport> reports;
  for (const plan::GroupSpec& group : groups) {
    LF_TRY(HistoryReport report, HistoryOf(group.name, ChosenRole(options.role, config), options.limit, *wiring));
    reports.push_back(std::move(report));
  }
  if (options.group.empty()) {
    Print(invocation, reports);
  } else {
    Print(invocation, reports.front());
  }
  return kExitDone;
}

}  // namespace lakeferry
