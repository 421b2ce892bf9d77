#include "http/attempts.h"

#include <algorithm>

namespace lakeferry {

Task<bool> Attempts::Again(Call call, std::optional<Millis> asked) {
  if (++number_ >= rules_.attempts_max || call.stopped()) co_return false;
  if (asked && *asked > rules_.retry_after_max) co_return false;
  const Millis wait = std::max(RetryDelay(rules_, number_ - 1, random_.Next()), asked.value_or(Millis(0)));
  if (call.deadline && clock_.Monotonic() + wait >= *call.deadline) co_return false;
  co_await clock_.SleepFor(call, wait);
  co_return !call.stopped();
}

}  // namespace lakeferry
