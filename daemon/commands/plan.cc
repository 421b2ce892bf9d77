#include "daemon/commands/commands.h"
#include "daemon/commands/each_group.h"
#include "daemon/config/load_config.h"
#include "daemon/output/plan_output.h"
#include "daemon/wiring/log_sink.h"
#include "engine/send/group_sender.h"

namespace lakeferry {
Result<int> RunPlan(Invocation& invocation, const PlanOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<plan::GroupSpec> groups, SelectGroups(config, options.group));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring, Wiring::Make(config, log, StateUse::kLook));
  const auto answers = AskEachGroup<engine::PlanReport>(config, groups, [&](const plan::GroupSpec& group) {
    engine::GroupSender sender(wiring->env(), group);
    return wiring->Run(sender.Plan({}));
  });
  Print(invocation, answers);
  return WorstOf(answers);
}

}  // namespace lakeferry
