#include "engine/inquire/verifier.h"

#include "daemon/commands/commands.h"
#include "daemon/commands/each_group.h"
#include "daemon/config/load_config.h"
#include "daemon/output/verify_output.h"
#include "daemon/wiring/log_sink.h"
#include "daemon/wiring/progress_bar.h"
#include "engine/group/table_lookup.h"

namespace lakeferry {
namespace {

std::optional<ProgressSample> SampleOf(const plan::GroupSpec& group, const engine::Verifier& verifier) {
  if (verifier.progress().files == 0) return std::nullopt;
  return ProgressSample{.what = group.name + ": verifying", .work = verifier.progress()};
}

}  // namespace

Result<int> RunVerify(Invocation& invocation, const VerifyOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<plan::GroupSpec> groups, SelectGroups(config, options.group));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring, Wiring::Make(config, log, StateUse::kLook));
  const Role side = options.source ? Role::kSender : Role::kReceiver;
  const auto verify = [&](const plan::GroupSpec& configured) -> Result<engine::VerifyReport> {
    LF_TRY(const plan::GroupSpec group, wiring->Run(engine::LookUpTables({}, wiring->env(), configured, side)));
    engine::Verifier verifier(wiring->env(), group);
    const ProgressBar bar(wiring->engine().get_executor(), wiring->env().clock,
                          [&] { return SampleOf(group, verifier); });
    return wiring->Run(options.source ? verifier.VerifySource({}) : verifier.Verify({}, options.deep));
  };
  const auto answers = AskEachGroup<engine::VerifyReport>(config, groups, verify);
  Print(invocation, answers);
  ExitCode worst = WorstOf(answers);
  for (const auto& answer : answers) {
    if (answer.result && !answer.result->ok) worst = Worse(worst, kExitNotInSync);
  }
  return worst;
}

}  // namespace lakeferry
