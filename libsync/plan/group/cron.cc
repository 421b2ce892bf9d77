#include "plan/group/cron.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <vector>

namespace lakeferry::plan {
namespace {

using namespace std::chrono;

struct Field {
  std::string_view name;
  int first;
  int last;
  std::vector<std::string_view> names;  // of first, first + 1, …
};

const std::array<Field, 5>& Fields() {
  static const std::array<Field, 5> fields{
      {{"minute", 0, 59, {}},
       {"hour", 0, 23, {}},
       {"day of month", 1, 31, {}},
       {"month", 1, 12, {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
       {"day of week", 0, 7, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}}}};
  return fields;
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::vector<std::string_view> Words(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  std::vector<std::string_view> words;
  for (size_t begin = text.find_first_not_of(kBlanks); begin != std::string_view::npos;) {
    const size_t end = std::min(text.find_first_of(kBlanks, begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(kBlanks, end);
  }
  return words;
}

std::optional<int> NumberOrName(std::string_view text, const Field& field) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto name = std::ranges::find(field.names, lower);
  if (name != field.names.end()) return field.first + static_cast<int>(name - field.names.begin());
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value < field.first || value > field.last) return std::nullopt;
  return value;
}

struct Span {
  int from;
  int to;
  int step;
};

// "*", "5", "1-5", "*/15", "10-40/10"; Vixie: "5/10" means 5-last/10.
std::optional<Span> ParseSpan(std::string_view item, const Field& field) {
  const auto halves = Split(item, '/');
  if (halves.size() > 2) return std::nullopt;
  Span span{field.first, field.last, 1};
  if (halves[0] != "*") {
    const auto ends = Split(halves[0], '-');
    const auto from = NumberOrName(ends[0], field);
    const auto to = ends.size() == 2 ? NumberOrName(ends[1], field) : from;
    if (ends.size() > 2 || !from || !to || *from > *to) return std::nullopt;
    span.from = *from;
    span.to = halves.size() == 2 && ends.size() == 1 ? field.last : *to;
  }
  if (halves.size() == 2) {
    const Field any{"step", 1, field.last, {}};
    const auto step = NumberOrName(halves[1], any);
    if (!step) return std::nullopt;
    span.step = *step;
  }
  return span;
}

Result<std::vector<int>> ParseField(std::string_view text, const Field& field) {
  std::vector<int> values;
  for (const std::string_view item : Split(text, ',')) {
    const auto span = ParseSpan(item, field);
    if (!span) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("'{}' is no {} of a cron schedule ({} to {})", text, field.name, field.first, field.last),
                  {}, "write five fields: minute hour day-of-month month day-of-week, such as '0 */12 * * *'");
    }
    for (int value = span->from; value <= span->to; value += span->step) values.push_back(value);
  }
  return values;
}

struct Shortcut {
  std::string_view word;
  std::string_view fields;
};

// As crontab(5) has them.
constexpr std::array<Shortcut, 7> kShortcuts{{{"@hourly", "0 * * * *"},
                                              {"@daily", "0 0 * * *"},
                                              {"@midnight", "0 0 * * *"},
                                              {"@weekly", "0 0 * * 0"},
                                              {"@monthly", "0 0 1 * *"},
                                              {"@yearly", "0 0 1 1 *"},
                                              {"@annually", "0 0 1 1 *"}}};

// The five fields that the text says or stands for.
Result<std::string_view> FieldsOf(std::string_view text) {
  if (!text.starts_with('@')) return text;
  const auto* shortcut = std::ranges::find(kShortcuts, text, &Shortcut::word);
  if (shortcut != kShortcuts.end()) return shortcut->fields;
  return Fail(
      ErrorCode::kInvalidArgument, fmt::format("'{}' is no schedule", text), {},
      "write @hourly, @daily, @midnight, @weekly, @monthly or @yearly, or five fields: minute hour day-of-month "
      "month day-of-week");
}

// The longest wait of a schedule that fires at all: 29 February on one day of the week, across a year such as 2100.
constexpr int kYearsBack = 40;

// Of any year.
constexpr std::array<size_t, 13> kLongestMonth{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

}  // namespace

Result<CronSchedule> CronSchedule::Parse(std::string_view text) {
  LF_TRY(const std::string_view fields, FieldsOf(text));
  const auto words = Words(fields);
  if (words.size() != Fields().size()) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("'{}' has {} fields, a cron schedule has 5", text, words.size()), {},
                "write: minute hour day-of-month month day-of-week");
  }
  CronSchedule schedule;
  std::array<std::vector<int>, 5> values;
  for (size_t i = 0; i < words.size(); ++i) {
    LF_TRY(values[i], ParseField(words[i], Fields()[i]));
  }
  for (const int value : values[0]) schedule.minutes_.set(static_cast<size_t>(value));
  for (const int value : values[1]) schedule.hours_.set(static_cast<size_t>(value));
  for (const int value : values[2]) schedule.days_.set(static_cast<size_t>(value));
  for (const int value : values[3]) schedule.months_.set(static_cast<size_t>(value));
  for (const int value : values[4]) schedule.weekdays_.set(static_cast<size_t>(value % 7));
  schedule.days_restricted_ = !words[2].starts_with('*');
  schedule.weekdays_restricted_ = !words[4].starts_with('*');
  if (!schedule.EverFires()) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("'{}' never fires: no month that it names has such a day", text), {},
                "name a day that the month has, such as '0 0 28 2 *'");
  }
  return schedule;
}

