// Attempts: how often one request is tried again, and when.
#pragma once

#include <optional>

#include "async/call.h"
#include "async/task.h"
#include "env/clock.h"
#include "env/random.h"
#include "http/retry.h"

namespace lakeferry {

// For one request. What it is given outlives it.
class Attempts {
 public:
  Attempts(RetryRules rules, Clock& clock, Random& random) : rules_(rules), clock_(clock), random_(random) {}

  // Waits before the next attempt; `asked`: at least so long, as the other side wants it. False where none is left,
  // where that is longer than anybody waits here, or than the call has time, and where it was stopped.
  Task<bool> Again(Call call, std::optional<Millis> asked);
  // Something came of the last one: the count begins anew.
  void Progressed() { number_ = 0; }

 private:
  const RetryRules rules_;
  Clock& clock_;
  Random& random_;
  int number_ = 0;
};

}  // namespace lakeferry
