#include <algorithm>
#include <utility>

#include "daemon/commands/commands.h"
#include "daemon/config/load_config.h"
#include "daemon/output/sync_output.h"
#include "daemon/wiring/log_sink.h"
#include "engine/run/replicator.h"
#include "state/role_lock.h"

namespace lakeferry {
namespace {

using Outcomes = std::vector<engine::GroupOutcome>;

Task<Result<Outcomes>> RunPass(Call call, engine::Replicator& replicator) {
  Outcomes outcomes = co_await replicator.RunOnce(std::move(call));
  co_return outcomes;
}

// This side's roles: the one that was chosen, else the only one that the metadata store knows, else both.
Result<std::vector<Role>> RolesOf(const SyncOptions& options, const Config& config, Wiring& wiring) {
  std::vector<Role> both{Role::kSender, Role::kReceiver};
  if (const auto chosen = ChosenRole(options.role, config)) return std::vector{*chosen};
  LF_TRY(const std::vector<GroupRecord> records, wiring.Run(wiring.env().state.Groups({})));
  const auto receivers = std::ranges::count(records, Role::kReceiver, &GroupRecord::role);
  if (records.empty() || (receivers > 0 && receivers < std::ssize(records))) return both;
  return std::vector{receivers > 0 ? Role::kReceiver : Role::kSender};
}

Result<Outcomes> SyncRole(Role role, const std::vector<plan::GroupSpec>& groups, const Config& config, Wiring& wiring) {
  LF_TRY(const RoleLock lock, RoleLock::Acquire(config.metadata_store, role));
  engine::Replicator replicator(wiring.engine().get_executor(), wiring.env(), plan::DutiesOf(role, groups));
  return wiring.Run(RunPass({}, replicator));
}

// What the pass came to for every group that was asked for, in the order of the configuration: of those that this build
// cannot run why, and of all why the role could not be taken.
void Tell(Role role, const std::vector<plan::GroupSpec>& groups, const Config& config, const Result<Outcomes>& outcomes,
          std::vector<SyncedGroup>& synced) {
  for (const plan::GroupSpec& group : groups) {
    GroupAnswer<engine::PassResult> pass{.group = group.name, .result = {}};
    if (const Status built = CheckBuilt(config, group.name); !built) {
      pass.result = std::unexpected(built.error());
    } else if (!outcomes) {
      pass.result = std::unexpected(outcomes.error());
    } else {
      const auto outcome = std::ranges::find(*outcomes, group.name, &engine::GroupOutcome::group);
      if (outcome == outcomes->end()) continue;
      pass.result = outcome->result;
    }
    synced.push_back({.role = role, .pass = std::move(pass)});
  }
}

ExitCode WorstOf(const std::vector<SyncedGroup>& synced) {
  ExitCode worst = kExitDone;
  for (const SyncedGroup& group : synced) {
    if (!group.pass.result) worst = Worse(worst, ExitCodeFor(group.pass.result.error()));
  }
  return worst;
}

}  // namespace

Result<int> RunSync(Invocation& invocation, const SyncOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<plan::GroupSpec> groups, SelectGroups(config, options.group));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring, Wiring::Make(config, log, StateUse::kWork));
  LF_TRY(const std::vector<Role> roles, RolesOf(options, config, *wiring));
  const std::vector<plan::GroupSpec> built = BuiltOf(config, groups);
  std::vector<SyncedGroup> synced;
  for (const Role role : roles) Tell(role, groups, config, SyncRole(role, built, config, *wiring), synced);
  Print(invocation, synced);
  return WorstOf(synced);
}

}  // namespace lakeferry
