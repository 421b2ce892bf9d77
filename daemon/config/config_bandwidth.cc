#include "daemon/config/config_bandwidth.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/shown_text.h"
#include "daemon/config/zones.h"

namespace lakeferry {
namespace {

constexpr double kRateMin = 1e3;
constexpr double kRateMax = 1e12;
constexpr std::string_view kNoLimit = "none";
constexpr std::string_view kRateRemedy =
    "write bytes or bits in a second with their unit: 200MB/s, 50MiB/s, 800Mbit/s; from 1kB/s to 1TB/s";

std::optional<int> TakeTwoDigits(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = text.size() == 2 && error == std::errc() && end == text.data() + text.size();
  return whole && value >= 0 ? std::optional(value) : std::nullopt;
}

// "08:00", up to "24:00".
std::optional<std::chrono::minutes> ParseTimeOfDay(std::string_view text) {
  constexpr size_t kBytes = 5;
  if (text.size() != kBytes || text[2] != ':') return std::nullopt;
  const auto hour = TakeTwoDigits(text.substr(0, 2));
  const auto minute = TakeTwoDigits(text.substr(3));
  if (!hour || !minute || *minute > 59) return std::nullopt;
  const std::chrono::minutes time = std::chrono::hours(*hour) + std::chrono::minutes(*minute);
  return time <= std::chrono::hours(24) ? std::optional(time) : std::nullopt;
}

// Absent where it is missing or wrong.
std::optional<plan::ByteRate> ReadRate(ConfigMap& map, std::string_view key) {
  const auto text = map.Text(key);
  if (!text) return std::nullopt;
  if (text->text == kNoLimit) return plan::ByteRate();
  const plan::ByteRate rate = ParseByteRate(text->text);
  if (rate) return rate;
  map.Report(key, fmt::format("'{}' is no rate", OneLine(text->text)), std::string(kRateRemedy));
  return std::nullopt;
}

std::optional<plan::BandwidthWindow> ReadWindow(const ConfigMap::Element& element, ConfigProblems& problems) {
  auto window = ConfigMap::Open(*element.node, element.place, kBandwidthWindowLevel, problems);
  if (!window) return std::nullopt;
  const auto from = ReadTimeOfDay(*window, "from");
  const auto to = ReadTimeOfDay(*window, "to");
  if (!window->Has("limit")) window->Report("limit", "limit is missing", "add limit: 50MB/s, or limit: none");
  const auto limit = ReadRate(*window, "limit");
  if (!from || !to || !limit) return std::nullopt;
  if (*from == *to) {
    window->Report("to", "the window ends when it begins", "for the whole day write limit beside windows");
    return std::nullopt;
  }
  return plan::BandwidthWindow{.from = *from, .to = *to, .limit = *limit};
}

}  // namespace

std::optional<std::chrono::minutes> ReadTimeOfDay(ConfigMap& window, std::string_view key) {
  const auto text = window.RequiredText(key, "\"08:00\"");
  if (!text) return std::nullopt;
  const auto time = ParseTimeOfDay(text->text);
  if (!time) {
    window.Report(key, fmt::format("'{}' is no time of day", OneLine(text->text)),
                  "write hours and minutes in quotes: \"08:00\", up to \"24:00\"");
  }
  return time;
}

plan::ByteRate ParseByteRate(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 12> kUnits{{{"B/s", 1},
                                                                        {"kB/s", 1e3},
                                                                        {"MB/s", 1e6},
                                                                        {"GB/s", 1e9},
                                                                        {"TB/s", 1e12},
                                                                        {"KiB/s", 0x1p10},
                                                                        {"MiB/s", 0x1p20},
                                                                        {"GiB/s", 0x1p30},
                                                                        {"bit/s", 0.125},
                                                                        {"kbit/s", 125},
                                                                        {"Mbit/s", 125e3},
                                                                        {"Gbit/s", 125e6}}};
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  std::string_view unit = text.substr(static_cast<size_t>(end - text.data()));
  if (unit.starts_with(' ')) unit.remove_prefix(1);
  for (const auto& [name, bytes] : kUnits) {
    if (unit != name) continue;
    const double rate = number * bytes;
    if (rate >= kRateMin && rate <= kRateMax) return static_cast<int64_t>(std::llround(rate));
  }
  return std::nullopt;
}

plan::Bandwidth ReadBandwidth(ConfigMap& map) {
  constexpr std::string_view kKey = "bandwidth";
  plan::Bandwidth bandwidth;
  const ConfigNode* value = map.Value(kKey);
  if (value == nullptr) return bandwidth;
  if (value->kind != ConfigNode::Kind::kMap) {
    bandwidth.limit = ReadRate(map, kKey).value_or(plan::ByteRate());
    return bandwidth;
  }
  auto parts = map.Map(kKey, kBandwidthLevel);
  if (!parts) return bandwidth;
  bandwidth.limit = ReadRate(*parts, "limit").value_or(plan::ByteRate());
  if (const auto zone = parts->Text("time_zone")) {
    bandwidth.time_zone = zone->text;
    const auto found = SystemZones().Find(zone->text);
    if (!found) parts->Report("time_zone", found.error().message, found.error().remedy);
  }
  if (!parts->Has("windows")) return bandwidth;
  for (const ConfigMap::Element& element : parts->RequiredList("windows", "windows of the day")) {
    if (auto window = ReadWindow(element, map.problems())) bandwidth.windows.push_back(*window);
  }
  return bandwidth;
}

}  // namespace lakeferry
