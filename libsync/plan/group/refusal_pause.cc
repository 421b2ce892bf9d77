#include "plan/group/refusal_pause.h"

#include <algorithm>

namespace lakeferry::plan {

Millis RefusalPause(int refusals, Millis sync_interval) {
  if (refusals < kRefusalsAtOnce) return Millis(0);
  Millis pause = std::clamp<Millis>(sync_interval, Millis(1), kRefusalPauseMax);
  for (int i = kRefusalsAtOnce; i <= refusals && pause < kRefusalPauseMax; ++i) pause *= 2;
  return std::min(pause, kRefusalPauseMax);
}

}  // namespace lakeferry::plan
