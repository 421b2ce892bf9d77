#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "daemon/commands/commands.h"
#include "daemon/commands/own_role.h"
#include "daemon/config/load_config.h"
#include "daemon/control/control_client.h"
#include "daemon/control/control_message.h"
#include "daemon/control/control_place.h"
#include "daemon/output/sync_output.h"
#include "daemon/setup/process_identity.h"
#include "daemon/wiring/log_sink.h"
#include "daemon/wiring/progress_bar.h"
#include "engine/run/replicator.h"

namespace lakeferry {
namespace {

using Outcomes = std::vector<engine::GroupOutcome>;

// How a pass is asked for.
struct Asked {
  engine::Claim claim = engine::Claim::kRespect;
  std::string why;  // it is kept where there is any
};

Task<Result<Outcomes>> RunPass(engine::Replicator& replicator, engine::Claim claim) {
  Outcomes outcomes = co_await replicator.RunOnce({}, claim);
  co_return outcomes;
}

// By the service of the role, where one runs; absent else.
Result<std::optional<Outcomes>> AskRole(Role role, const std::vector<plan::GroupSpec>& groups, const Config& config,
                                        const Asked& asked) {
  control::Request request{.name = std::string(control::kSync), .claim = asked.claim, .why = asked.why};
  for (const plan::GroupSpec& group : groups) request.groups.push_back(group.name);
  LF_TRY(const std::optional<std::string> answer,
         control::AskService(control::ControlPlace(config.metadata_store, role), control::WriteRequest(request)));
  if (!answer) return std::nullopt;
  LF_TRY(Outcomes outcomes, control::ReadSyncAnswer(*answer));
  return outcomes;
}

// What cannot be kept, as of a group that is paused, is said by the pass.
void KeepWhy(Role role, const std::vector<plan::GroupSpec>& groups, const std::string& why, Wiring& wiring,
             engine::Replicator& replicator) {
  if (why.empty()) return;
  for (const plan::GroupSpec& group : groups) {
    (void)wiring.Run(replicator.Instruct({.kind = InstructionKind::kSync,
                                          .role = role,
                                          .group = group.name,
                                          .by = setup::IdentityOf(std::nullopt).user,
                                          .why = why,
                                          .given = wiring.env().clock.WallTime()}));
  }
}

Result<Outcomes> SyncRole(Role role, const std::vector<plan::GroupSpec>& groups, const Config& config, OwnWiring& own,
                          const Asked& asked) {
  if (groups.empty()) return Outcomes();
  const auto give_up = std::chrono::steady_clock::now() + kServiceStartsWithin;
  std::optional<RoleLock> lock;
  while (!lock) {
    LF_TRY(std::optional<Outcomes> answered, AskRole(role, groups, config, asked));
    if (answered) return *std::move(answered);
    LF_TRY(lock, TakeRole(config.metadata_store, role, give_up));
  }
  LF_TRY(Wiring * wiring, own.Get());
  engine::Replicator replicator(wiring->engine().get_executor(), wiring->env(), plan::DutiesOf(role, groups));
  const ProgressBar bar(wiring->engine().get_executor(), wiring->env().clock,
                        [&replicator] { return SampleOf(replicator.Snapshot()); });
  KeepWhy(role, groups, asked.why, *wiring, replicator);
  Result<Outcomes> outcomes = wiring->Run(RunPass(replicator, asked.claim));
  DeliverNotices(*wiring, role);
  return outcomes;
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
  OwnWiring own(config, log);
  LF_TRY(const std::vector<Role> roles, RolesOf(options.role, config, own));
  const std::vector<plan::GroupSpec> built = BuiltOf(config, groups);
  const Asked asked{.claim = options.take_over ? engine::Claim::kTakeOver : engine::Claim::kRespect,
                    .why = options.why};
  std::vector<SyncedGroup> synced;
  for (const Role role : roles) Tell(role, groups, config, SyncRole(role, built, config, own, asked), synced);
  Print(invocation, synced);
  return WorstOf(synced);
}

}  // namespace lakeferry
