#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/commands/commands.h"
#include "daemon/commands/steps.h"
#include "daemon/config/load_config.h"
#include "daemon/output/relocate_output.h"
#include "daemon/wiring/log_sink.h"
#include "engine/group/table_lookup.h"
#include "engine/tend/table_relocation.h"
#include "plan/group/catalog_rules.h"
#include "plan/group/group_places.h"
#include "state/role_lock.h"

namespace lakeferry {
namespace {

using engine::Relocation;

Status CheckTable(const plan::GroupSpec& group, const std::string& table) {
  if (std::ranges::find(group.tables, table, &plan::TableSpec::name) != group.tables.end()) return {};
  return Fail(ErrorCode::kInvalidArgument, fmt::format("group '{}' has no table '{}'", group.name, table),
              "command line", "name one of its tables as the configuration does");
}

std::vector<Step> StepsOf(const RelocateReport& report) {
  const Relocation& found = report.found;
  if (found.kind == Relocation::Kind::kToMove) {
    return {{.kind = StepKind::kRename,
             .what = fmt::format("target of table {}", report.table),
             .from = found.from,
             .to = found.to}};
  }
  if (found.kind == Relocation::Kind::kThere && report.role == Role::kSender) {
    return {{.kind = StepKind::kNote,
             .what = fmt::format("that the source of table {} was moved", report.table),
             .from = found.from,
             .to = found.to}};
  }
  return {};
}

Result<Relocation> LookAtTable(Wiring& wiring, const plan::GroupSpec& group, const RelocateReport& report) {
  Result<Relocation> found = wiring.Run(engine::LookForRelocation({}, wiring.env(), group, report.role, report.table));
  if (!found) plan::PlaceIn(group, found.error().where);
  return found;
}

// Nothing is believed of what a rename has done: the table is looked at again, at its new place.
Status MoveTarget(Wiring& wiring, const plan::GroupSpec& group, RelocateReport& report) {
  LF_TRY_OK(Rename(report.steps.front()));
  if (report.steps.front().state != StepState::kDone) return {};
  LF_TRY(report.found, LookAtTable(wiring, group, report));
  report.done = report.found.kind == Relocation::Kind::kThere;
  return {};
}

Status Carry(Wiring& wiring, const plan::GroupSpec& group, RelocateReport& report) {
  if (report.steps.empty()) return {};
  if (report.role == Role::kReceiver) return MoveTarget(wiring, group, report);
  LF_TRY_OK(wiring.Run(engine::NoteRelocated({}, wiring.env(), group, report.table)));
  report.steps.front().state = StepState::kDone;
  report.done = true;
  return {};
}

std::vector<std::string> NextOf(const RelocateReport& report, bool yes) {
  if (!report.done && !yes) return {"nothing was done: say --yes to do it"};
  if (!report.done) return {"rename what is named, then run this command again"};
  if (report.found.kind == Relocation::Kind::kNoEpoch || report.found.kind == Relocation::Kind::kSame) return {};
  const bool sender = report.role == Role::kSender;
  return {fmt::format("start the service: its next pass proves the {} again, and goes on from epoch {}",
                      sender ? "source" : "target", report.found.epoch.value()),
          fmt::format("the {} has to have the same place in its configuration", sender ? "receiver" : "sender")};
}

}  // namespace

Result<int> RunRelocate(Invocation& invocation, const RelocateOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<plan::GroupSpec> groups, SelectGroups(config, options.group));
  const bool by_pattern = plan::PatternOf(groups.front(), options.table) != nullptr;
  if (!by_pattern) LF_TRY_OK(CheckTable(groups.front(), options.table));
  const std::optional<Role> role = ChosenRole(options.role, config);
  if (!role) {
    return Fail(ErrorCode::kInvalidArgument, "whether a source or a target was moved is not said", "command line",
                "say --role sender for a source, in the region that owns the data, --role receiver for a target");
  }
  LF_TRY_OK(CheckBuilt(config, options.group));
  std::optional<RoleLock> lock;
  if (options.yes) {
    LF_TRY_OK(CheckNobodyWorks(config, *role, "moved"));
    LF_TRY(lock, RoleLock::Acquire(config.metadata_store, *role));
  }
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring,
         Wiring::Make(config, log, options.yes ? StateUse::kWork : StateUse::kLook));
  LF_TRY(const plan::GroupSpec group, wiring->Run(engine::LookUpTables({}, wiring->env(), groups.front(), *role)));
  LF_TRY_OK(CheckTable(group, options.table));
  RelocateReport report{
      .group = group.name, .table = options.table, .role = *role, .found = {}, .steps = {}, .next = {}};
  LF_TRY(report.found, LookAtTable(*wiring, group, report));
  report.steps = StepsOf(report);
  report.done = report.steps.empty();
  if (options.yes) LF_TRY_OK(Carry(*wiring, group, report));
  report.next = NextOf(report, options.yes);
  Print(invocation, report);
  return options.yes && !report.done ? kExitFailed : kExitDone;
}

}  // namespace lakeferry
