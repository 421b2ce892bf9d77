// CommandSource: runs that a program of the operator prints.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <string>
#include <vector>

#include "env/clock.h"
#include "env/workflow_source.h"

namespace lakeferry {

struct CommandSettings {
  std::vector<std::string> command;
  Millis longest{60'000};
  std::string group;
};

// On the engine thread; the program runs on a thread of the pool, with LAKEFERRY_GROUP, LAKEFERRY_WORKFLOW and
// LAKEFERRY_SINCE (RFC 3339) in its environment.
class CommandSource final : public WorkflowSource {
 public:
  // `clock` outlives it.
  CommandSource(boost::asio::any_io_executor pool, const Clock& clock, CommandSettings settings);

  // Runs that ended before `since` are dropped. Errors of RunChild and ReadRunList.
  Task<Result<std::vector<Run>>> RunsSince(Call call, std::string workflow, TimeMs since) override;
  // Absent: what a program prints is dated by this machine, or it says so by clock_skew_margin.
  Task<Result<std::optional<TimeMs>>> PresentTime(Call call) override;
  [[nodiscard]] std::string_view name() const override { return "program for runs"; }
  [[nodiscard]] std::string HowToCorrect(const Run& run) const override;
  [[nodiscard]] std::string HowToEnter(const std::string& workflow) const override;

 private:
  const boost::asio::any_io_executor pool_;
  const Clock& clock_;
  const CommandSettings settings_;
};

}  // namespace lakeferry
