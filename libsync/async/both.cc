#include "async/both.h"

#include <boost/asio/this_coro.hpp>

#include "async/task_group.h"
#include "async/within_memory.h"

namespace lakeferry {
namespace {

Task<void> Keep(Task<Status> task, Status& slot) { slot = co_await TaskWithinMemory(std::move(task)); }

}  // namespace

Task<std::pair<Status, Status>> Both(Task<Status> one, Task<Status> other) {
  const auto executor = co_await boost::asio::this_coro::executor;
  std::pair<Status, Status> outcome;
  TaskGroup tasks(executor);
  tasks.Spawn(Keep(std::move(one), outcome.first));
  tasks.Spawn(Keep(std::move(other), outcome.second));
  co_await tasks.Join();
  co_return outcome;
}

}  // namespace lakeferry
