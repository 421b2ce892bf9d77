// Logger: one event a line, values as fields with fixed names. The daemon writes them as text or JSON; tests keep them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "async/call.h"
#include "base/place.h"

namespace lakeferry {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// A place as a field's value: a word in text, an object with its parts in JSON.
struct LogPlace {
  Place place;
};

// Names of fields, used everywhere: group, role, epoch, table, version, object, bytes, files, attempt, kind, error,
// where, remedy, reason, operation; what ends in _ms is a number of milliseconds. docs/events.md lists every event with
// its fields.

struct LogField {
  std::string_view key;
  std::variant<std::string, int64_t, LogPlace> value;
};

class Logger {
 public:
  virtual ~Logger() = default;
  // `event` is a constant phrase ("epoch staged"); what varies goes into the fields.
  virtual void Write(LogLevel level, std::string_view event, std::vector<LogField> fields) = 0;
  // Of what is done for `call`: its name comes last, where it has one.
  void Write(const Call& call, LogLevel level, std::string_view event, std::vector<LogField> fields) {
    if (!call.name().empty()) fields.push_back({"operation", std::string(call.name())});
    Write(level, event, std::move(fields));
  }
};

}  // namespace lakeferry
