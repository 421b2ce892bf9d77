// Tables for people, of lines of at most 80 columns wherever the columns allow for it.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace lakeferry {

// Columns as wide as their widest cell. Every row is measured before the first is written; cells are kept on one line
// each. A row has as many cells as there are columns. Where the rows would be wider than kColumns, each column does as
// its `fit` says: first those of kBelow leave the rows, then the widest of kShorten give way.
class TextColumns {
 public:
  enum class Align { kLeft, kRight };
  enum class Fit {
    kKeep,     // stays as it is: numbers, times, words of the program
    kShorten,  // loses its middle: names that --json has in full
    kBelow,    // goes to lines of its own under the row: what has to be read whole; is left out where no row has any
  };
  struct Column {
    std::string title;
    Align align = Align::kLeft;
    Fit fit = Fit::kKeep;
  };

  explicit TextColumns(std::vector<Column> columns);
  void Measure(const std::vector<std::string>& cells);
  // Each with a line end and without spaces before it; a row with the lines under it.
  [[nodiscard]] std::string Titles() const;
  [[nodiscard]] std::string Row(const std::vector<std::string>& cells) const;

 private:
  // What each column has in the rows; 0: it stands below.
  using Widths = std::vector<size_t>;
  [[nodiscard]] const Widths& Fitted() const;
  void ToColumns(Widths& widths) const;
  [[nodiscard]] std::string Line(const std::vector<std::string>& cells) const;

  std::vector<Column> columns_;
  Widths widths_;
  std::vector<bool> says_;  // whether a cell says something
  mutable Widths fitted_;   // empty until it is asked for
};

// A table that is kept in memory until it is written.
class TextTable {
 public:
  using Align = TextColumns::Align;
  using Fit = TextColumns::Fit;

  explicit TextTable(std::vector<TextColumns::Column> columns) : columns_(std::move(columns)) {}
  void Add(std::vector<std::string> cells);
  // Whole lines between the rows: of what has no cells.
  void AddLines(std::string lines);
  // Title line, where there is a row, and rows.
  [[nodiscard]] std::string ToText() const;

 private:
  struct Entry {
    std::vector<std::string> cells;
    std::string lines;
  };
  TextColumns columns_;
  std::vector<Entry> entries_;
};

}  // namespace lakeferry
