#include "daemon/commands/grammar_runs.h"

#include <string>

#include "daemon/commands/commands.h"
#include "daemon/commands/grammar_words.h"

namespace lakeferry {
namespace {

void WorkflowArgument(CLI::App& command, std::string& workflow) {
  command.add_option("workflow", workflow, "the workflow's name")->type_name("WORKFLOW")->required();
}

void RunIdOption(CLI::App& command, std::string& run_id) {
  command.add_option("--run-id", run_id, "unique within the workflow")->type_name("ID")->required();
}

void DeclareRunsAdd(CLI::App& command, RunsAddOptions& options) {
  WorkflowArgument(command, options.workflow);
  RunIdOption(command, options.run_id);
  command
      .add_option("--start", options.start,
                  "now, 2026-11-21T07:00:00.250Z, or epoch milliseconds; not needed for a run that was entered before")
      ->type_name("TIME");
  command
      .add_option(
          "--end", options.end,
          "the same; a whole second counts to its end, as `date` cuts the fraction off; absent while the run is "
          "running")
      ->type_name("TIME");
  command.add_option("--state", options.state, "success, failed or running")->type_name("STATE")->required();
}

void DeclareRunsRemove(CLI::App& command, RunsRemoveOptions& options) {
  WorkflowArgument(command, options.workflow);
  RunIdOption(command, options.run_id);
  command.add_option("--by", options.by, "who removes it; kept with the removal")->type_name("WHO")->required();
  command.add_option("--why", options.why, "why; likewise")->type_name("TEXT")->required();
}

void DeclareRunsList(CLI::App& command, RunsListOptions& options) {
  WorkflowArgument(command, options.workflow);
  command.add_flag("--removed", options.removed, "and those that were taken out, by whom and why");
}

}  // namespace

void AddRuns(CLI::App& app, Invocation& invocation) {
  CLI::App* runs = app.add_subcommand("runs", "the built-in ledger of workflow runs");
  runs->fallthrough()->require_subcommand(1);
  Add<RunsAddOptions>(*runs, invocation,
                      {"add", "enter a run, or replace what the ledger says of it", DeclareRunsAdd, RunRunsAdd});
  Add<RunsRemoveOptions>(*runs, invocation,
                         {"remove", "take a run out that was entered wrongly; who did it and why is kept",
                          DeclareRunsRemove, RunRunsRemove});
  Add<RunsListOptions>(*runs, invocation, {"list", "the runs of a workflow", DeclareRunsList, RunRunsList});
}

}  // namespace lakeferry
