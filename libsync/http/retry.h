// Retry: what the status of a reply says about another attempt, and how long to wait for it. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"
#include "http/message.h"

namespace lakeferry {

enum class RetryClass {
  kFinal,      // another attempt would come to the same
  kNotDone,    // busy: it has done nothing (429, 503)
  kMaybeDone,  // it failed, or a proxy lost it on the way: nobody knows (408, 500, 502, 504)
};
[[nodiscard]] RetryClass RetryClassOf(int status);

// How long the other side wants to be left alone (RFC 9110 10.2.3): seconds or a date; absent where it does not say.
[[nodiscard]] std::optional<Millis> RetryAfter(const Headers& headers, TimeMs now);

struct RetryRules {
  int attempts_max = 5;
  Millis delay_first{100};
  Millis delay_max{5'000};
  Millis retry_after_max{10'000};  // whoever wants more is left to the caller, with kThrottled
};

// The wait after attempt `number`, from 0 on: twice as long each time, and any part of it, so that many who failed
// together do not come back together.
[[nodiscard]] Millis RetryDelay(const RetryRules& rules, int number, uint64_t random);

}  // namespace lakeferry
