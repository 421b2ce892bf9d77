#include "engine/inquire/verifier.h"

#include <algorithm>

#include "daemon/commands/commands.h"
#include "daemon/config/load_config.h"
#include "daemon/wiring/log_sink.h"

namespace lakeferry {
Result<int> RunVerify(Invocation& invocation, const VerifyOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<plan::GroupSpec> groups, SelectBuiltGroups(config, options.group));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring, Wiring::Make(config, log, StateUse::kLook));
  std::vector<engine::VerifyReport> reports;
  for (const plan::GroupSpec& group : groups) {
    engine::Verifier verifier(wiring->env(), group);
    LF_TRY(engine::VerifyReport report,
           wiring->Run(options.source ? verifier.VerifySource({}) : verifier.Verify({}, options.deep)));
    reports.push_back(std::move(report));
  }
  Print(invocation, reports);
  return std::ranges::all_of(reports, &engine::VerifyReport::ok) ? kExitDone : kExitNotInSync;
}

}  // namespace lakeferry
