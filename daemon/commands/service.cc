#include "daemon/service/service.h"

#include <memory>
#include <utility>
#include <vector>

#include "daemon/commands/commands.h"
#include "daemon/commands/exit_code.h"
#include "daemon/config/load_config.h"
#include "engine/run/replicator.h"

namespace lakeferry {
namespace {

// Groups that this build cannot run: they fail as well, and the others do not wait for them.
std::vector<GroupFailure> UnbuiltOf(const Config& config) {
  std::vector<GroupFailure> failures;
  for (const plan::GroupSpec& group : config.groups) {
    const Status built = CheckBuilt(config, group.name);
    if (!built) failures.push_back({.group = group.name, .error = built.error()});
  }
  return failures;
}

Task<Status> RunOnce(Call call, std::shared_ptr<engine::Replicator> replicator, std::vector<GroupFailure> failures) {
  const size_t unbuilt = failures.size();
  const std::vector<engine::GroupOutcome> outcomes = co_await replicator->RunOnce(call);
  for (const engine::GroupOutcome& outcome : outcomes) {
    if (!outcome.result) failures.push_back({.group = outcome.group, .error = outcome.result.error()});
  }
  if (failures.empty()) co_return Status();
  co_return std::unexpected(AsOneError(failures, outcomes.size() + unbuilt));
}

service::ServiceEngine MakeEngine(boost::asio::any_io_executor executor, const engine::Environment& env,
                                  std::vector<plan::Duty> duties, std::vector<GroupFailure> unbuilt) {
  const auto replicator = std::make_shared<engine::Replicator>(std::move(executor), env, std::move(duties));
  return {.run_once = [replicator, unbuilt](Call call) { return RunOnce(std::move(call), replicator, unbuilt); },
          .run = [replicator](Call call) { return replicator->Run(std::move(call)); },
          .reload = [replicator](std::vector<plan::Duty> changed) { replicator->Reload(std::move(changed)); },
          .sync = [replicator](std::vector<std::string> groups,
                               engine::Claim claim) { return replicator->SyncNow(std::move(groups), claim); },
          .instruct = [replicator](Instruction instruction) { return replicator->Instruct(std::move(instruction)); },
          .snapshot = [replicator] { return replicator->Snapshot(); }};
}

Result<int> RunRole(Role role, Invocation& invocation, const ServiceOptions& options) {
  LF_TRY(Config config, LoadConfig(invocation));
  const auto make_engine = [unbuilt = UnbuiltOf(config)](boost::asio::any_io_executor executor,
                                                         const engine::Environment& env,
                                                         std::vector<plan::Duty> duties) {
    return MakeEngine(std::move(executor), env, std::move(duties), unbuilt);
  };
  LF_TRY_OK(service::RunService({.config_path = invocation.options.config_path,
                                 .config = std::move(config),
                                 .role = role,
                                 .once = options.once,
                                 .verbose = invocation.options.verbose},
                                make_engine));
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
