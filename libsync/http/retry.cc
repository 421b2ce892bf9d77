#include "http/retry.h"

#include <algorithm>
#include <charconv>

#include "http/http_date.h"

namespace lakeferry {

RetryClass RetryClassOf(int status) {
  switch (status) {
    case 429:
    case 503: return RetryClass::kNotDone;
    case 408:
    case 500:
    case 502:
    case 504: return RetryClass::kMaybeDone;
    default: return RetryClass::kFinal;
  }
}

std::optional<Millis> RetryAfter(const Headers& headers, TimeMs now) {
  const auto text = headers.Find("Retry-After");
  if (!text) return std::nullopt;
  uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (error == std::errc() && end == text->data() + text->size()) return std::chrono::seconds(seconds);
  const auto date = ParseHttpDate(*text);
  if (!date) return std::nullopt;
  return std::max(Millis(0), *date - now);
}

Millis RetryDelay(const RetryRules& rules, int number, uint64_t random) {
  const Millis full = std::min(rules.delay_max, rules.delay_first * (int64_t{1} << std::min(number, 16)));
  return Millis(1 + static_cast<int64_t>(random % static_cast<uint64_t>(std::max<int64_t>(full.count(), 1))));
}

}  // namespace lakeferry
