#include "plan/incident/group_risk.h"

#include <fmt/format.h>

#include <utility>

#include "plan/cut/cut_proof.h"

namespace lakeferry::plan {
namespace {

constexpr size_t kNamedMax = 3;

// The worst of what is found of one table after another.
class WorstOfTables {
 public:
  void Take(const TableKeeping& table, const std::optional<RetentionProblem>& problem, Risk if_certain) {
    if (!problem) return;
    const Risk risk = problem->certain ? if_certain : Risk::kWarning;
    if (risk <= worst_.risk) return;
    worst_ = {
        .risk = risk, .text = fmt::format("table '{}': {}", table.table, problem->what), .remedy = problem->remedy};
  }
  GroupRisk Finish() { return std::move(worst_); }

 private:
  GroupRisk worst_;
};

}  // namespace

GroupRisk Worse(GroupRisk a, GroupRisk b) {
  if (a.risk != b.risk) return a.risk > b.risk ? std::move(a) : std::move(b);
  if (b.risk == Risk::kNone) return a;
  a.text += "; " + b.text;
  a.remedy += "; " + b.remedy;
  return a;
}

GroupRisk RiskOf(const std::map<Epoch, std::string>& uncounted) {
  if (uncounted.empty()) return {};
  GroupRisk found{.risk = Risk::kWarning,
                  .text = {},
                  .remedy =
                      "where a target was changed, set it back or change it on both sides; else find out who else "
                      "writes to the staging location; a receipt of an epoch that was never "
                      "staged may be deleted, and the receiver replaces any other of its own targets"};
  size_t named = 0;
  for (const auto& [epoch, why] : uncounted) {
    if (++named > kNamedMax) break;
    found.text +=
        fmt::format("{}the receipt of epoch {} does not count: {}", found.text.empty() ? "" : "; ", epoch.value(), why);
  }
  if (named > kNamedMax) found.text += fmt::format("; and {} more", uncounted.size() - kNamedMax);
  return found;
}

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

GroupRisk RiskOf(const std::vector<TableKeeping>& tables, Millis interval, TimeMs now) {
  WorstOfTables worst;
  for (const TableKeeping& table : tables) {
    const Millis kept = table.retention.deleted_files;
    if (table.cut_vanishes) {
      worst.Take(table, CheckVanish(NeededBy::kCut, kept, *table.cut_vanishes, now), Risk::kError);
    }
    if (table.oldest_unsent) worst.Take(table, CheckLag(table.retention.log, *table.oldest_unsent, now), Risk::kError);
    if (table.versions_between_vanish) {
      worst.Take(table, CheckVanish(NeededBy::kVersionsBetween, kept, *table.versions_between_vanish, now),
                 Risk::kWarning);
    }
    worst.Take(table, CheckRetention(table.retention, interval), Risk::kWarning);
  }
  return worst.Finish();
}

}  // namespace lakeferry::plan
