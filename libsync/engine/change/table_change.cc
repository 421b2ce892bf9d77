#include "engine/change/table_change.h"

#include <algorithm>
#include <utility>

namespace lakeferry::engine {
TableChange::TableChange(const Environment& env, const TableScan& scan)
    : removes(env),
      adds(env),
      files(env, {.removals = scan.removals, .kept = scan.retention.value_or(plan::kDefaultRetention).deleted_files}),
      present(env) {}

std::vector<size_t> CopyOrder(const std::vector<TableChange>& changes) {
  std::vector<std::pair<TimeMs, size_t>> tables;
  for (size_t i = 0; i < changes.size(); ++i) {
    const auto& forecast = changes[i].files.forecast();
    tables.emplace_back(forecast ? forecast->from : TimeMs::max(), i);
  }
  std::ranges::sort(tables);
  std::vector<size_t> order;
  order.reserve(tables.size());
  for (const auto& [nearest, i] : tables) order.push_back(i);
  return order;
}

}  // namespace lakeferry::engine
