#include "daemon/wiring/log_sink.h"

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdlib>
#include <set>

#include "daemon/config/text_bytes.h"
#include "daemon/output/place_output.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

std::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarning: return "warning";
    case LogLevel::kError: return "error";
  }
  return "error";
}

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
  }
  return spdlog::level::err;
}

// The word as it is, or in quotes with quotes and backslashes escaped, so that it can be read back.
std::string Quoted(std::string_view text) {
  const bool plain = !text.empty() && !HasControlByte(text) && text.find_first_of(" \"=\\") == std::string::npos;
  if (plain) return OneLine(text);
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped.push_back('\\');
    escaped.push_back(c);
  }
  return "\"" + OneLine(escaped) + "\"";
}

struct AsWord {
  std::string operator()(const std::string& text) const { return Quoted(FitToShow(text)); }
  std::string operator()(int64_t number) const { return std::to_string(number); }
  std::string operator()(const LogPlace& where) const { return Quoted(FitToShow(where.place.text())); }
};

std::string TextLine(std::optional<TimeMs> time, LogLevel level, std::string_view event,
                     const std::vector<LogField>& fields) {
  std::string line = time ? FormatUtc(*time) + " " : "";
  line += fmt::format("{:<7} {}", LevelName(level), OneLine(event));
  for (const LogField& field : fields) {
    const auto* where = std::get_if<LogPlace>(&field.value);
    if (where != nullptr && where->place.empty()) continue;
    line += fmt::format(" {}={}", OneLine(field.key), std::visit(AsWord{}, field.value));
  }
  return line;
}

std::string JsonLine(std::optional<TimeMs> time, LogLevel level, std::string_view event,
                     const std::vector<LogField>& fields) {
  json::Writer json(json::Texts::kShown);
  std::set<std::string> taken{"time_ms", "level", "event"};
  if (time) json.Field("time_ms", *time);
  json.Field("level", LevelName(level));
  json.Field("event", event);
  for (const LogField& field : fields) {
    std::string key(field.key);
    while (!taken.insert(key).second) key += "_";
    if (const auto* text = std::get_if<std::string>(&field.value)) {
      json.Field(key, std::string_view(FitToShow(*text)));
    } else if (const auto* where = std::get_if<LogPlace>(&field.value)) {
      WriteWhere(json, key, where->place);
    } else {
      json.Field(key, std::get<int64_t>(field.value));
    }
  }
  return json.Finish();
}

TimeMs Now() { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

}  // namespace

LogSink::LogSink(LogSettings settings)
    : settings_(settings),
      with_time_(settings.format == LogFormat::kJson || std::getenv("JOURNAL_STREAM") == nullptr),
      logger_(std::make_shared<spdlog::logger>("lakeferry", std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  logger_->set_formatter(
      std::make_unique<spdlog::pattern_formatter>("%v", spdlog::pattern_time_type::utc, std::string("\n")));
  logger_->set_level(SpdlogLevel(settings_.level));
  logger_->flush_on(spdlog::level::trace);
}

LogSink::~LogSink() = default;

void LogSink::Write(LogLevel level, std::string_view event, std::vector<LogField> fields) {
  if (!logger_->should_log(SpdlogLevel(level))) return;
  const auto time = with_time_ ? std::optional(Now()) : std::nullopt;
  const std::string line = FormatEvent(settings_.format, time, level, event, fields);
  logger_->log(SpdlogLevel(level), spdlog::string_view_t(line));
}

std::string FormatEvent(LogFormat format, std::optional<TimeMs> time, LogLevel level, std::string_view event,
                        const std::vector<LogField>& fields) {
  return format == LogFormat::kJson ? JsonLine(time, level, event, fields) : TextLine(time, level, event, fields);
}

}  // namespace lakeferry
