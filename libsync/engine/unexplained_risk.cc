#include "engine/unexplained_risk.h"

#include <fmt/format.h>

#include <utility>

namespace lakeferry::engine {

RetentionRisk RiskOf(const std::vector<UnexplainedCommit>& unexplained, Millis margin) {
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

RetentionRisk Worse(RetentionRisk a, RetentionRisk b) {
  if (a.risk != b.risk) return a.risk > b.risk ? std::move(a) : std::move(b);
  if (b.risk == Risk::kNone) return a;
  a.text += "; " + b.text;
  a.remedy += "; " + b.remedy;
  return a;
}

}  // namespace lakeferry::engine
