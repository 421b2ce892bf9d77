#include "async/offload.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace lakeferry {

Task<void> OffloadWork(boost::asio::any_io_executor pool, std::function<void()> function) {
  auto body = [](std::function<void()> inner) -> Task<void> {
    inner();
    co_return;
  };
  co_await boost::asio::co_spawn(pool, body(std::move(function)), boost::asio::use_awaitable);
}

}  // namespace lakeferry
