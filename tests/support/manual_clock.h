// ManualClock: time that stands still until a test moves it. One thread.
#pragma once

#include "env/clock.h"

namespace lakeferry {

class ManualClock : public Clock {
 public:
  explicit ManualClock(TimeMs now = FromEpochMs(1'700'000'000'000)) : now_(now) {}

  void Advance(Millis duration) { now_ += duration; }

  [[nodiscard]] TimeMs WallTime() const override { return now_; }
  [[nodiscard]] Millis Monotonic() const override { return now_.time_since_epoch(); }
  // Passes at once, and time with it.
  Task<void> SleepFor(Call call, Millis duration) override {
    if (!call.stopped()) now_ += duration;
    co_return;
  }

 private:
  TimeMs now_;
};

}  // namespace lakeferry
