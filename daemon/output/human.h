// Numbers and tables for people. JSON is the stable contract; this text may change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

// Columns as wide as their widest cell. Every row is measured before the first is written; cells are kept on one line
// each. A row has as many cells as there are columns.
class TextColumns {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };

  explicit TextColumns(std::vector<Column> columns);
  void Measure(const std::vector<std::string>& cells);
  // Each with a line end and without spaces before it.
  [[nodiscard]] std::string Titles() const;
  [[nodiscard]] std::string Row(const std::vector<std::string>& cells) const;

 private:
  std::vector<Column> columns_;
  std::vector<size_t> widths_;
};

// A table that is kept in memory until it is written.
class TextTable {
 public:
  using Align = TextColumns::Align;

  explicit TextTable(std::vector<TextColumns::Column> columns) : columns_(std::move(columns)) {}
  void Add(std::vector<std::string> cells);
  // Title line and rows.
  [[nodiscard]] std::string ToText() const;

 private:
  TextColumns columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace lakeferry
