// `pause`, `resume` and `resync`: by the service of the role where one runs, else under the role's lock.
#include <utility>

#include "daemon/commands/commands.h"
#include "daemon/commands/own_role.h"
#include "daemon/config/load_config.h"
#include "daemon/control/control_client.h"
#include "daemon/control/control_message.h"
#include "daemon/control/control_place.h"
#include "daemon/output/instruct_output.h"
#include "daemon/setup/process_identity.h"
#include "daemon/wiring/log_sink.h"
#include "engine/run/replicator.h"

namespace lakeferry {
namespace {

// By the service of the role, where one runs; absent else.
Result<std::optional<InstructedGroup>> AskRole(const Instruction& said, const Config& config) {
  const control::Request request{.name = std::string(control::kInstruct),
                                 .groups = {said.group},
                                 .instruction = said.kind,
                                 .table = said.table,
                                 .why = said.why};
  LF_TRY(const std::optional<std::string> answer,
         control::AskService(control::ControlPlace(config.metadata_store, said.role), control::WriteRequest(request)));
  if (!answer) return std::nullopt;
  LF_TRY(InstructedGroup instructed, control::ReadInstructAnswer(*answer));
  return instructed;
}

Result<InstructedGroup> InstructRole(Instruction said, const plan::GroupSpec& group, const Config& config,
                                     OwnWiring& own) {
  const auto give_up = std::chrono::steady_clock::now() + kServiceStartsWithin;
  std::optional<RoleLock> lock;
  while (!lock) {
    LF_TRY(std::optional<InstructedGroup> answered, AskRole(said, config));
    if (answered) return *std::move(answered);
    LF_TRY(lock, TakeRole(config.metadata_store, said.role, give_up));
  }
  LF_TRY(Wiring * wiring, own.Get());
  said.by = setup::IdentityOf(std::nullopt).user;
  said.given = wiring->env().clock.WallTime();
  engine::Replicator replicator(wiring->engine().get_executor(), wiring->env(), plan::DutiesOf(said.role, {group}));
  LF_TRY(const GroupRecord record, wiring->Run(replicator.Instruct(said)));
  return InstructedGroup{.instruction = std::move(said), .paused = record.paused, .resync = record.resync};
}

Result<int> RunInstruction(Invocation& invocation, const InstructOptions& options, InstructionKind kind) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<plan::GroupSpec> groups, SelectGroups(config, options.group));
  LF_TRY_OK(CheckBuilt(config, options.group));
  LogSink log(CommandLog(invocation, config));
  OwnWiring own(config, log);
  // A table goes over by its sender, on whichever host this is said.
  const std::string role = kind == InstructionKind::kResync && options.role.empty() ? "sender" : options.role;
  LF_TRY(const std::vector<Role> roles, RolesOf(role, config, own));
  std::vector<InstructedGroup> done;
  for (const Role of : roles) {
    Instruction said{.kind = kind,
                     .role = of,
                     .group = options.group,
                     .table = options.table,
                     .by = {},
                     .why = options.why,
                     .given = {}};
    LF_TRY(InstructedGroup instructed, InstructRole(std::move(said), groups.front(), config, own));
    done.push_back(std::move(instructed));
  }
  Print(invocation, done);
  return kExitDone;
}

}  // namespace

Result<int> RunPause(Invocation& invocation, const InstructOptions& options) {
  return RunInstruction(invocation, options, InstructionKind::kPause);
}

Result<int> RunResume(Invocation& invocation, const InstructOptions& options) {
  return RunInstruction(invocation, options, InstructionKind::kResume);
}

Result<int> RunResync(Invocation& invocation, const InstructOptions& options) {
  return RunInstruction(invocation, options, InstructionKind::kResync);
}

}  // namespace lakeferry
