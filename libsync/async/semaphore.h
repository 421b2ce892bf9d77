// Semaphore: a bounded number of slots that coroutines of one executor wait for in turn.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/experimental/channel.hpp>

#include "async/task.h"

namespace lakeferry {

// Lives on one executor; must outlive every Slot.
class Semaphore {
 public:
  Semaphore(const boost::asio::any_io_executor& executor, int slots);

  // Given back when it dies.
  class Slot {
   public:
    explicit Slot(Semaphore* owner) : owner_(owner) {}
    Slot(Slot&& other) noexcept : owner_(other.owner_) { other.owner_ = nullptr; }
    Slot& operator=(Slot&&) = delete;
    ~Slot() {
      if (owner_ != nullptr) owner_->Release();
    }

   private:
    Semaphore* owner_;
  };

  // Waits until a slot is free.
  Task<Slot> Acquire();

 private:
  void Release();
  boost::asio::experimental::channel<void(boost::system::error_code)> free_;
};

}  // namespace lakeferry
