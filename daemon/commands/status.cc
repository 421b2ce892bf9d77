#include "daemon/commands/commands.h"
#include "daemon/commands/status_report.h"
#include "daemon/wiring/log_sink.h"

namespace lakeferry {

Result<int> RunStatus(Invocation& invocation, const StatusOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<plan::GroupSpec> groups, SelectGroups(config, options.group));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring, Wiring::Make(config, log, StateUse::kLook));
  LF_TRY(const StatusReport report, ReadStatus(ChosenRole(options.role, config), *wiring, config, groups));
  Print(invocation, report);
  return options.check && VerdictOf(report) == Verdict::kAlarm ? kExitNotInSync : kExitDone;
}

}  // namespace lakeferry
