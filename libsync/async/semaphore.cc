#include "async/semaphore.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace lakeferry {

Semaphore::Semaphore(const boost::asio::any_io_executor& executor, int slots)
    : free_(executor, static_cast<size_t>(slots)) {
  for (int i = 0; i < slots; ++i) free_.try_send(boost::system::error_code());
}

Task<Semaphore::Slot> Semaphore::Acquire() {
  co_await free_.async_receive(boost::asio::as_tuple(boost::asio::use_awaitable));
  co_return Slot(this);
}

void Semaphore::Release() { free_.try_send(boost::system::error_code()); }

}  // namespace lakeferry
