// DeadlineWatch: cuts off what waits too long on one I/O thread, or was asked to stop. One look every few milliseconds
// over all that waits costs less than a timer for each step of each request.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <list>
#include <memory>

#include "base/time.h"

namespace lakeferry {

using SteadyTime = std::chrono::steady_clock::time_point;

// Lives on one thread, and everything of it is called there.
class DeadlineWatch {
 public:
  enum class Why { kNotCut, kTime, kStop };

  // Something that waits, for as long as this lives.
  class Entry {
   public:
    // Never goes on behind `whole`.
    Entry(DeadlineWatch& watch, SteadyTime whole);
    ~Entry();
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    // The next step may take so long.
    void Allow(Millis step);
    // What ends whatever is waited for: cancels, closes. At once where it was cut already.
    void CutWith(std::function<void()> cut);
    void Cut(Why why);
    [[nodiscard]] Why why() const { return why_; }

   private:
    friend class DeadlineWatch;
    DeadlineWatch& watch_;
    const SteadyTime whole_;
    SteadyTime limit_;
    std::function<void()> cut_;
    Why why_ = Why::kNotCut;
    std::list<Entry*>::iterator place_;
  };

  // Looks at them all; returns whether there is any.
  bool Look();

 private:
  std::list<Entry*> entries_;
};

}  // namespace lakeferry
