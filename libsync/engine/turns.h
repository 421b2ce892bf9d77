// Turns: coroutines of one executor go one after another through a step, in the order of their numbers, however they
// arrive.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <cstddef>
#include <map>

#include "env/task.h"

namespace lakeferry::engine {

// Numbers begin with 0, and each has to come: one that is left out holds up all that follow. Must outlive every Turn.
class Turns {
 public:
  explicit Turns(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  // The next number's turn comes when it dies.
  class Turn {
   public:
    explicit Turn(Turns* owner) : owner_(owner) {}
    Turn(Turn&& other) noexcept : owner_(other.owner_) { other.owner_ = nullptr; }
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (owner_ != nullptr) owner_->Next();
    }

   private:
    Turns* owner_;
  };

  // Waits until the turns of all smaller numbers are over.
  Task<Turn> Wait(size_t number);

 private:
  using Channel = boost::asio::experimental::channel<void(boost::system::error_code)>;
  void Next();

  boost::asio::any_io_executor executor_;
  size_t now_ = 0;
  std::map<size_t, Channel> waiting_;
};

}  // namespace lakeferry::engine
