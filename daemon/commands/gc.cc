#include <algorithm>

#include "daemon/commands/commands.h"
#include "daemon/commands/each_group.h"
#include "daemon/config/load_config.h"
#include "daemon/output/reclaim_output.h"
#include "daemon/wiring/log_sink.h"
#include "engine/group/table_lookup.h"
#include "engine/tend/reclaimer.h"
#include "state/role_lock.h"

namespace lakeferry {
namespace {

// Without a word from the operator everything is kept.
Result<Millis> RetentionOf(const plan::GroupSpec& group, const GcOptions& options) {
  if (!options.retain.empty()) return ParseDuration(options.retain);
  if (group.retention) return *group.retention;
  return Fail(ErrorCode::kInvalidArgument,
              "nothing says how long the versions of group '" + group.name + "' are to stay readable", "command line",
              "set retention for the group, or say --retain 30d");
}

}  // namespace

Result<int> RunGc(Invocation& invocation, const GcOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(std::vector<plan::GroupSpec> groups, SelectGroups(config, options.group));
  // Of all groups, those are meant that have versions to keep for a time.
  if (options.group.empty()) std::erase_if(groups, [](const auto& group) { return !group.retention; });
  if (groups.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "no group has a retention, so that every version is kept", config.file,
                "set retention for a group in mirror mode, or name a group and say --retain 30d");
  }
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring, Wiring::Make(config, log, StateUse::kWork));
  LF_TRY(const RoleLock lock, RoleLock::Acquire(config.metadata_store, Role::kReceiver));
  const auto reclaim = [&](const plan::GroupSpec& configured) -> Result<engine::ReclaimReport> {
    LF_TRY(const plan::GroupSpec group,
           wiring->Run(engine::LookUpTables({}, wiring->env(), configured, Role::kReceiver)));
    LF_TRY(const Millis retention, RetentionOf(group, options));
    const engine::Reclaimer reclaimer(wiring->env(), group);
    const engine::ReclaimOrder order{.retention = retention, .remove = options.remove};
    return wiring->Run(reclaimer.Run({}, order));
  };
  const auto answers = AskEachGroup<engine::ReclaimReport>(config, groups, reclaim);
  Print(invocation, answers);
  return WorstOf(answers);
}

}  // namespace lakeferry
