// Semaphore: a bounded number of slots that coroutines of one executor wait for in turn.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <utility>

#include "async/task.h"

namespace lakeferry {

// Lives on one executor; must outlive every Slot. Coroutines that wait, or have a slot, may be destroyed in any order,
// as they are with an executor that ends before them.
class Semaphore {
 public:
  Semaphore(boost::asio::any_io_executor executor, int slots) : executor_(std::move(executor)), free_(slots) {}

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
  // How many wait for one.
  [[nodiscard]] size_t waiting() const { return waiting_.size(); }

 private:
  // One who waits, in its own coroutine.
  class Waiter;
  void Release();

  boost::asio::any_io_executor executor_;
  int free_;
  std::list<Waiter*> waiting_;
};

}  // namespace lakeferry
