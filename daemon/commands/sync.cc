#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "daemon/commands/commands.h"
#include "daemon/config/load_config.h"
#include "daemon/control/control_client.h"
#include "daemon/control/control_message.h"
#include "daemon/control/control_place.h"
#include "daemon/output/sync_output.h"
#include "daemon/wiring/log_sink.h"
#include "daemon/wiring/progress_bar.h"
#include "engine/run/replicator.h"
#include "state/role_lock.h"

namespace lakeferry {
namespace {

// A service has its role before it listens, and for a moment after it listened.
constexpr Millis kServiceStartsWithin{5'000};
constexpr Millis kLookAgain{20};

using Outcomes = std::vector<engine::GroupOutcome>;

// What a pass in this process needs. A running service has its own, which not everybody who may ask it can open.
class OwnWiring {
 public:
  OwnWiring(const Config& config, Logger& log) : config_(config), log_(log) {}
  Result<Wiring*> Get() {
    if (!wiring_) {
      LF_TRY(wiring_, Wiring::Make(config_, log_, StateUse::kWork));
    }
    return wiring_.get();
  }

 private:
  const Config& config_;
  Logger& log_;
  std::unique_ptr<Wiring> wiring_;
};

Task<Result<Outcomes>> RunPass(engine::Replicator& replicator, engine::Claim claim) {
  Outcomes outcomes = co_await replicator.RunOnce({}, claim);
  co_return outcomes;
}

// This side's roles: the one that was chosen, else the only one that the metadata store knows, else both.
Result<std::vector<Role>> RolesOf(const SyncOptions& options, const Config& config, OwnWiring& own) {
  std::vector<Role> both{Role::kSender, Role::kReceiver};
  LF_TRY(const std::optional<Role> chosen, RoleToWorkAs(options.role, config));
  if (chosen) return std::vector{*chosen};
  LF_TRY(Wiring * wiring, own.Get());
  LF_TRY(const std::vector<GroupRecord> records, wiring->Run(wiring->env().state.Groups({})));
  const auto receivers = std::ranges::count(records, Role::kReceiver, &GroupRecord::role);
  if (records.empty() || (receivers > 0 && receivers < std::ssize(records))) return both;
  return std::vector{receivers > 0 ? Role::kReceiver : Role::kSender};
}

// By the service of the role, where one runs; absent else.
Result<std::optional<Outcomes>> AskRole(Role role, const std::vector<plan::GroupSpec>& groups, const Config& config,
                                        engine::Claim claim) {
  control::Request request{.name = std::string(control::kSync), .claim = claim};
  for (const plan::GroupSpec& group : groups) request.groups.push_back(group.name);
  LF_TRY(const std::optional<std::string> answer,
         control::AskService(control::ControlPlace(config.metadata_store, role), control::WriteRequest(request)));
  if (!answer) return std::nullopt;
  LF_TRY(Outcomes outcomes, control::ReadSyncAnswer(*answer));
  return outcomes;
}

// Absent where another process has the role and may yet listen: after a pause.
Result<std::optional<RoleLock>> TakeRole(const std::string& store, Role role,
                                         std::chrono::steady_clock::time_point give_up) {
  Result<RoleLock> lock = RoleLock::Acquire(store, role);
  if (lock) return *std::move(lock);
  if (lock.error().code != ErrorCode::kRefused || std::chrono::steady_clock::now() >= give_up) {
    return std::unexpected(lock.error());
  }
  std::this_thread::sleep_for(kLookAgain);
  return std::nullopt;
}

Result<Outcomes> SyncRole(Role role, const std::vector<plan::GroupSpec>& groups, const Config& config, OwnWiring& own,
                          engine::Claim claim) {
  if (groups.empty()) return Outcomes();
  const auto give_up = std::chrono::steady_clock::now() + kServiceStartsWithin;
  std::optional<RoleLock> lock;
  while (!lock) {
    LF_TRY(std::optional<Outcomes> answered, AskRole(role, groups, config, claim));
    if (answered) return *std::move(answered);
    LF_TRY(lock, TakeRole(config.metadata_store, role, give_up));
  }
  LF_TRY(Wiring * wiring, own.Get());
  engine::Replicator replicator(wiring->engine().get_executor(), wiring->env(), plan::DutiesOf(role, groups));
  const ProgressBar bar(wiring->engine().get_executor(), wiring->env().clock,
                        [&replicator] { return SampleOf(replicator.Snapshot()); });
  return wiring->Run(RunPass(replicator, claim));
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
  LF_TRY(const std::vector<Role> roles, RolesOf(options, config, own));
  const std::vector<plan::GroupSpec> built = BuiltOf(config, groups);
  const engine::Claim claim = options.take_over ? engine::Claim::kTakeOver : engine::Claim::kRespect;
  std::vector<SyncedGroup> synced;
  for (const Role role : roles) Tell(role, groups, config, SyncRole(role, built, config, own, claim), synced);
  Print(invocation, synced);
  return WorstOf(synced);
}

}  // namespace lakeferry
