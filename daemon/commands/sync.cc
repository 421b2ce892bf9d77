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

Status SyncRole(Role role, const std::vector<plan::GroupSpec>& groups, const Config& config, Wiring& wiring,
                std::vector<SyncedGroup>& synced) {
  LF_TRY(const RoleLock lock, RoleLock::Acquire(config.metadata_store, role));
  engine::Replicator replicator(wiring.engine().get_executor(), wiring.env(), plan::DutiesOf(role, groups));
  LF_TRY(Outcomes outcomes, wiring.Run(RunPass({}, replicator)));
  Status first;
  for (engine::GroupOutcome& outcome : outcomes) {
    if (outcome.result) {
      synced.push_back({.group = outcome.group, .role = role, .pass = std::move(*outcome.result)});
    } else if (first) {
      first = FailAt(std::move(outcome.result).error(), "group " + outcome.group);
    }
  }
  return first;
}

}  // namespace

Result<int> RunSync(Invocation& invocation, const SyncOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<plan::GroupSpec> groups, SelectBuiltGroups(config, options.group));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring, Wiring::Make(config, log, StateUse::kWork));
  LF_TRY(const std::vector<Role> roles, RolesOf(options, config, *wiring));
  std::vector<SyncedGroup> synced;
  Status first;
  for (const Role role : roles) {
    Status done = SyncRole(role, groups, config, *wiring, synced);
    if (!done && first) first = std::move(done);
  }
  Print(invocation, synced);
  LF_TRY_OK(first);
  return kExitDone;
}

}  // namespace lakeferry
