// Turns: things that come in any order, side by side, and go on in that of their numbers.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <map>
#include <utility>

#include "async/call.h"
#include "async/event.h"
#include "async/task.h"
#include "base/result.h"

namespace lakeferry {

// Lives on one executor; must outlive every task of it. Number 0 has the first turn.
class Turns {
 public:
  // Waits until it is the turn of `number`, which then is to call Pass or Fail. The error that Fail was given;
  // kCancelled for a call that was stopped, whose turn is not over by that.
  Task<Status> Await(Call call, int64_t number);
  // The next one's turn.
  void Pass();
  // Nobody has a turn any more, now or later. The first error counts.
  void Fail(Error error);

 private:
  // Whoever waits is waked from any thread.
  struct Waiter;

  int64_t next_ = 0;
  Status failed_;
  std::map<int64_t, Waiter*> waiting_;
};

}  // namespace lakeferry
