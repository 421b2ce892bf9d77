#include "plan/retention/retention.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace lakeferry::plan {
namespace {

constexpr std::string_view kDeletedFiles = "delta.deletedFileRetentionDuration";
constexpr std::string_view kLog = "delta.logRetentionDuration";

// Its share of an interval, in the three counts that Spark keeps of one.
struct Unit {
  std::string_view name;
  int64_t months;
  int64_t days;
  int64_t micros;
};
constexpr std::array<Unit, 9> kUnits = {{{"microsecond", 0, 0, 1},
                                         {"millisecond", 0, 0, 1'000},
                                         {"second", 0, 0, 1'000'000},
                                         {"minute", 0, 0, 60'000'000},
                                         {"hour", 0, 0, 3'600'000'000},
                                         {"day", 0, 1, 0},
                                         {"week", 0, 7, 0},
                                         {"month", 1, 0, 0},
                                         {"year", 12, 0, 0}}};
constexpr size_t kFractionDigitsMax = 9;
constexpr int64_t kDayMs = 86'400'000;

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  bool in_word = false;
  for (const char c : text) {
    if (!IsSpace(c)) {
      if (!in_word) words.emplace_back();
      words.back() += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    in_word = !IsSpace(c);
  }
  return words;
}

// The words behind "interval", which need not be there; Spark wants a space behind it.
std::vector<std::string> WordsOfInterval(std::string_view text) {
  std::vector<std::string> words = Words(text);
  const size_t start = text.find_first_not_of(" \t\n\v\f\r");
  const bool named = !words.empty() && words.front() == "interval" && text.substr(start).size() > 8;
  if (named && text[start + 8] == ' ') words.erase(words.begin());
  return words;
}

const Unit* UnitOf(std::string_view name) {
  if (name.ends_with('s')) name.remove_suffix(1);
  const auto* const unit = std::ranges::find(kUnits, name, &Unit::name);
  return unit == kUnits.end() ? nullptr : unit;
}

// A number with its sign: "7", "-7", ".5", "1.".
struct Number {
  int64_t whole = 0;
  int64_t micros = 0;  // of the fraction, taken for seconds
  bool has_fraction = false;
};

std::optional<int64_t> Digits(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool all = error == std::errc() && end == text.data() + text.size() && text.front() != '-';
  return all ? std::optional(number) : std::nullopt;
}

// Micros of a fraction's digits; finer ones are dropped.
std::optional<int64_t> FractionOf(std::string_view digits) {
  if (digits.size() > kFractionDigitsMax) return std::nullopt;
  const auto number = Digits(std::string(digits) + std::string(kFractionDigitsMax - digits.size(), '0'));
  return number ? std::optional(*number / 1'000) : std::nullopt;
}

std::optional<Number> NumberOf(std::string_view text, bool negative) {
  const size_t point = text.find('.');
  const std::string_view before = text.substr(0, point);
  const std::string_view after = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (before.empty() && after.empty()) return std::nullopt;
  const auto whole = before.empty() ? 0 : Digits(before);
  const auto micros = FractionOf(after);
  if (!whole || !micros) return std::nullopt;
  const int64_t sign = negative ? -1 : 1;
  return Number{.whole = sign * *whole, .micros = sign * *micros, .has_fraction = point != std::string_view::npos};
}

// Takes one number off the words, whose sign may stand alone.
std::optional<Number> TakeNumber(std::span<const std::string>& words) {
  if (words.empty()) return std::nullopt;
  std::string_view text = words.front();
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  words = words.subspan(1);
  if (text.empty() && !words.empty()) {
    text = words.front();
    words = words.subspan(1);
  }
  return NumberOf(text, negative);
}

// What was read of an interval so far.
struct Sum {
  int64_t months = 0;
  int64_t days = 0;
  int64_t micros = 0;

  // False where Spark has no room for it either.
  [[nodiscard]] bool Add(const Number& number, const Unit& unit) {
    if (number.has_fraction && unit.name != "second") return false;
    return AddTo(months, number.whole, unit.months) && AddTo(days, number.whole, unit.days) &&
           AddTo(micros, number.whole, unit.micros) && AddTo(micros, number.micros, 1) && Fits(months) && Fits(days);
  }

 private:
  static bool AddTo(int64_t& sum, int64_t number, int64_t each) {
    int64_t part = 0;
    return !__builtin_mul_overflow(number, each, &part) && !__builtin_add_overflow(sum, part, &sum);
  }
  static bool Fits(int64_t count) { return count == static_cast<int32_t>(count); }
};

std::optional<Sum> SumOf(std::span<const std::string> words) {
  if (words.empty()) return std::nullopt;
  Sum sum;
  while (!words.empty()) {
    const auto number = TakeNumber(words);
    const Unit* unit = number && !words.empty() ? UnitOf(words.front()) : nullptr;
    if (unit == nullptr || !sum.Add(*number, *unit)) return std::nullopt;
    words = words.subspan(1);
  }
  return sum;
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
  const auto bad = [text] {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is no interval", text), {},
                "write it like 'interval 7 days'");
  };
  const auto sum = SumOf(WordsOfInterval(text));
  if (!sum || sum->months != 0) return bad();
  // Days that fit 32 bits and any number of microseconds leave room in milliseconds.
  const Millis total = Millis(sum->days * kDayMs) + std::chrono::floor<Millis>(std::chrono::microseconds(sum->micros));
  if (total < Millis(0)) return bad();
  return total;
}

Result<Millis> DeletedFileRetentionOf(const delta::Metadata& metadata) {
  return Property(metadata, kDeletedFiles, kDefaultRetention.deleted_files);
}

Result<Millis> LogRetentionOf(const delta::Metadata& metadata) {
  return Property(metadata, kLog, kDefaultRetention.log);
}

Result<Retention> RetentionOf(const delta::Metadata& metadata) {
  LF_TRY(const Millis deleted_files, DeletedFileRetentionOf(metadata));
  LF_TRY(const Millis log, LogRetentionOf(metadata));
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

std::optional<RetentionProblem> CheckLag(Millis log_kept, TimeMs oldest_unsent, TimeMs now) {
  const Millis lag = now - oldest_unsent;
  if (lag < log_kept / 2) return std::nullopt;
  const bool certain = lag >= log_kept;
  return RetentionProblem{
      .what = fmt::format("commits are kept for {}, and commits since {} have not been sent: {}",
                          FormatDuration(log_kept), FormatUtc(oldest_unsent),
                          certain ? "where log clean-up has taken one, the whole table goes over again"
                                  : "half of that time has passed"),
      .remedy = fmt::format("see why no epoch is staged (lakeferry status, plan), and lengthen the table property {} "
                            "until one is",
                            kLog),
      .certain = certain};
}

std::optional<RetentionProblem> CheckVanish(NeededBy who, Millis kept, TimeMs from, TimeMs now) {
  if (now < from - kept / 2) return std::nullopt;
  const bool certain = now >= from;
  const bool cut = who == NeededBy::kCut;
  return RetentionProblem{
      .what = fmt::format("removed files are kept for {}, and {} {} {}", FormatDuration(kept),
                          cut ? "files that the cut under way needs" : "files of versions between the last cut and now",
                          certain ? "may be gone since" : "may vanish from", FormatUtc(from)) +
              (cut ? "" : ": the replica will not be able to read those versions"),
      .remedy = fmt::format("see why no epoch is staged (lakeferry status, plan), and lengthen the table property {} "
                            "until one is",
                            kDeletedFiles),
      .certain = certain};
}

}  // namespace lakeferry::plan
