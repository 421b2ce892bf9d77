#include <fmt/format.h>

#include <algorithm>

#include "daemon/commands/commands.h"
#include "daemon/config/load_config.h"
#include "daemon/config/run_entry.h"
#include "daemon/config/text_bytes.h"
#include "daemon/output/lines.h"
#include "daemon/output/runs_output.h"
#include "daemon/wiring/log_sink.h"

namespace lakeferry {
namespace {

// Two clocks that are kept in step differ by less.
constexpr Millis kAheadMin{1'000};
constexpr int64_t kEpochsMax = 1'000'000;

Result<std::optional<Run>> FindRun(Wiring& wiring, const std::string& workflow, const std::string& run_id) {
  LF_TRY(const std::vector<Run> runs, wiring.Run(wiring.env().state.Runs({}, workflow, TimeMs::min())));
  const auto found = std::ranges::find(runs, run_id, &Run::run_id);
  return found == runs.end() ? std::optional<Run>() : std::optional(*found);
}

// By how much the times of the workflow's runs may be ahead of this machine's clock.
Result<Millis> Ahead(const Config& config, Wiring& wiring, const std::string& workflow) {
  Millis ahead = kAheadMin;
  for (const plan::GroupSpec& group : config.groups) {
    if (std::ranges::find(group.workflows, workflow) == group.workflows.end()) continue;
    ahead = std::max(ahead, group.clock_skew_margin.value_or(Millis(0)));
    LF_TRY(const std::optional<GroupRecord> record,
           wiring.Run(wiring.env().state.Group({}, Role::kSender, group.name)));
    if (record) ahead = std::max(ahead, record->clocks.margin.value_or(Millis(0)));
  }
  return ahead;
}

// A start that was not given is that of the run's entry before.
Status TakeStart(Wiring& wiring, Run& run) {
  LF_TRY(const std::optional<Run> known, FindRun(wiring, run.workflow, run.run_id));
  if (!known) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("the ledger has no run '{}' yet", run.run_id),
                RunSpot{.workflow = run.workflow, .run_id = run.run_id},
                "add --start with the time at which the run began, or --start now");
  }
  run.start = known->start;
  return {};
}

// The epochs of any group that were cut from the run.
Result<std::string> CutInto(const Config& config, Wiring& wiring, const Run& run) {
  std::string text;
  for (const plan::GroupSpec& group : config.groups) {
    if (std::ranges::find(group.workflows, run.workflow) == group.workflows.end()) continue;
    LF_TRY(const std::vector<EpochRecord> epochs,
           wiring.Run(wiring.env().state.Epochs({}, Role::kSender, group.name, kEpochsMax)));
    for (const EpochRecord& epoch : epochs) {
      if (std::ranges::find(epoch.run_ids, run.run_id) == epoch.run_ids.end()) continue;
      text += fmt::format("{}epoch {} of group '{}'", text.empty() ? "" : ", ", epoch.epoch.value(), group.name);
    }
  }
  return text;
}

// Nobody ever reads the ledger of a host that only receives: a run that is entered there is lost.
Status CheckSide(const Config& config) {
  if (config.role != Role::kReceiver) return {};
  return Fail(ErrorCode::kRefused, "this host is configured as receiver, and the sender alone reads the run ledger",
              ConfigSpot{.file = config.file, .key = "role"},
              "enter the run on the sender's host, into the metadata store that its sender has");
}

// Why nobody may ever ask for the workflow's runs.
Result<std::vector<std::string>> WarningsOf(const Config& config, Wiring& wiring, const std::string& workflow) {
  std::vector<std::string> warnings;
  if (std::string unknown = UnknownWorkflow(config.groups, workflow); !unknown.empty()) {
    warnings.push_back(std::move(unknown));
  }
  LF_TRY(const std::vector<GroupRecord> records, wiring.Run(wiring.env().state.Groups({})));
  const bool receives = config.role == Role::kReceiver ||
                        (!records.empty() && std::ranges::all_of(records, [](const GroupRecord& record) {
                          return record.role == Role::kReceiver;
                        }));
  if (receives) {
    warnings.push_back(
        fmt::format("only a receiver has worked with the metadata store {}, and the sender alone reads "
                    "runs: enter them on the sender's host",
                    config.metadata_store));
  }
  return warnings;
}

// Warnings go to standard error, so that nobody misses them who has no use for the rest.
void PrintRuns(Invocation& invocation, const RunsReport& report) {
  Print(invocation, report);
  if (invocation.options.json) return;
  for (const std::string& warning : report.warnings) invocation.err << Wrapped("lakeferry: warning: " + warning);
}

Status CheckReason(const RunsRemoveOptions& options) {
  const auto visible = [](const std::string& text) { return !text.empty() && !HasControlByte(text); };
  if (visible(options.by) && visible(options.why)) return {};
  return Fail(ErrorCode::kInvalidArgument, "who removes the run, or why, is empty or has control characters",
              "--by, --why", "say both in words: they are kept");
}

}  // namespace

