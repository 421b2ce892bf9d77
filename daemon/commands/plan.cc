#include "daemon/commands/commands.h"
#include "daemon/config/load_config.h"
#include "daemon/wiring/log_sink.h"
#include "engine/send/group_sender.h"

namespace lakeferry {
Result<int> RunPlan(Invocation& invocation, const PlanOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<plan::GroupSpec> groups, SelectBuiltGroups(config, options.group));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring, Wiring::Make(config, log, StateUse::kLook));
  std::vector<engine::PlanReport> reports;
  for (const plan::GroupSpec& group : groups) {
    engine::GroupSender sender(wiring->env(), group);
    LF_TRY(engine::PlanReport report, wiring->Run(sender.Plan({})));
    reports.push_back(std::move(report));
  }
  Print(invocation, reports);
  return kExitDone;
}

}  // namespace lakeferry
