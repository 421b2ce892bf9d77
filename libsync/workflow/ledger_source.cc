#include "workflow/ledger_source.h"

#include <fmt/format.h>

#include <utility>

namespace lakeferry {

Task<Result<std::vector<Run>>> LedgerSource::RunsSince(std::string workflow, TimeMs since) {
  LF_CO_TRY(std::vector<Run> runs, co_await state_->Runs(workflow, since));
  if (!runs.empty()) co_return runs;
  // Known but quiet, or never entered?
  LF_CO_TRY(const std::vector<Run> ever, co_await state_->Runs(workflow, TimeMs::min()));
  if (!ever.empty()) co_return runs;
  co_return Fail(
      ErrorCode::kNotFound, fmt::format("the run ledger knows no workflow '{}'", workflow), workflow,
      fmt::format("enter its runs with 'lakeferry runs add {} --run-id ID --start T --end T --state success', "
                  "or mend the workflow's name in the configuration",
                  workflow));
}

}  // namespace lakeferry
