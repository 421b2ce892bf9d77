#include "engine/group/group_risk.h"

#include <fmt/format.h>

#include <utility>

namespace lakeferry::engine {
namespace {

constexpr size_t kNamedMax = 3;

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
                      "find out who else writes to the staging location; a receipt of an epoch that was never "
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

}  // namespace lakeferry::engine
