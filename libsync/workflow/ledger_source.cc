#include "workflow/ledger_source.h"

#include <fmt/format.h>

#include <utility>

namespace lakeferry {

Task<Result<std::vector<Run>>> LedgerSource::RunsSince(Call call, std::string workflow, TimeMs since) {
  LF_CO_TRY(std::vector<Run> runs, co_await state_->Runs(call, workflow, since));
  if (!runs.empty()) co_return runs;
  // Known but quiet, or never entered?
  LF_CO_TRY(const std::vector<Run> ever, co_await state_->Runs(call, workflow, TimeMs::min()));
  if (!ever.empty()) co_return runs;
  co_return Fail(ErrorCode::kNotFound, fmt::format("the run ledger knows no workflow '{}'", workflow),
                 RunSpot{.workflow = workflow},
                 fmt::format("{}, or mend the workflow's name in the configuration", HowToEnter(workflow)));
}

Task<Result<std::optional<TimeMs>>> LedgerSource::PresentTime(Call) { co_return std::optional<TimeMs>(); }

std::string LedgerSource::HowToCorrect(const Run& run) const {
  const std::string command = fmt::format("lakeferry runs add {} --run-id {}", run.workflow, run.run_id);
  if (!run.end) return fmt::format("if it is dead, record its end: {} --end now --state failed", command);
  return fmt::format(
      "if it was entered wrongly, enter it again ({} --start T --end T --state S) or take it out (lakeferry "
      "runs remove {} --run-id {} --by WHO --why TEXT)",
      command, run.workflow, run.run_id);
}

std::string LedgerSource::HowToEnter(const std::string& workflow) const {
  return fmt::format(
      "enter its runs: 'lakeferry runs add {} --run-id ID --start now --state running' when one begins, and "
      "'--end now --state success' when it has ended",
      workflow);
}

}  // namespace lakeferry
