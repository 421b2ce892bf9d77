// Time as the engine sees it; the simulator has a virtual one.
#pragma once

#include <stop_token>

#include "async/task.h"
#include "base/time.h"

namespace lakeferry {

class Clock {
 public:
  virtual ~Clock() = default;

  // Calendar time, for timestamps and schedules. It may step in either direction.
  [[nodiscard]] virtual TimeMs WallTime() const = 0;
  // Time that never goes back, for durations and deadlines; its zero is arbitrary.
  [[nodiscard]] virtual Millis Monotonic() const = 0;
  // Returns after `duration`, or at once when `stop` is requested.
  virtual Task<void> SleepFor(Millis duration, std::stop_token stop) = 0;
};

}  // namespace lakeferry
