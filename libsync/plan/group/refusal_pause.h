// When a sender stages again what its receiver has refused. Pure.
#pragma once

#include "base/time.h"

namespace lakeferry::plan {

// So often an epoch is staged again at once: damage on the way is mended by the second copy.
inline constexpr int kRefusalsAtOnce = 3;
inline constexpr Millis kRefusalPauseMax = std::chrono::hours(24);

// How long after the newest of `refusals` the same change is staged again, where nothing in it has changed: not at all
// for the first kRefusalsAtOnce, then twice as long each time, from twice the sync interval up to kRefusalPauseMax.
[[nodiscard]] Millis RefusalPause(int refusals, Millis sync_interval);

}  // namespace lakeferry::plan
