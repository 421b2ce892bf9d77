#include "engine/turns.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace lakeferry::engine {

Task<Turns::Turn> Turns::Wait(size_t number) {
  if (number != now_) {
    Channel& called = waiting_.try_emplace(number, executor_, 1).first->second;
    co_await called.async_receive(boost::asio::as_tuple(boost::asio::use_awaitable));
    waiting_.erase(number);
  }
  co_return Turn(this);
}

void Turns::Next() {
  ++now_;
  if (const auto next = waiting_.find(now_); next != waiting_.end()) {
    next->second.try_send(boost::system::error_code());
  }
}

}  // namespace lakeferry::engine