Result<int> RunRunsAdd(Invocation& invocation, const RunsAddOptions& options) {
  const TimeMs now = SystemClock().WallTime();
  LF_TRY(Run run, ReadRunEntry({.workflow = options.workflow,
                                .run_id = options.run_id,
                                .start = options.start,
                                .end = options.end,
                                .state = options.state},
                               now));
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY_OK(CheckSide(config));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring, Wiring::Make(config, log, StateUse::kWork));
  if (options.start.empty()) LF_TRY_OK(TakeStart(*wiring, run));
  LF_TRY(const Millis ahead, Ahead(config, *wiring, run.workflow));
  LF_TRY(run, WithCheckedTimes(std::move(run), now, ahead));
  RunsReport report{.workflow = run.workflow, .runs = {run}, .removed = {}, .now = now};
  LF_TRY(report.warnings, WarningsOf(config, *wiring, run.workflow));
  StateChange change;
  change.runs.push_back(run);
  LF_TRY_OK(wiring->Run(wiring->env().state.Save({}, std::move(change))));
  PrintRuns(invocation, report);
  return kExitDone;
}

Result<int> RunRunsRemove(Invocation& invocation, const RunsRemoveOptions& options) {
  LF_TRY_OK(CheckReason(options));
  LF_TRY(const Config config, LoadConfig(invocation));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring, Wiring::Make(config, log, StateUse::kWork));
  LF_TRY(const std::optional<Run> run, FindRun(*wiring, options.workflow, options.run_id));
  if (!run) {
    return Fail(ErrorCode::kNotFound,
                fmt::format("the ledger has no run '{}' of workflow '{}'", options.run_id, options.workflow),
                RunSpot{.workflow = options.workflow, .run_id = options.run_id},
                fmt::format("'lakeferry runs list {}' lists the runs, with --removed those that were taken out",
                            options.workflow));
  }
  RunRemoval removal{
      .run = *run, .by = options.by, .why = options.why, .removed = wiring->env().clock.WallTime(), .cut_into = {}};
  LF_TRY(removal.cut_into, CutInto(config, *wiring, *run));
  StateChange change;
  change.removals.push_back(removal);
  LF_TRY_OK(wiring->Run(wiring->env().state.Save({}, std::move(change))));
  Print(invocation,
        RunsReport{.workflow = run->workflow, .runs = {}, .removed = std::vector{removal}, .now = removal.removed});
  return kExitDone;
}

Result<int> RunRunsList(Invocation& invocation, const RunsListOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring, Wiring::Make(config, log, StateUse::kLook));
  RunsReport report{.workflow = options.workflow, .runs = {}, .removed = {}, .now = wiring->env().clock.WallTime()};
  LF_TRY(report.warnings, WarningsOf(config, *wiring, options.workflow));
  LF_TRY(report.runs, wiring->Run(wiring->env().state.Runs({}, options.workflow, FromEpochMs(0))));
  if (options.removed) {
    LF_TRY(report.removed, wiring->Run(wiring->env().state.RemovedRuns({}, options.workflow)));
  }
  PrintRuns(invocation, report);
  return kExitDone;
}

}  // namespace lakeferry
