#include "workflow/push_source.h"

#include <fmt/format.h>

#include <utility>

namespace lakeferry {

Task<Result<std::vector<Run>>> PushSource::RunsSince(Call call, std::string workflow, TimeMs since) {
  auto runs = co_await ledger_.RunsSince(std::move(call), workflow, since);
  if (runs || runs.error().code != ErrorCode::kNotFound) co_return runs;
  Error error = std::move(runs).error();
  error.message = fmt::format("no run of workflow '{}' was pushed yet", workflow);
  error.remedy = fmt::format("{}, or mend the workflow's name in the configuration", HowToEnter(workflow));
  co_return std::unexpected(std::move(error));
}

Task<Result<std::optional<TimeMs>>> PushSource::PresentTime(Call call) {
  auto time = co_await ledger_.PresentTime(std::move(call));
  co_return time;
}

std::string PushSource::HowToCorrect(const Run& run) const {
  return fmt::format("if that is wrong, push it again, or: {}", ledger_.HowToCorrect(run));
}

std::string PushSource::HowToEnter(const std::string& workflow) const {
  return fmt::format("let the scheduler of '{}' send each run to POST /v1/runs, when it begins and when it has ended",
                     workflow);
}

}  // namespace lakeferry
