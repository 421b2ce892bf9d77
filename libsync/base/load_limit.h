// LoadLimit: how many requests a service is to have at once, learnt from its answers. It has no limit until it says
// that it is busy; then half as many go, and again half as long as it is busy still; as answers come one more goes
// after each round of them, and where that is one too many a fifth less. So it settles a little below what the service
// takes, and follows where that changes. Pure: time comes from outside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "base/time.h"

namespace lakeferry {

class LoadLimit {
 public:
  static constexpr size_t kNone = std::numeric_limits<size_t>::max();
  // Whoever wants to be left alone for longer says it to each request, which then does not come back at all.
  static constexpr Millis kPauseMax{10'000};

  // Whether one more may go beside `running` others.
  [[nodiscard]] bool Admits(size_t running, Millis now) const { return running < limit_ && now >= paused_until_; }
  // What a request that begins has to say when it ends.
  [[nodiscard]] uint64_t round() const { return round_; }
  // One has ended, of `running` with it, and the service was not busy.
  void Fine(size_t running);
  // One that began in `round` has ended, of `running` with it: too many. Those that went out together are refused
  // together, and count once. `wait`: for so long the service wants to be left alone.
  void Busy(uint64_t round, size_t running, Millis now, std::optional<Millis> wait);

  // At least 1; kNone: as many as come.
  [[nodiscard]] size_t limit() const { return limit_; }
  [[nodiscard]] Millis paused_until() const { return paused_until_; }

 private:
  size_t limit_ = kNone;
  size_t fine_ = 0;      // answers since the limit rose, or fell
  bool probed_ = false;  // it rose since it fell
  uint64_t round_ = 0;
  Millis paused_until_{0};  // by a clock that never goes back
};

}  // namespace lakeferry
