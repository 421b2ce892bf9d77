// SqlRows: what a SQL statement gives.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace lakeferry {

// Whole; of a statement that gives nothing both are empty.
struct SqlRows {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;  // each as long as `columns`; absent for NULL

  bool operator==(const SqlRows&) const = default;
};

}  // namespace lakeferry
