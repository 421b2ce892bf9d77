// Progress: a number that only grows, and coroutines of one executor that wait for it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <cstddef>
#include <map>
#include <utility>

#include "async/task.h"

namespace lakeferry {

// Begins with 0. Must outlive every task of it.
class Progress {
 public:
  explicit Progress(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  // Waits until it is `number` or more.
  Task<void> Reach(size_t number);
  // Less than it is already is no change.
  void Advance(size_t number);

 private:
  using Channel = boost::asio::experimental::channel<void(boost::system::error_code)>;

  boost::asio::any_io_executor executor_;
  size_t now_ = 0;
  std::multimap<size_t, Channel> waiting_;  // by the number that they wait for
};

}  // namespace lakeferry
