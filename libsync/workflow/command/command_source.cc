#include "workflow/command/command_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "async/offload.h"
#include "workflow/command/child_output.h"
#include "workflow/command/run_list.h"

namespace lakeferry {

CommandSource::CommandSource(boost::asio::any_io_executor pool, const Clock& clock, CommandSettings settings)
    : pool_(std::move(pool)), clock_(clock), settings_(std::move(settings)) {}

Task<Result<std::vector<Run>>> CommandSource::RunsSince(Call call, std::string workflow, TimeMs since) {
  LF_CO_TRY_OK(CheckWanted(call, clock_.Monotonic()));
  ChildOrder order{.command = settings_.command,
                   .environment = {fmt::format("LAKEFERRY_GROUP={}", settings_.group),
                                   fmt::format("LAKEFERRY_WORKFLOW={}", workflow),
                                   fmt::format("LAKEFERRY_SINCE={}", FormatUtc(std::max(since, TimeMs())))},
                   .longest = settings_.longest};
  if (call.deadline) order.longest = std::min(order.longest, *call.deadline - clock_.Monotonic());
  const Result<std::string> text =
      co_await Offload(pool_, [order = std::move(order), stop = call.stop] { return RunChild(order, stop); });
  LF_CO_TRY_OK(text);
  Result<std::vector<Run>> runs = ReadRunList(*text, workflow);
  if (!runs) co_return FailAt(std::move(runs).error(), settings_.command.front());
  std::erase_if(*runs, [since](const Run& run) { return run.end && *run.latest_end() < since; });
  co_return runs;
}

Task<Result<std::optional<TimeMs>>> CommandSource::PresentTime(Call) { co_return std::optional<TimeMs>(); }

std::string CommandSource::HowToCorrect(const Run& run) const {
  return fmt::format("if that is wrong, mend what {} prints of run '{}'", settings_.command.front(), run.run_id);
}

std::string CommandSource::HowToEnter(const std::string& workflow) const {
  return fmt::format("let {} print the runs of '{}'", settings_.command.front(), workflow);
}

}  // namespace lakeferry