// Every day of the week meets every day of a month in some year, 29 February as well.
bool CronSchedule::EverFires() const {
  if (days_restricted_ && weekdays_restricted_) return true;
  for (size_t month = 1; month < months_.size(); ++month) {
    for (size_t day = 1; months_.test(month) && day <= kLongestMonth[month]; ++day) {
      if (days_.test(day)) return true;
    }
  }
  return false;
}

bool CronSchedule::MatchesDay(year_month_day day) const {
  const bool by_day = days_.test(static_cast<unsigned>(day.day()));
  const bool by_weekday = weekdays_.test(weekday(local_days(day)).c_encoding());
  if (days_restricted_ && weekdays_restricted_) return by_day || by_weekday;
  return by_day && by_weekday;
}

std::optional<TimeMs> CronSchedule::NewestOfDay(local_days day, LocalMs latest, TimeMs now,
                                                const ZoneRules& zone) const {
  for (int hour = 23; hour >= 0; --hour) {
    if (!hours_.test(static_cast<size_t>(hour))) continue;
    for (int minute = 59; minute >= 0; --minute) {
      const LocalMs local = day + hours(hour) + minutes(minute);
      if (!minutes_.test(static_cast<size_t>(minute)) || local > latest) continue;
      const TimeMs fire = zone.ToUtc(local);
      if (fire <= now) return fire;
    }
  }
  return std::nullopt;
}

std::optional<TimeMs> CronSchedule::NewestFireAtOrBefore(TimeMs now, const ZoneRules& zone) const {
  // Where the clocks show `now` a second time, they have shown later local times already: as much later as the first
  // showing was earlier. Below that, an earlier local time never fires at a later instant.
  const LocalMs shown = zone.ToLocal(now);
  const LocalMs latest = shown + (now - zone.ToUtc(shown));
  const local_days newest_day = floor<days>(latest);
  local_days day = newest_day;
  while (newest_day - day <= years(kYearsBack)) {
    const year_month_day date(day);
    if (!months_.test(static_cast<unsigned>(date.month()))) {
      day = local_days(date.year() / date.month() / 1) - days(1);
      continue;
    }
    if (MatchesDay(date)) {
      const auto fire = NewestOfDay(day, latest, now, zone);
      if (fire) return fire;
    }
    day -= days(1);
  }
  return std::nullopt;
}

}  // namespace lakeferry::plan
