#include "daemon/output/text_table.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "daemon/output/lines.h"

namespace lakeferry {
namespace {

constexpr size_t kGap = 2;
// A name that was shortened to less tells nobody apart.
constexpr size_t kShortest = 12;

size_t TotalOf(const std::vector<size_t>& widths) {
  size_t total = 0;
  for (const size_t width : widths) {
    if (width > 0) total += width + (total > 0 ? kGap : 0);
  }
  return total;
}

bool SaysNothing(const std::string& cell) { return cell.empty() || cell == "-"; }

std::string Lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return text;
}

}  // namespace

TextColumns::TextColumns(std::vector<Column> columns) : columns_(std::move(columns)) {
  for (const Column& column : columns_) widths_.push_back(DisplayWidth(column.title));
  says_.resize(columns_.size());
}

void TextColumns::Measure(const std::vector<std::string>& cells) {
  fitted_.clear();
  LF_CHECK(cells.size() == columns_.size(), "a row has another number of cells than the table has columns");
  for (size_t i = 0; i < cells.size(); ++i) {
    widths_[i] = std::max(widths_[i], DisplayWidth(LineOf(cells[i])));
    says_[i] = says_[i] || !SaysNothing(cells[i]);
  }
}

const TextColumns::Widths& TextColumns::Fitted() const {
  if (!fitted_.empty()) return fitted_;
  fitted_ = widths_;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].fit == Fit::kBelow && !says_[i]) fitted_[i] = 0;
  }
  if (TotalOf(fitted_) > kColumns) ToColumns(fitted_);
  return fitted_;
}

void TextColumns::ToColumns(Widths& widths) const {
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].fit == Fit::kBelow) widths[i] = 0;
  }
  while (TotalOf(widths) > kColumns) {
    size_t* widest = nullptr;
    for (size_t i = 0; i < columns_.size(); ++i) {
      size_t& width = widths[i];
      if (columns_[i].fit != Fit::kShorten || width <= std::max(kShortest, DisplayWidth(columns_[i].title))) continue;
      if (widest == nullptr || width > *widest) widest = &width;
    }
    if (widest == nullptr) break;
    --*widest;
  }
}

std::string TextColumns::Line(const std::vector<std::string>& cells) const {
  const Widths& widths = Fitted();
  std::string line;
  bool first = true;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (widths[i] == 0) continue;
    const std::string whole = LineOf(cells[i]);
    const std::string cell = columns_[i].fit == Fit::kShorten ? Shortened(whole, widths[i]) : whole;
    const size_t pad = widths[i] - std::min(widths[i], DisplayWidth(cell));
    if (!std::exchange(first, false)) line.append(kGap, ' ');
    if (columns_[i].align == Align::kRight) line.append(pad, ' ');
    line += cell;
    if (columns_[i].align == Align::kLeft) line.append(pad, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  line += '\n';
  return line;
}

std::string TextColumns::Titles() const {
  std::vector<std::string> titles;
  titles.reserve(columns_.size());
  for (const Column& column : columns_) titles.push_back(column.title);
  return Line(titles);
}

std::string TextColumns::Row(const std::vector<std::string>& cells) const {
  const Widths& widths = Fitted();
  std::string text = Line(cells);
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (widths[i] > 0 || SaysNothing(cells[i])) continue;
    text += Wrapped(Lower(columns_[i].title) + ": " + cells[i], 4, 6);
  }
  return text;
}

void TextTable::Add(std::vector<std::string> cells) {
  columns_.Measure(cells);
  entries_.push_back({.cells = std::move(cells), .lines = {}});
}

void TextTable::AddLines(std::string lines) { entries_.push_back({.cells = {}, .lines = std::move(lines)}); }

std::string TextTable::ToText() const {
  const bool rows = std::ranges::any_of(entries_, [](const Entry& entry) { return !entry.cells.empty(); });
  std::string text = rows || entries_.empty() ? columns_.Titles() : "";
  for (const Entry& entry : entries_) text += entry.cells.empty() ? entry.lines : columns_.Row(entry.cells);
  return text;
}

}  // namespace lakeferry
