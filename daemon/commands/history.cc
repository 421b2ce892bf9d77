#include "daemon/commands/commands.h"
#include "daemon/config/load_config.h"
#include "daemon/inquiry/status_inquiry.h"
#include "daemon/output/history_output.h"
#include "daemon/wiring/log_sink.h"

namespace lakeferry {
namespace {

// The account of the role that was chosen, else the receiver's where it has one.
Result<HistoryReport> ReportOf(const std::string& group, std::optional<Role> role, int64_t limit, Wiring& wiring) {
  LF_TRY(HistoryReport report, wiring.Run(HistoryOf(wiring.env().state, role.value_or(Role::kReceiver), group, limit)));
  if (!report.epochs.empty() || role) return report;
  return wiring.Run(HistoryOf(wiring.env().state, Role::kSender, group, limit));
}

}  // namespace

Result<int> RunHistory(Invocation& invocation, const HistoryOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<plan::GroupSpec> groups, SelectGroups(config, options.group));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring, Wiring::Make(config, log, StateUse::kLook));
  std::vector<HistoryReport> reports;
  for (const plan::GroupSpec& group : groups) {
    LF_TRY(HistoryReport report, ReportOf(group.name, ChosenRole(options.role, config), options.limit, *wiring));
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
