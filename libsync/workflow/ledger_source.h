// LedgerSource: the built-in run ledger as a WorkflowSource: runs that people or scripts entered by hand.
#pragma once

#include <string>
#include <vector>

#include "env/state_store.h"
#include "env/workflow_source.h"

namespace lakeferry {

class LedgerSource : public WorkflowSource {
 public:
  // `state` outlives the source.
  explicit LedgerSource(StateStore* state) : state_(state) {}

  // kNotFound for a workflow without a single entry; else the errors of StateStore.
  Task<Result<std::vector<Run>>> RunsSince(Call call, std::string workflow, TimeMs since) override;
  // Absent: runs are entered on this machine, with its times.
  Task<Result<std::optional<TimeMs>>> PresentTime(Call call) override;
  [[nodiscard]] std::string_view name() const override { return "run ledger"; }
  [[nodiscard]] std::string HowToCorrect(const Run& run) const override;
  [[nodiscard]] std::string HowToEnter(const std::string& workflow) const override;

 private:
  StateStore* const state_;
};

}  // namespace lakeferry
