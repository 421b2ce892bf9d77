// RowFileWriter: writes a data file of a table whose rows this program makes itself, as its account of its groups; the
// parquet adapter implements it. Columns have the few types that such rows need.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"

namespace lakeferry::delta {

// Delta's string, long, boolean and array of strings.
enum class ColumnType { kText, kLong, kBool, kTexts };

struct Column {
  std::string name;
  ColumnType type = ColumnType::kText;

  bool operator==(const Column&) const = default;
};

// monostate: null. What else it holds has to be of the column's type.
using Cell = std::variant<std::monostate, std::string, int64_t, bool, std::vector<std::string>>;
using Row = std::vector<Cell>;

class RowFileWriter {
 public:
  virtual ~RowFileWriter() = default;
  // The bytes of a file with these rows, each of as many cells as there are columns; the same for the same rows.
  // kInternal: a cell that is not of its column's type, a failure of the library. Blocking: called on a pool; any
  // thread.
  [[nodiscard]] virtual Result<std::string> Write(std::span<const Column> columns, std::span<const Row> rows) const = 0;
};

}  // namespace lakeferry::delta
