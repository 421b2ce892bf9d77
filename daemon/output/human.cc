#include "daemon/output/human.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "daemon/config/text_bytes.h"

namespace lakeferry {
namespace {

// Characters, as far as code points tell: wide ones are rare in names of tables and groups.
size_t Width(std::string_view text) {
  return static_cast<size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

}  // namespace

std::string HumanBytes(int64_t bytes) {
  constexpr std::array<std::string_view, 6> kUnits{"kB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 1'000) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  value /= 1'000;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1'000;
    ++unit;
  }
  return value < 99.95 ? fmt::format("{:.1f} {}", value, kUnits[unit]) : fmt::format("{:.0f} {}", value, kUnits[unit]);
}

std::string HumanTime(std::optional<TimeMs> time) {
  if (!time) return "-";
  std::string text = FormatUtc(*time);
  text.replace(text.find('.'), std::string::npos, "Z");
  text[text.find('T')] = ' ';
  return text;
}

std::string HumanAge(Millis age) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(age);
  return FormatDuration(std::max<Millis>(seconds, Millis(0)));
}

std::string HumanCount(int64_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

std::string HumanList(const std::vector<std::string>& texts) {
  return texts.empty() ? "-" : fmt::format("{}", fmt::join(texts, ", "));
}

TextColumns::TextColumns(std::vector<Column> columns) : columns_(std::move(columns)) {
  for (const Column& column : columns_) widths_.push_back(Width(column.title));
}

void TextColumns::Measure(const std::vector<std::string>& cells) {
  LF_CHECK(cells.size() == columns_.size(), "a row has another number of cells than the table has columns");
  for (size_t i = 0; i < cells.size(); ++i) widths_[i] = std::max(widths_[i], Width(OneLine(cells[i])));
}

std::string TextColumns::Titles() const {
  std::vector<std::string> titles;
  titles.reserve(columns_.size());
  for (const Column& column : columns_) titles.push_back(column.title);
  return Row(titles);
}

std::string TextColumns::Row(const std::vector<std::string>& cells) const {
  std::string row;
  for (size_t i = 0; i < columns_.size(); ++i) {
    const std::string cell = OneLine(cells[i]);
    const size_t pad = widths_[i] - Width(cell);
    if (i > 0) row += "  ";
    if (columns_[i].align == Align::kRight) row.append(pad, ' ');
    row += cell;
    if (columns_[i].align == Align::kLeft) row.append(pad, ' ');
  }
  row.erase(row.find_last_not_of(' ') + 1);
  row += '\n';
  return row;
}

void TextTable::Add(std::vector<std::string> cells) {
  columns_.Measure(cells);
  rows_.push_back(std::move(cells));
}

std::string TextTable::ToText() const {
  std::string text = columns_.Titles();
  for (const auto& row : rows_) text += columns_.Row(row);
  return text;
}

}  // namespace lakeferry
