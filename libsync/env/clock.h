// Time as the engine sees it; the simulator has a virtual one.
#pragma once

#include "async/call.h"
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
  // Returns after `duration`, or at once when the call is stopped.
  virtual Task<void> SleepFor(Call call, Millis duration) = 0;
};

}  // namespace lakeferry
