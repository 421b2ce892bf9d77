// How long to wait before the next attempt. Pure.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace lakeferry::plan {

// Doubles from `first` to `max` with the number of failed attempts (1, 2, …), less up to half of it by `random_bits`,
// so that many groups that failed together do not return together.
[[nodiscard]] Millis BackoffDelay(int64_t failed_attempts, Millis first, Millis max, uint64_t random_bits);

}  // namespace lakeferry::plan
