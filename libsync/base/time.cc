#include "base/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace lakeferry {
namespace {

using namespace std::chrono;

struct Unit {
  std::string_view suffix;
  int64_t ms;
};
constexpr std::array<Unit, 5> kUnits{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr Unit kWeek{"w", 604'800'000};  // read, and told in days

const Unit* FindUnit(std::string_view suffix) {
  if (suffix == kWeek.suffix) return &kWeek;
  const auto* unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& u) { return u.suffix == suffix; });
  return unit == kUnits.end() ? nullptr : unit;
}

std::optional<int64_t> TakeNumber(std::string_view& text, size_t digits_max = 18) {
  int64_t value = 0;
  const size_t usable = std::min(text.size(), digits_max);
  const auto [end, error] = std::from_chars(text.data(), text.data() + usable, value);
  if (error != std::errc() || end == text.data() || text.front() == '-') return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return value;
}

bool TakeChar(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<int64_t> TakeFixed(std::string_view& text, size_t digits) {
  if (text.size() < digits) return std::nullopt;
  std::string_view field = text.substr(0, digits);
  const auto value = TakeNumber(field);
  if (!value || !field.empty()) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

std::optional<sys_days> TakeDate(std::string_view& text) {
  const auto y = TakeFixed(text, 4);
  if (!y || !TakeChar(text, "-")) return std::nullopt;
  const auto m = TakeFixed(text, 2);
  if (!m || !TakeChar(text, "-")) return std::nullopt;
  const auto d = TakeFixed(text, 2);
  if (!d) return std::nullopt;
  const year_month_day date{year(static_cast<int>(*y)), month(static_cast<unsigned>(*m)),
                            day(static_cast<unsigned>(*d))};
  if (!date.ok()) return std::nullopt;
  return sys_days(date);
}

// ".123456" to milliseconds, further digits dropped; `slack`: what the digits leave open.
std::optional<Millis> TakeFraction(std::string_view& text, Millis& slack) {
  if (!TakeChar(text, ".")) return Millis(0);
  int64_t ms = 0;
  int64_t scale = 100;
  size_t digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    ms += (text.front() - '0') * scale;
    scale /= 10;
    text.remove_prefix(1);
    ++digits;
  }
  if (digits == 0) return std::nullopt;
  slack = digits == 1 ? Millis(99) : Millis(digits == 2 ? 9 : 0);
  return Millis(ms);
}

std::optional<Millis> TakeClock(std::string_view& text, Millis& slack) {
  const auto h = TakeFixed(text, 2);
  if (!h || *h > 23 || !TakeChar(text, ":")) return std::nullopt;
  const auto m = TakeFixed(text, 2);
  if (!m || *m > 59) return std::nullopt;
  int64_t seconds_part = 0;
  slack = minutes(1) - Millis(1);
  if (TakeChar(text, ":")) {
    slack = Millis(999);
    const auto s = TakeFixed(text, 2);
    if (!s || *s > 59) return std::nullopt;
    seconds_part = *s;
  }
  const auto fraction = TakeFraction(text, slack);
  if (!fraction) return std::nullopt;
  return hours(*h) + minutes(*m) + seconds(seconds_part) + *fraction;
}

// "Z", "+02:00", "-0530" or nothing; what is to be subtracted to reach UTC.
std::optional<Millis> TakeOffset(std::string_view& text) {
  if (text.empty() || TakeChar(text, "Zz")) return Millis(0);
  const bool negative = text.front() == '-';
  if (!TakeChar(text, "+-")) return std::nullopt;
  const auto h = TakeFixed(text, 2);
  if (!h || *h > 23) return std::nullopt;
  TakeChar(text, ":");
  const auto m = TakeFixed(text, 2);
  if (!m || *m > 59) return std::nullopt;
  const Millis offset = hours(*h) + minutes(*m);
  return negative ? -offset : offset;
}

std::optional<WrittenTime> ParseRfc3339(std::string_view text) {
  const auto date = TakeDate(text);
  if (!date) return std::nullopt;
  if (text.empty()) return WrittenTime{.time = TimeMs(*date), .slack = days(1) - Millis(1)};
  if (!TakeChar(text, "Tt ")) return std::nullopt;
  Millis slack(0);
  const auto clock = TakeClock(text, slack);
  if (!clock) return std::nullopt;
  const auto offset = TakeOffset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return WrittenTime{.time = TimeMs(*date) + *clock - *offset, .slack = slack};
}

}  // namespace

std::string FormatUtc(TimeMs time) {
  time = ClampTime(time);
  const auto date = floor<days>(time);
  const year_month_day ymd(date);
  const hh_mm_ss<Millis> clock(time - date);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

Result<TimeMs> ParseTime(std::string_view text) {
  LF_TRY(const WrittenTime written, ParseWrittenTime(text));
  return written.time;
}

Result<WrittenTime> ParseWrittenTime(std::string_view text) {
  std::string_view rest = text;
  const auto number = TakeNumber(rest);
  if (number && rest.empty()) {
    return WrittenTime{.time = FromEpochMs(*number), .slack = Millis(*number % 1'000 == 0 ? 999 : 0)};
  }
  if (const auto time = ParseRfc3339(text)) return *time;
  return Fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is not a time", text), {},
              "write 2026-11-21T07:00:00Z, with an offset instead of Z if need be, or epoch milliseconds");
}

Result<Millis> ParseDuration(std::string_view text) {
  std::string_view rest = text;
  int64_t total = 0;
  bool any = false;
  while (!rest.empty()) {
    const auto number = TakeNumber(rest, 12);
    size_t letters = 0;
    while (letters < rest.size() && rest[letters] >= 'a' && rest[letters] <= 'z') ++letters;
    const std::string_view suffix = rest.substr(0, letters);
    const Unit* unit = FindUnit(suffix);
    int64_t part = 0;
    if (!number || unit == nullptr || __builtin_mul_overflow(*number, unit->ms, &part) ||
        __builtin_add_overflow(total, part, &total)) {
      any = false;
      break;
    }
    rest.remove_prefix(letters);
    any = true;
  }
  if (any) return Millis(total);
  return Fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is not a duration", text), {},
              "write a number with its unit: 250ms, 30s, 15m, 2h, 1d, 2w");
}

std::string FormatDuration(Millis duration) {
  int64_t left = duration.count();
  if (left < 0) return "-" + FormatDuration(-duration);
  std::string out;
  int parts = 0;
  for (const Unit& unit : kUnits) {
    const int64_t count = left / unit.ms;
    if (count == 0) continue;
    left -= count * unit.ms;
    out += fmt::format("{}{}{}", out.empty() ? "" : " ", count, unit.suffix);
    if (++parts == 2) break;
  }
  return out.empty() ? "0s" : out;
}

}  // namespace lakeferry
