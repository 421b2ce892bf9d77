#include "async/semaphore.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace lakeferry {

class Semaphore::Waiter {
 public:
  explicit Waiter(Semaphore& owner)
      : owner_(owner), timer_(owner.executor_, boost::asio::steady_timer::time_point::max()) {
    place_ = owner_.waiting_.insert(owner_.waiting_.end(), this);
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() {
    if (!granted_) owner_.waiting_.erase(place_);
  }

  Task<void> Wait() { co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable)); }
  // The slot is its own now. Where its coroutine is being destroyed, nobody is woken.
  void Grant() {
    granted_ = true;
    owner_.waiting_.erase(place_);
    timer_.cancel();
  }

 private:
  Semaphore& owner_;
  boost::asio::steady_timer timer_;
  std::list<Waiter*>::iterator place_;
  bool granted_ = false;
};

Task<Semaphore::Slot> Semaphore::Acquire() {
  if (free_ > 0) {
    --free_;
    co_return Slot(this);
  }
  Waiter waiter(*this);
  co_await waiter.Wait();
  co_return Slot(this);
}

void Semaphore::Release() {
  if (waiting_.empty()) {
    ++free_;
  } else {
    waiting_.front()->Grant();
  }
}

}  // namespace lakeferry
