#include "daemon/service/service.h"

#include <boost/asio/this_coro.hpp>
#include <memory>

#include "daemon/commands/commands.h"
#include "daemon/config/load_config.h"
#include "engine/run/replicator.h"

namespace lakeferry {
namespace {

// The replicator is made once the engine runs it, because it lives on the executor it is run on.
struct LateReplicator {
  const engine::Environment& env;
  Role role;
  std::vector<plan::GroupSpec> groups;
  std::unique_ptr<engine::Replicator> made;
};

Task<engine::Replicator*> Make(LateReplicator& late) {
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  late.made = std::make_unique<engine::Replicator>(executor, late.env, late.role, late.groups);
  co_return late.made.get();
}

Task<Status> RunOnce(Call call, std::shared_ptr<LateReplicator> late) {
  engine::Replicator* replicator = co_await Make(*late);
  const std::vector<engine::GroupOutcome> outcomes = co_await replicator->RunOnce(call);
  for (const engine::GroupOutcome& outcome : outcomes) {
    if (!outcome.result) co_return FailAt(outcome.result.error(), "group " + outcome.group);
  }
  co_return Status();
}

Task<void> RunUntilStopped(Call call, std::shared_ptr<LateReplicator> late) {
  engine::Replicator* replicator = co_await Make(*late);
  co_await replicator->Run(call);
}

service::ServiceEngine MakeEngine(const engine::Environment& env, Role role, std::vector<plan::GroupSpec> groups) {
  const std::shared_ptr<LateReplicator> late(
      new LateReplicator{.env = env, .role = role, .groups = std::move(groups), .made = nullptr});
  return {.run_once = [late](std::stop_token stop) { return RunOnce(Call{.stop = std::move(stop)}, late); },
          .run = [late](std::stop_token stop) { return RunUntilStopped(Call{.stop = std::move(stop)}, late); },
          .reload =
              [late](std::vector<plan::GroupSpec> changed) {
                if (late->made) {
                  late->made->Reload(std::move(changed));
                } else {
                  late->groups = std::move(changed);
                }
              },
          .status_line = [late] { return late->made ? late->made->StatusLine() : std::string("starting"); }};
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
