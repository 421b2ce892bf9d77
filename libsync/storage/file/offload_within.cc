#include "storage/file/offload_within.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>

#include "storage/file/short_jobs.h"

namespace lakeferry {
namespace {

namespace asio = boost::asio;

// Touched on the executor of the coroutine that waits, but for `failure`, which is written before `ended` is posted.
struct Wait {
  explicit Wait(const asio::any_io_executor& executor) : timer(executor) {}
  asio::steady_timer timer;
  bool ended = false;
  std::exception_ptr failure;
};

asio::steady_timer::time_point EndOf(const Call& call) {
  if (!call.deadline) return asio::steady_timer::time_point::max();
  return asio::steady_timer::time_point(*call.deadline);  // Clock::Monotonic counts as this one does
}

}  // namespace

Task<bool> OffloadWorkWithin(asio::any_io_executor pool, Call call, std::function<void()> function, JobLength length) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto wait = std::make_shared<Wait>(executor);
  wait->timer.expires_at(EndOf(call));
  // Whoever waits has the last of it, on the executor.
  auto job = [wait = wait, executor, function = std::move(function)]() mutable {
    try {
      function();
    } catch (...) {
      wait->failure = std::current_exception();
    }
    asio::post(executor, [wait = std::move(wait)] {
      wait->ended = true;
      wait->timer.cancel();
    });
  };
  if (length == JobLength::kShort) {
    ShortJobs::Of(pool).Post(pool, executor, std::move(job));
  } else {
    asio::post(pool, std::move(job));
  }
  // A stop may come from any thread. What is posted runs once this coroutine waits.
  const std::stop_callback on_stop(call.stop, [executor, weak = std::weak_ptr(wait)] {
    asio::post(executor, [weak] {
      if (const auto waiting = weak.lock()) waiting->timer.cancel();
    });
  });
  boost::system::error_code over;
  co_await wait->timer.async_wait(asio::redirect_error(asio::use_awaitable, over));
  if (wait->failure && wait->ended) std::rethrow_exception(wait->failure);
  co_return wait->ended;
}

Error NoAnswer(const Call& call, std::string_view where) {
  if (call.stopped()) return {.code = ErrorCode::kCancelled, .message = "stopped", .where = std::string(where)};
  return {.code = ErrorCode::kUnavailable,
          .message = "no answer came within the time that there was for it",
          .where = std::string(where),
          .remedy = "it is tried again; find out whether the file system answers"};
}

}  // namespace lakeferry
