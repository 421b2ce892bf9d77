#include "plan/retention.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace lakeferry::plan {
namespace {

constexpr std::string_view kDeletedFiles = "delta.deletedFileRetentionDuration";
constexpr std::string_view kLog = "delta.logRetentionDuration";

constexpr std::array<std::pair<std::string_view, double>, 7> kUnits = {{{"microsecond", 1e-3},
                                                                        {"millisecond", 1},
                                                                        {"second", 1e3},
                                                                        {"minute", 60e3},
                                                                        {"hour", 3600e3},
                                                                        {"day", 86400e3},
                                                                        {"week", 604800e3}}};
// Two thousand years: what is longer is no interval, and does not fit a time either.
constexpr double kLongestMs = 2000 * 365.25 * 86400e3;

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\t';
    if (words.empty() || (space && !words.back().empty())) words.emplace_back();
    if (!space) words.back() += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  if (!words.empty() && words.back().empty()) words.pop_back();
  return words;
}

std::optional<double> UnitMs(std::string_view name) {
  if (name.ends_with('s')) name.remove_suffix(1);
  const auto* const unit = std::ranges::find(kUnits, name, &std::pair<std::string_view, double>::first);
  if (unit == kUnits.end()) return std::nullopt;
  return unit->second;
}

std::optional<double> Number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

Result<Millis> Property(const delta::Metadata& metadata, std::string_view name, Millis otherwise) {
  const auto text = metadata.Property(name);
  if (!text) return otherwise;
  Result<Millis> value = ParseInterval(*text);
  if (!value) return FailAt(std::move(value).error(), std::string(name));
  return value;
}

}  // namespace

Result<Millis> ParseInterval(std::string_view text) {
  std::vector<std::string> words = Words(text);
  const auto bad = [text] {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is no interval", text), {},
                "write it like 'interval 7 days'");
  };
  if (!words.empty() && words.front() == "interval") words.erase(words.begin());
  if (words.empty() || words.size() % 2 != 0) return bad();
  double sum = 0;
  for (size_t i = 0; i < words.size(); i += 2) {
    const auto number = Number(words[i]);
    const auto unit = UnitMs(words[i + 1]);
    if (!number || !unit) return bad();
    sum += *number * *unit;
  }
  if (sum < 0 || sum > kLongestMs) return bad();
  return Millis(static_cast<int64_t>(sum));
}

Result<Retention> RetentionOf(const delta::Metadata& metadata) {
  LF_TRY(const Millis deleted_files, Property(metadata, kDeletedFiles, kDefaultRetention.deleted_files));
  LF_TRY(const Millis log, Property(metadata, kLog, kDefaultRetention.log));
  return Retention{.deleted_files = deleted_files, .log = log};
}

std::optional<RetentionProblem> CheckRetention(const Retention& retention, Millis interval) {
  const auto say = [interval](Millis kept, std::string_view what, std::string_view property) {
    const bool certain = kept < interval;
    return RetentionProblem{
        .what = fmt::format("{} are kept for {}, and the group is looked at every {}: {}", what, FormatDuration(kept),
                            FormatDuration(interval),
                            certain ? "they may be gone before they are copied" : "one late sync may find them gone"),
        .remedy = fmt::format("set the table property {} to more than twice the sync interval, or shorten the interval",
                              property),
        .certain = certain};
  };
  if (retention.deleted_files < 2 * interval) return say(retention.deleted_files, "removed files", kDeletedFiles);
  if (retention.log < 2 * interval) return say(retention.log, "commits", kLog);
  return std::nullopt;
}

std::optional<RetentionProblem> CheckLag(const Retention& retention, TimeMs oldest_unsent, TimeMs now) {
  const Millis lag = now - oldest_unsent;
  const auto say = [&](Millis kept, std::string_view what, std::string_view loss, std::string_view property) {
    const bool certain = lag >= kept;
    return RetentionProblem{
        .what =
            fmt::format("{} are kept for {}, and commits since {} have not been sent: {}", what, FormatDuration(kept),
                        FormatUtc(oldest_unsent), certain ? loss : "half of that time has passed"),
        .remedy = fmt::format("see why no epoch is staged (lakeferry status, plan), and lengthen the table property {} "
                              "until one is",
                              property),
        .certain = certain};
  };
  std::optional<RetentionProblem> files;
  if (2 * lag >= retention.deleted_files) {
    files = say(retention.deleted_files, "removed files", "files that the replica needs may be gone", kDeletedFiles);
  }
  if (2 * lag < retention.log || (files && files->certain)) return files;
  RetentionProblem log = say(retention.log, "commits", "those that the replica lacks may be cleaned away", kLog);
  return files && !log.certain ? files : log;
}

}  // namespace lakeferry::plan
