// Points in time as Delta and the JSON contract have them: milliseconds since 1970-01-01 UTC.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lakeferry {

using Millis = std::chrono::milliseconds;
using TimeMs = std::chrono::sys_time<Millis>;

[[nodiscard]] constexpr TimeMs FromEpochMs(int64_t ms) { return TimeMs(Millis(ms)); }
[[nodiscard]] constexpr int64_t ToEpochMs(TimeMs time) { return time.time_since_epoch().count(); }

// The times from the year 0 to the year 9999: as far as RFC 3339 goes, with room for every duration that is added. A
// log or a store may hold any number; what lies beyond is no time, and counts as the nearest of these.
inline constexpr TimeMs kTimeMin = FromEpochMs(-62'167'219'200'000);
inline constexpr TimeMs kTimeMax = FromEpochMs(253'402'300'799'999);
[[nodiscard]] constexpr TimeMs ClampTime(TimeMs time) { return time < kTimeMin ? kTimeMin : std::min(time, kTimeMax); }
[[nodiscard]] constexpr TimeMs TimeFromOutside(int64_t ms) { return ClampTime(FromEpochMs(ms)); }

// "2026-11-21T07:39:39.123Z"; of what lies beyond kTimeMin and kTimeMax, those.
[[nodiscard]] std::string FormatUtc(TimeMs time);

// Reads RFC 3339 with 'T' or a space, optional fraction, and 'Z', an offset, or nothing (then UTC); also a whole number
// of epoch milliseconds. kInvalidArgument otherwise.
[[nodiscard]] Result<TimeMs> ParseTime(std::string_view text);

// A time, and how much later it may have been: what was written had the rest of its last unit cut off.
struct WrittenTime {
  TimeMs time;
  Millis slack;  // 0 where milliseconds were written
  bool operator==(const WrittenTime&) const = default;
};
// The same, with what the text leaves open: 999 ms of a time in whole seconds (a number that ends in 000 as well, as
// `date +%s000` has it), 59,999 ms of one in whole minutes, a day less a millisecond of a date.
[[nodiscard]] Result<WrittenTime> ParseWrittenTime(std::string_view text);

// Reads "90s", "15m", "2h", "1d", "2w", "250ms", "1h30m"; a bare number is refused because its unit is not known.
[[nodiscard]] Result<Millis> ParseDuration(std::string_view text);

// "1h 30m", "15s", "250ms": the two largest units.
[[nodiscard]] std::string FormatDuration(Millis duration);

}  // namespace lakeferry
