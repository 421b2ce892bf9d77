#include "engine/vanish_forecast.h"

#include <algorithm>
#include <utility>

namespace lakeferry::engine {

void PutNearestFirst(const TableScan& scan, std::vector<FileToSend>& files) {
  if (!scan.removals) return;
  const Millis kept = scan.retention.value_or(plan::kDefaultRetention).deleted_files;
  bool any = false;
  for (FileToSend& file : files) {
    file.vanishes_from = scan.removals->MayVanishFrom(file.path, kept);
    any = any || file.vanishes_from.has_value();
  }
  if (!any) return;
  std::ranges::sort(files, [](const FileToSend& a, const FileToSend& b) {
    const TimeMs of_a = a.vanishes_from.value_or(TimeMs::max());
    const TimeMs of_b = b.vanishes_from.value_or(TimeMs::max());
    return of_a != of_b ? of_a < of_b : a.path < b.path;
  });
}

std::optional<VanishForecast> ForecastOf(const std::vector<FileToSend>& files) {
  std::optional<VanishForecast> forecast;
  for (const FileToSend& file : files) {
    if (!file.vanishes_from || !file.required) continue;
    if (!forecast) forecast = VanishForecast{.from = *file.vanishes_from};
    forecast->from = std::min(forecast->from, *file.vanishes_from);
    ++forecast->files;
  }
  return forecast;
}

std::vector<size_t> CopyOrder(const std::vector<TableChange>& changes) {
  std::vector<std::pair<TimeMs, size_t>> tables;
  for (size_t i = 0; i < changes.size(); ++i) {
    const auto forecast = ForecastOf(changes[i].files);
    tables.emplace_back(forecast ? forecast->from : TimeMs::max(), i);
  }
  std::ranges::sort(tables);
  std::vector<size_t> order;
  order.reserve(tables.size());
  for (const auto& [nearest, i] : tables) order.push_back(i);
  return order;
}

}  // namespace lakeferry::engine
