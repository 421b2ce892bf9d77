// How long to wait before the next attempt. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace lakeferry::plan {

// Doubles from `first` to `max` with the number of failed attempts (1, 2, …), less up to half of it by `random_bits`,
// so that many groups that failed together do not return together.
[[nodiscard]] Millis BackoffDelay(int64_t failed_attempts, Millis first, Millis max, uint64_t random_bits);

// How long a failed pass waits: `backoff`, or the interval between passes where that is shorter; but not less than the
// other side has asked for, up to an hour.
[[nodiscard]] Millis PauseAfterFailure(Millis backoff, Millis interval, std::optional<Millis> asked);

}  // namespace lakeferry::plan
