// Both: two things that wait side by side.
#pragma once

#include <boost/asio/this_coro.hpp>
#include <optional>
#include <utility>

#include "async/task.h"
#include "async/task_group.h"
#include "async/within_memory.h"
#include "base/result.h"

namespace lakeferry {

template <typename T>
Task<void> KeepResult(Task<Result<T>> task, std::optional<Result<T>>& slot) {
  Result<T> result = co_await TaskWithinMemory(std::move(task));
  slot.emplace(std::move(result));
}

// What each came to, once both have ended, whichever was first. An allocation that fails in one is its error
// (base/out_of_memory.h).
template <typename A, typename B>
Task<std::pair<Result<A>, Result<B>>> Both(Task<Result<A>> one, Task<Result<B>> other) {
  const auto executor = co_await boost::asio::this_coro::executor;
  std::optional<Result<A>> first;
  std::optional<Result<B>> second;
  TaskGroup tasks(executor);
  tasks.Spawn(KeepResult(std::move(one), first));
  tasks.Spawn(KeepResult(std::move(other), second));
  co_await tasks.Join();
  co_return std::pair<Result<A>, Result<B>>(*std::move(first), *std::move(second));
}

}  // namespace lakeferry
