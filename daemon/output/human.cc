#include "daemon/output/human.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace lakeferry {
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

std::string HumanAgo(Millis age) {
  const std::string text = HumanAge(age);
  return text.substr(0, text.find(' ')) + " ago";
}

std::string HumanCount(int64_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

std::string HumanList(const std::vector<std::string>& texts) {
  return texts.empty() ? "-" : fmt::format("{}", fmt::join(texts, ", "));
}

}  // namespace lakeferry
