#include "plan/group/backoff.h"

#include <algorithm>

namespace lakeferry::plan {

Millis BackoffDelay(int64_t failed_attempts, Millis first, Millis max, uint64_t random_bits) {
  const int64_t doublings = std::clamp<int64_t>(failed_attempts - 1, 0, 30);
  const int64_t full = std::min(first.count() << doublings, max.count());
  const int64_t half = full / 2;
  const int64_t jitter = half == 0 ? 0 : static_cast<int64_t>(random_bits % static_cast<uint64_t>(half + 1));
  return Millis(full - jitter);
}

Millis PauseAfterFailure(Millis backoff, Millis interval, std::optional<Millis> asked) {
  const Millis pause = std::min(backoff, interval);
  return asked ? std::max(pause, std::min<Millis>(*asked, std::chrono::hours(1))) : pause;
}

}  // namespace lakeferry::plan
