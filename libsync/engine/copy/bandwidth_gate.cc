#include "engine/copy/bandwidth_gate.h"

#include <algorithm>

namespace lakeferry::engine {
namespace {

// Another limit may hold by then.
constexpr Millis kLongestSleep{1'000};

}  // namespace

Status BandwidthGate::Use(const plan::Bandwidth& bandwidth, const plan::ZoneSource& zones) {
  std::shared_ptr<const plan::ZoneRules> zone;
  if (bandwidth.limits()) {
    LF_TRY(zone, zones.Find(bandwidth.time_zone));
  }
  bandwidth_ = bandwidth;
  zone_ = std::move(zone);
  return {};
}

plan::ByteRate BandwidthGate::LimitAt(TimeMs now) const {
  return zone_ == nullptr ? std::nullopt : plan::LimitAt(bandwidth_, zone_->ToLocal(now));
}

Task<void> BandwidthGate::Await(Call call, Clock& clock, size_t bytes) {
  if (zone_ == nullptr) co_return;
  const Semaphore::Slot turn = co_await turn_.Acquire();
  for (;;) {
    const Millis wait = bucket_.Wait(clock.Monotonic(), LimitAt(clock.WallTime()));
    if (wait == Millis(0) || call.stopped()) break;
    co_await clock.SleepFor(call, std::min(wait, kLongestSleep));
  }
  bucket_.Spend(static_cast<int64_t>(bytes));
}

}  // namespace lakeferry::engine
