// When files that are still to be sent may vanish from the source, by the commits after the cut, and the order of
// copying that follows from it: nearest first. Pure.
#pragma once

#include <optional>
#include <vector>

#include "engine/table_change.h"

namespace lakeferry::engine {

// Of the files that a cut cannot do without.
struct VanishForecast {
  TimeMs from;        // the first of them may vanish from then on
  int64_t files = 0;  // so many may vanish, some later
};

// Gives each file its time, and puts those that have one first, nearest first; the others follow by path, as all do
// where none may vanish. Costs what the files are, and their sorting where some may vanish.
void PutNearestFirst(const TableScan& scan, std::vector<FileToSend>& files);

// Absent: the source still needs all of them itself.
[[nodiscard]] std::optional<VanishForecast> ForecastOf(const std::vector<FileToSend>& files);

// The order in which to copy tables: by their forecasts, nearest first; the others last, in their order.
[[nodiscard]] std::vector<size_t> CopyOrder(const std::vector<TableChange>& changes);

}  // namespace lakeferry::engine
