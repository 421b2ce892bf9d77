#include "engine/receipt_risk.h"

#include <fmt/format.h>

namespace lakeferry::engine {
namespace {

constexpr size_t kNamedMax = 3;

}  // namespace

RetentionRisk RiskOf(const std::map<Epoch, std::string>& uncounted) {
  if (uncounted.empty()) return {};
  RetentionRisk found{.risk = Risk::kWarning,
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
