#include "daemon/wiring/system_clock.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>

namespace lakeferry {

namespace asio = boost::asio;

TimeMs SystemClock::WallTime() const { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

Millis SystemClock::Monotonic() const {
  return std::chrono::floor<Millis>(std::chrono::steady_clock::now().time_since_epoch());
}

Task<void> SystemClock::SleepFor(Call call, Millis duration) {
  if (call.stopped()) co_return;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto timer = std::make_shared<asio::steady_timer>(executor, duration);
  // A stop may come from any thread; the timer is touched on its executor only. The post runs once this coroutine
  // waits.
  const std::stop_callback on_stop(call.stop, [executor, weak = std::weak_ptr(timer)] {
    asio::post(executor, [weak] {
      if (const auto waiting = weak.lock()) waiting->cancel();
    });
  });
  boost::system::error_code ended;
  co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, ended));
}

}  // namespace lakeferry
