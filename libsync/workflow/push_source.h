// PushSource: runs that their schedulers tell the daemon themselves (POST /v1/runs). They are kept in the built-in
// ledger; what differs is what a person is told to do.
#pragma once

#include <string>
#include <vector>

#include "env/workflow_source.h"

namespace lakeferry {

class PushSource final : public WorkflowSource {
 public:
  // `ledger` outlives the source.
  explicit PushSource(WorkflowSource& ledger) : ledger_(ledger) {}

  // As the ledger's.
  Task<Result<std::vector<Run>>> RunsSince(Call call, std::string workflow, TimeMs since) override;
  Task<Result<std::optional<TimeMs>>> PresentTime(Call call) override;
  [[nodiscard]] std::string_view name() const override { return "pushed runs"; }
  [[nodiscard]] std::string HowToCorrect(const Run& run) const override;
  [[nodiscard]] std::string HowToEnter(const std::string& workflow) const override;

 private:
  WorkflowSource& ledger_;
};

}  // namespace lakeferry
