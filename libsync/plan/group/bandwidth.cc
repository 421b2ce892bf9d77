#include "plan/group/bandwidth.h"

#include <algorithm>

namespace lakeferry::plan {
namespace {

constexpr int64_t kMillisOfASecond = 1'000;
// What was not used is saved up for so long: the pauses between small objects, and no more.
constexpr int64_t kSavedMillis = 250;
// A level that old is full or paid for at any rate.
constexpr Millis kLongest = std::chrono::hours(24);

bool Holds(const BandwidthWindow& window, Millis of_day) {
  if (window.from <= window.to) return window.from <= of_day && of_day < window.to;
  return of_day >= window.from || of_day < window.to;
}

}  // namespace

ByteRate LimitAt(const Bandwidth& bandwidth, LocalMs now) {
  const Millis of_day = now - std::chrono::floor<std::chrono::days>(now);
  const auto found = std::ranges::find_if(bandwidth.windows, [&](const auto& window) { return Holds(window, of_day); });
  return found == bandwidth.windows.end() ? bandwidth.limit : found->limit;
}

Result<ByteRate> LimitAt(const Bandwidth& bandwidth, TimeMs now, const ZoneSource& zones) {
  if (bandwidth.windows.empty()) return bandwidth.limit;
  LF_TRY(const std::shared_ptr<const ZoneRules> zone, zones.Find(bandwidth.time_zone));
  return LimitAt(bandwidth, zone->ToLocal(now));
}

ByteRate LowerOf(ByteRate one, ByteRate other) {
  if (!one || !other) return one ? one : other;
  return std::min(*one, *other);
}

Millis TokenBucket::Wait(Millis now, ByteRate rate) {
  const Millis passed = since_ ? std::min(now - *since_, kLongest) : Millis(0);
  since_ = now;
  if (!rate) {
    level_ = 0;
    return Millis(0);
  }
  const double earned = static_cast<double>(*rate) * static_cast<double>(passed.count()) / kMillisOfASecond;
  const int64_t saved_max = *rate * kSavedMillis / kMillisOfASecond;
  level_ = static_cast<int64_t>(std::min(static_cast<double>(level_) + earned, static_cast<double>(saved_max)));
  if (level_ >= 0) return Millis(0);
  const double seconds = static_cast<double>(-level_) / static_cast<double>(*rate);
  return Millis(1 + static_cast<int64_t>(seconds * kMillisOfASecond));
}

}  // namespace lakeferry::plan
