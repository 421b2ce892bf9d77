#include "storage/file/short_jobs.h"

#include <boost/asio/defer.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <deque>
#include <mutex>
#include <utility>

namespace lakeferry {

namespace asio = boost::asio;

asio::execution_context::id ShortJobs::id;

// Shared by what is posted, which may be dropped later than the pool.
struct ShortJobs::Queue : std::enable_shared_from_this<Queue> {
  // More are handed on at once: the engine may have much to do in a turn.
  static constexpr size_t kGatheredMax = 16;

  std::mutex mutex;
  std::deque<std::function<void()>> waiting;
  bool gathering = false;  // somebody will say that the turn is over
  bool waking = false;     // a thread was asked for, and has not come yet

  void HandOver(const asio::any_io_executor& pool) {
    asio::post(pool, [self = shared_from_this(), pool] { self->Work(pool, true); });
  }

  // True where a thread has to be asked for, which is then said to be.
  bool WakesOne() {
    if (waiting.empty() || waking) return false;
    waking = true;
    return true;
  }

  void EndTurn(const asio::any_io_executor& pool) {
    const bool wakes = [this] {
      const std::scoped_lock lock(mutex);
      gathering = false;
      return WakesOne();
    }();
    if (wakes) HandOver(pool);
  }

  // One job, and then whatever the pool has to do: it may have been stopped meanwhile.
  void Work(const asio::any_io_executor& pool, bool woken) {
    std::function<void()> job;
    bool wakes = false;
    {
      const std::scoped_lock lock(mutex);
      if (woken) waking = false;
      if (waiting.empty()) return;
      job = std::move(waiting.front());
      waiting.pop_front();
      wakes = WakesOne();
    }
    if (wakes) HandOver(pool);
    job();
    asio::defer(pool, [self = shared_from_this(), pool] { self->Work(pool, false); });
  }
};

ShortJobs& ShortJobs::Of(const asio::any_io_executor& pool) {
  return asio::use_service<ShortJobs>(asio::query(pool, asio::execution::context));
}

ShortJobs::ShortJobs(asio::execution_context& context)
    : asio::execution_context::service(context), queue_(std::make_shared<Queue>()) {}

void ShortJobs::shutdown() {
  std::deque<std::function<void()>> dropped;
  const std::scoped_lock lock(queue_->mutex);
  dropped.swap(queue_->waiting);
}

void ShortJobs::Post(const asio::any_io_executor& pool, const asio::any_io_executor& engine,
                     std::function<void()> job) {
  bool begins = false;
  bool wakes = false;
  {
    const std::scoped_lock lock(queue_->mutex);
    queue_->waiting.push_back(std::move(job));
    begins = !std::exchange(queue_->gathering, true);
    wakes = queue_->waiting.size() >= Queue::kGatheredMax && queue_->WakesOne();
  }
  if (begins) asio::post(engine, [queue = queue_, pool] { queue->EndTurn(pool); });
  if (wakes) queue_->HandOver(pool);
}

}  // namespace lakeferry
