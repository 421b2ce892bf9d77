#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/commands/commands.h"
#include "daemon/commands/steps.h"
#include "daemon/config/load_config.h"
#include "daemon/output/reset_output.h"
#include "daemon/wiring/log_sink.h"
#include "engine/group/table_lookup.h"
#include "engine/tend/group_reset.h"
#include "state/forget_group.h"
#include "state/role_lock.h"

namespace lakeferry {
namespace {

using engine::ToPutAside;

// "20261129T120000123Z", which sorts as times do.
std::string Stamp(TimeMs now) {
  std::string stamp = FormatUtc(now);
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':' || c == '.'; });
  return stamp;
}

std::string UriOf(const ToPutAside& one) { return one.below.empty() ? one.uri : one.uri + "/" + one.below; }

std::vector<Step> StepsOf(const std::vector<ToPutAside>& found, const Config& config, TimeMs now) {
  std::vector<Step> steps;
  for (const ToPutAside& one : found) {
    std::string from = UriOf(one);
    while (from.ends_with('/')) from.pop_back();
    steps.push_back({.kind = StepKind::kRename,
                     .what = one.what,
                     .from = from,
                     .to = fmt::format("{}.reset-{}", from, Stamp(now))});
  }
  steps.push_back({.kind = StepKind::kForget,
                   .what = fmt::format("what {} knows of the group", config.metadata_store),
                   .from = {},
                   .to = {}});
  return steps;
}

Status Carry(ResetReport& report, const Config& config) {
  for (Step& step : report.steps) {
    if (!step.from.empty()) LF_TRY_OK(Rename(step));
  }
  Step& forget = report.steps.back();
  if (std::ranges::any_of(report.steps, [](const auto& step) { return step.state == StepState::kByPerson; })) {
    forget.state = StepState::kByPerson;
    return {};
  }
  LF_TRY_OK(ForgetGroup(config.metadata_store, report.role, report.group));
  forget.state = StepState::kDone;
  report.done = true;
  return {};
}

std::vector<std::string> NextOf(const ResetReport& report, bool yes) {
  if (!yes) return {"nothing was done: say --yes to do it"};
  if (!report.done) return {"rename what is named, then run this command again"};
  if (report.role == Role::kReceiver) {
    return {
        fmt::format("the sender's side is left: `lakeferry reset {} --role sender --yes` in the other region, then "
                    "start both services",
                    report.group)};
  }
  return {fmt::format("the receiver's side had to come first: where it did not, `lakeferry reset {} --role receiver` "
                      "there; then start both services, and the next cut is epoch 1 and brings every table whole",
                      report.group),
          fmt::format("what was put aside can go once `lakeferry verify {}` is content", report.group)};
}

}  // namespace

Result<int> RunReset(Invocation& invocation, const ResetOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<plan::GroupSpec> groups, SelectGroups(config, options.group));
  const std::optional<Role> role = ChosenRole(options.role, config);
  if (!role) {
    return Fail(ErrorCode::kInvalidArgument, "which side is to be reset is not said", "command line",
                "say --role receiver in the region that stands by, --role sender in the one that owns the data");
  }
  LF_TRY_OK(CheckBuilt(config, options.group));
  LF_TRY_OK(CheckNobodyWorks(config, *role, "put aside"));
  std::optional<RoleLock> lock;
  if (options.yes) {
    LF_TRY(lock, RoleLock::Acquire(config.metadata_store, *role));
  }
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring,
         Wiring::Make(config, log, options.yes ? StateUse::kWork : StateUse::kLook));
  const engine::Environment& env = wiring->env();
  LF_TRY(plan::GroupSpec group, wiring->Run(engine::LookUpTables({}, env, groups.front(), *role)));
  LF_TRY(const std::vector<ToPutAside> found, wiring->Run(engine::FindForReset({}, env, std::move(group), *role)));
  ResetReport report{
      .group = options.group, .role = *role, .steps = StepsOf(found, config, env.clock.WallTime()), .next = {}};
  if (options.yes) LF_TRY_OK(Carry(report, config));
  report.next = NextOf(report, options.yes);
  Print(invocation, report);
  return options.yes && !report.done ? kExitFailed : kExitDone;
}

}  // namespace lakeferry
