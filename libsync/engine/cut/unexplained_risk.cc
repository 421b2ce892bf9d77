#include "engine/cut/unexplained_risk.h"

#include <fmt/format.h>

namespace lakeferry::engine {

GroupRisk RiskOf(const std::vector<UnexplainedCommit>& unexplained, Millis margin) {
  if (unexplained.empty()) return {};
  return {
      .risk = Risk::kWarning,
      .text = fmt::format("commits follow the last run closely, no run explains them, and the cut is without them: {}",
                          Describe(unexplained)),
      .remedy = fmt::format(
          "if another run writes them, record it; if they are the finished run's, clocks differ by more than {}: set "
          "clock_skew_margin, or let writers set the run's id in commitInfo.userMetadata",
          FormatDuration(margin))};
}

}  // namespace lakeferry::engine
