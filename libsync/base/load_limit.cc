#include "base/load_limit.h"

#include <algorithm>

namespace lakeferry {
namespace {

// More than any process has at once: from there on there is no limit again.
constexpr size_t kLimitMax = 1'024;

}  // namespace

void LoadLimit::Fine(size_t running) {
  // Fewer than are allowed say nothing of one more.
  if (limit_ == kNone || running < limit_ || ++fine_ < limit_) return;
  fine_ = 0;
  probed_ = true;
  limit_ = limit_ + 1 > kLimitMax ? kNone : limit_ + 1;
}

void LoadLimit::Busy(uint64_t round, size_t running, Millis now, std::optional<Millis> wait) {
  if (wait) paused_until_ = std::max(paused_until_, now + std::min(*wait, kPauseMax));
  if (round != round_) return;
  const size_t had = std::min(limit_, running);
  const bool one_too_many = limit_ != kNone && probed_;
  limit_ = std::max<size_t>(one_too_many ? had * 4 / 5 : had / 2, 1);
  fine_ = 0;
  probed_ = false;
  ++round_;
}

}  // namespace lakeferry
