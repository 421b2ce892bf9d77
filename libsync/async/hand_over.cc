#include "async/hand_over.h"

#include <utility>

#include "base/out_of_memory.h"

namespace lakeferry {

// Whoever finds nobody handing on does it for all that are ready, one after the other, without the lock: so one thread
// is at it at a time, in the order of the numbers, and those who put meanwhile go away at once. What they have put is
// seen before `giving_` ends, for both happen under the lock: no work is left lying that nobody comes for. After a
// failure the numbers still go by, or those who wait for theirs would never hear.
void HandOver::Put(size_t number, std::function<Status()> give) {
  std::unique_lock lock(mutex_);
  prepared_.emplace(number, std::move(give));
  if (giving_) return;
  giving_ = true;
  while (!prepared_.empty() && prepared_.begin()->first == next_) {
    const auto work = prepared_.extract(prepared_.begin());
    if (outcome_) {
      lock.unlock();
      Status given = WithinMemory(work.mapped());
      lock.lock();
      if (!given) {
        failed_ = next_;
        outcome_ = std::move(given);
      }
    }
    ++next_;
  }
  giving_ = false;
}

size_t HandOver::next() {
  const std::scoped_lock lock(mutex_);
  return next_;
}

Task<Status> HandOver::Given(size_t number) {
  // Others may wait for what this one's thread handed on for them.
  progress_.Advance(next());
  co_await progress_.Reach(number + 1);
  const std::scoped_lock lock(mutex_);
  if (!outcome_ && failed_ == number) co_return outcome_;
  co_return Status{};
}

Task<bool> HandOver::TurnOf(size_t number) {
  co_await progress_.Reach(number);
  const std::scoped_lock lock(mutex_);
  co_return outcome_.has_value();
}

}  // namespace lakeferry
