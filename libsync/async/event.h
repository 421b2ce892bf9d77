// Event: something that happens once, and that coroutines of one executor wait for.
#pragma once

#include <utility>

#include "async/semaphore.h"

namespace lakeferry {

// Lives on one executor; must outlive whoever waits.
class Event {
 public:
  explicit Event(boost::asio::any_io_executor executor) : passage_(std::move(executor), 0) {}

  // It has happened; whoever waits goes on, and whoever asks from now on. Again: no effect.
  void Set() {
    // A passage for one, which each hands on to the next.
    if (!std::exchange(set_, true)) const Semaphore::Slot opened(&passage_);
  }
  Task<void> Wait() { const Semaphore::Slot passed = co_await passage_.Acquire(); }

 private:
  Semaphore passage_;
  bool set_ = false;
};

}  // namespace lakeferry
