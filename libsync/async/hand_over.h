// HandOver: work that is prepared side by side, on threads of a pool, and handed on in order. Whoever has prepared the
// next hands it on at once, on its own thread, where its memory is at hand, and what others have prepared after it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <mutex>

#include "async/progress.h"
#include "async/task.h"
#include "base/result.h"

namespace lakeferry {

// Works have numbers from 0 on; each is put once. After the first that fails, with an error or for lack of memory, none
// is handed on. Must outlive every call.
class HandOver {
 public:
  explicit HandOver(boost::asio::any_io_executor executor) : progress_(std::move(executor)) {}

  // From any thread: `give` is called when all works before it have been handed on, by this call or by that of another
  // thread. The same coroutine then awaits Given.
  void Put(size_t number, std::function<Status()> give);

  // On the executor alone. Waits until the work has been handed on or passed over. Its own error; that of an earlier
  // work is told to the one who put that.
  Task<Status> Given(size_t number);
  // Waits until all works before it have been handed on or passed over; false after a failure. Its own is still to be
  // put.
  Task<bool> TurnOf(size_t number);

 private:
  [[nodiscard]] size_t next();

  std::mutex mutex_;
  std::map<size_t, std::function<Status()>> prepared_;
  size_t next_ = 0;
  bool giving_ = false;  // somebody is
  size_t failed_ = 0;    // the work whose error `outcome_` is
  Status outcome_;
  Progress progress_;
};

}  // namespace lakeferry
