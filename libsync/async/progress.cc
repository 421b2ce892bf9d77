#include "async/progress.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace lakeferry {

Task<void> Progress::Reach(size_t number) {
  if (now_ >= number) co_return;
  const auto place = waiting_.emplace(std::piecewise_construct, std::tuple(number), std::tuple(executor_, 1));
  co_await place->second.async_receive(boost::asio::as_tuple(boost::asio::use_awaitable));
  waiting_.erase(place);
}

void Progress::Advance(size_t number) {
  now_ = std::max(now_, number);
  for (auto each = waiting_.begin(); each != waiting_.end() && each->first <= now_; ++each) {
    each->second.try_send(boost::system::error_code());
  }
}

}  // namespace lakeferry
