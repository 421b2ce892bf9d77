#include <fmt/format.h>

#include "daemon/commands/commands.h"
#include "daemon/log_sink.h"
#include "daemon/text_bytes.h"

namespace lakeferry {
namespace {

struct RunsAddOptions {
  std::string workflow;
  std::string run_id;
  std::string start;
  std::string end;
  std::string state;
};

struct RunsListOptions {
  std::string workflow;
};

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

}  // namespace

void AddRunsCommands(CLI::App& app, Invocation& invocation) {
  CLI::App* runs = app.add_subcommand("runs", "the built-in ledger of workflow runs");
  runs->fallthrough()->require_subcommand(1);
  AddCommand<RunsAddOptions>(
      *runs, invocation, "add", "enter a run, or replace what the ledger says of it",
      [](CLI::App& command, RunsAddOptions& options) {
        command.add_option("workflow", options.workflow, "the workflow's name")->type_name("WORKFLOW")->required();
        command.add_option("--run-id", options.run_id, "unique within the workflow")->type_name("ID")->required();
        command.add_option("--start", options.start, "2026-11-21T07:00:00Z, or epoch milliseconds")
            ->type_name("TIME")
            ->required();
        command.add_option("--end", options.end, "the same; absent while the run is running")->type_name("TIME");
        command.add_option("--state", options.state, "success, failed or running")->type_name("STATE")->required();
      },
      RunRunsAdd);
  AddCommand<RunsListOptions>(
      *runs, invocation, "list", "the runs of a workflow",
      [](CLI::App& command, RunsListOptions& options) {
        command.add_option("workflow", options.workflow, "the workflow's name")->type_name("WORKFLOW")->required();
      },
      RunRunsList);
}

}  // namespace lakeferry
