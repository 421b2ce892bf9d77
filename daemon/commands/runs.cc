#include <fmt/format.h>

#include "daemon/commands/commands.h"
#include "daemon/log_sink.h"
#include "daemon/text_bytes.h"

namespace lakeferry {
namespace {

std::unexpected<Error> BadOption(std::string message, std::string option, std::string remedy) {
  return Fail(ErrorCode::kInvalidArgument, std::move(message), std::move(option), std::move(remedy));
}

Result<TimeMs> TimeOption(const std::string& text, const char* option) {
  auto time = ParseTime(text);
  if (!time) return FailAt(time.error(), option);
  return *time;
}

Result<Run> RunOf(const RunsAddOptions& options) {
  Run run{.workflow = options.workflow, .run_id = options.run_id};
  if (run.workflow.empty() || run.run_id.empty() || HasControlByte(run.workflow) || HasControlByte(run.run_id)) {
    return BadOption("a workflow's or run's name is empty or has control characters", "WORKFLOW, --run-id",
                     "give both a visible name");
  }
  LF_TRY(run.start, TimeOption(options.start, "--start"));
  const auto state = ParseRunState(options.state);
  if (!state) return BadOption(fmt::format("'{}' is no state", options.state), "--state", "success, failed or running");
  run.state = *state;
  const bool running = run.state == RunState::kRunning;
  if (running != options.end.empty()) {
    return BadOption(running ? "a running run has no end" : "a run that has ended needs its end", "--end",
                     running ? "leave --end away" : "add --end with the time at which the run ended");
  }
  if (running) return run;
  LF_TRY(run.end, TimeOption(options.end, "--end"));
  if (*run.end < run.start) return BadOption("the run ends before it starts", "--end", "check --start and --end");
  return run;
}

}  // namespace

Result<int> RunRunsAdd(Invocation& invocation, const RunsAddOptions& options) {
  LF_TRY(const Run run, RunOf(options));
  LF_TRY(const Config config, LoadConfig(invocation));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<World> world, World::Make(config, log, StateUse::kWork));
  StateChange change;
  change.runs.push_back(run);
  LF_TRY_OK(world->Run(world->env().state.Save(std::move(change))));
  Print(invocation, RunsReport{.workflow = run.workflow, .runs = {run}});
  return kExitDone;
}

Result<int> RunRunsList(Invocation& invocation, const RunsListOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<World> world, World::Make(config, log, StateUse::kLook));
  RunsReport report{.workflow = options.workflow, .runs = {}};
  LF_TRY(report.runs, world->Run(world->env().state.Runs(options.workflow, FromEpochMs(0))));
  Print(invocation, report);
  return kExitDone;
}

}  // namespace lakeferry
