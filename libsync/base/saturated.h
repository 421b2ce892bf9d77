// Sums of numbers that somebody else declares: a total that does not fit stops at the largest number instead of turning
// negative. Pure.
#pragma once

#include <cstdint>
#include <limits>

namespace lakeferry {

[[nodiscard]] constexpr int64_t AddSaturated(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b < 0 ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
}

}  // namespace lakeferry
