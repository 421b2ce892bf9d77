#include "daemon/service/service.h"

#include <memory>
#include <utility>
#include <vector>

#include "daemon/commands/commands.h"
#include "daemon/config/load_config.h"
#include "engine/run/replicator.h"

namespace lakeferry {
namespace {

Task<Status> RunOnce(Call call, std::shared_ptr<engine::Replicator> replicator) {
  const std::vector<engine::GroupOutcome> outcomes = co_await replicator->RunOnce(call);
  for (const engine::GroupOutcome& outcome : outcomes) {
    if (!outcome.result) co_return FailAt(outcome.result.error(), "group " + outcome.group);
  }
  co_return Status();
}

service::ServiceEngine MakeEngine(boost::asio::any_io_executor executor, const engine::Environment& env,
                                  std::vector<plan::Duty> duties) {
  const auto replicator = std::make_shared<engine::Replicator>(std::move(executor), env, std::move(duties));
  return {.run_once = [replicator](Call call) { return RunOnce(std::move(call), replicator); },
          .run = [replicator](Call call) { return replicator->Run(std::move(call)); },
          .reload = [replicator](std::vector<plan::Duty> changed) { replicator->Reload(std::move(changed)); },
          .snapshot = [replicator] { return replicator->Snapshot(); }};
}

Result<int> RunRole(Role role, Invocation& invocation, const ServiceOptions& options) {
  LF_TRY(Config config, LoadConfig(invocation));
  LF_TRY_OK(service::RunService({.config_path = invocation.options.config_path,
                                 .config = std::move(config),
                                 .role = role,
                                 .once = options.once,
                                 .verbose = invocation.options.verbose},
                                MakeEngine));
  return kExitDone;
}

}  // namespace

Result<int> RunSender(Invocation& invocation, const ServiceOptions& options) {
  return RunRole(Role::kSender, invocation, options);
}

Result<int> RunReceiver(Invocation& invocation, const ServiceOptions& options) {
  return RunRole(Role::kReceiver, invocation, options);
}

}  // namespace lakeferry
