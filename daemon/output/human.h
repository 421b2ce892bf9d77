// Numbers and tables for people. JSON is the stable contract; this text may change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace lakeferry {

// "512 B", "1.2 GB": powers of 1000, two to three digits.
[[nodiscard]] std::string HumanBytes(int64_t bytes);
// "2026-11-21 07:39:39Z", "-" where there is none.
[[nodiscard]] std::string HumanTime(std::optional<TimeMs> time);
// "3m 10s" without parts below a second, "0s" for less and for times to come.
[[nodiscard]] std::string HumanAge(Millis age);
// "1 file", "12 files".
[[nodiscard]] std::string HumanCount(int64_t count, std::string_view thing);
// "a, b"; "-" for none.
[[nodiscard]] std::string HumanList(const std::vector<std::string>& texts);
// The number as text; "-" where there is none.
template <typename Number>
[[nodiscard]] std::string HumanNumber(const std::optional<Number>& number) {
  return number ? std::to_string(number->value()) : "-";
}

// Columns of equal width. Cells are kept on one line each.
class TextTable {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // As many cells as there are columns.
  void Add(std::vector<std::string> cells);
  // Title line and rows, each with a line end and without spaces before it.
  [[nodiscard]] std::string ToText() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace lakeferry
