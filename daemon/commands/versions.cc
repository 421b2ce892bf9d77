#include "daemon/commands/commands.h"
#include "daemon/commands/each_group.h"
#include "daemon/config/load_config.h"
#include "daemon/wiring/log_sink.h"
#include "engine/inquire/version_survey.h"

namespace lakeferry {
namespace {

Task<Result<engine::VersionsReport>> Survey(Call call, const engine::Environment& env, const plan::GroupSpec& group) {
  engine::VersionsReport report = co_await engine::SurveyVersions(call, env, group);
  co_return report;
}

}  // namespace

Result<int> RunVersions(Invocation& invocation, const VersionsOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<plan::GroupSpec> groups, SelectGroups(config, options.group));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring, Wiring::Make(config, log, StateUse::kLook));
  const auto answers = AskEachGroup<engine::VersionsReport>(
      config, groups, [&](const plan::GroupSpec& group) { return wiring->Run(Survey({}, wiring->env(), group)); });
  Print(invocation, answers);
  return WorstOf(answers);
}

}  // namespace lakeferry
