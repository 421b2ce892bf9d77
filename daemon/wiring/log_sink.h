// LogSink: writes events to standard error through spdlog, one line each, as text or JSON. Values are escaped so that
// no field can forge a line, bounded, and without secrets (base/shown_text.h). Any thread.
#pragma once

#include <memory>
#include <string>

#include "daemon/config/config.h"
#include "env/logger.h"

namespace spdlog {
class logger;
}

namespace lakeferry {

class LogSink final : public Logger {
 public:
  explicit LogSink(LogSettings settings);
  ~LogSink() override;
  void Write(LogLevel level, std::string_view event, std::vector<LogField> fields) override;

 private:
  const LogSettings settings_;
  const bool with_time_;  // journald stamps lines itself
  std::shared_ptr<spdlog::logger> logger_;
};

// One event without its line end. Text: `[time ]level event key=value …`, values with spaces, quotes or '=' in quotes.
// JSON: {"time_ms", "level", "event", fields…}; a field that is named like one of these three or stands there twice
// gets a '_' after its name. `time`: absent where the line is not to have one.
[[nodiscard]] std::string FormatEvent(LogFormat format, std::optional<TimeMs> time, LogLevel level,
                                      std::string_view event, const std::vector<LogField>& fields);

}  // namespace lakeferry
