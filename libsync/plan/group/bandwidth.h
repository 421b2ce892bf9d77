// Bandwidth: how fast data may go, by the time of day. Pure: the zone's rules come from outside.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "plan/group/cron.h"

namespace lakeferry::plan {

// Bytes in a second; absent: as fast as it goes.
using ByteRate = std::optional<int64_t>;

// A part of each day, from one time on and before the other; over midnight where that is the earlier one.
struct BandwidthWindow {
  std::chrono::minutes from{};  // since midnight, by the clocks of the zone
  std::chrono::minutes to{};
  ByteRate limit = {};

  bool operator==(const BandwidthWindow&) const = default;
};

struct Bandwidth {
  ByteRate limit = {};                        // outside of all windows
  std::vector<BandwidthWindow> windows = {};  // of two that meet the first counts
  std::string time_zone = "UTC";              // IANA name

  [[nodiscard]] bool limits() const { return limit || !windows.empty(); }
  bool operator==(const Bandwidth&) const = default;
};

// What holds at that time of day.
[[nodiscard]] ByteRate LimitAt(const Bandwidth& bandwidth, LocalMs now);
// What holds at that instant; kInvalidArgument for a time zone that nobody knows.
[[nodiscard]] Result<ByteRate> LimitAt(const Bandwidth& bandwidth, TimeMs now, const ZoneSource& zones);
// The lower of two.
[[nodiscard]] ByteRate LowerOf(ByteRate one, ByteRate other);

// TokenBucket: when the next bytes may go so that they keep to a rate which changes. They go as pieces of any size:
// one goes as soon as those before it are paid for, so that one larger than a second's worth goes as well, and whoever
// comes next waits for it.
class TokenBucket {
 public:
  // Zero where something may go at `now`, by a clock that never goes back; else how long that takes at this rate.
  [[nodiscard]] Millis Wait(Millis now, ByteRate rate);
  // So many bytes go.
  void Spend(int64_t bytes) { level_ -= bytes; }

 private:
  int64_t level_ = 0;  // below zero: what is to be paid for
  std::optional<Millis> since_;
};

}  // namespace lakeferry::plan
