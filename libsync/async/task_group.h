// TaskGroup: owns concurrent tasks of one executor; the only caller of co_spawn in the engine. An exception that
// escapes a task ends the process, because results travel as values here.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>

#include "async/task.h"
#include "base/result.h"

namespace lakeferry {

class TaskGroup {
 public:
  explicit TaskGroup(boost::asio::any_io_executor executor);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts `task`; what it refers to must live until Join has returned or the executor's context is gone.
  void Spawn(Task<void> task);
  // Waits until every task has ended; at most one Join at a time.
  Task<void> Join();
  [[nodiscard]] size_t active() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Runs call(0) … call(count - 1), at most `width` at a time, on the awaiting coroutine's executor. After the first
// error no further index is begun; that error is returned once the running ones have ended. An allocation that fails in
// a call is its error (base/out_of_memory.h).
Task<Status> ParallelFor(size_t count, size_t width, std::function<Task<Status>(size_t)> function);

}  // namespace lakeferry
