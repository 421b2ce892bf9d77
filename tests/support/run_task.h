// RunTask: runs one coroutine to its end on an event loop and returns what it returned.
#pragma once

#include <boost/asio/io_context.hpp>
#include <optional>
#include <type_traits>
#include <utility>

#include "async/task.h"

namespace lakeferry {

// Runs the task, and whatever else is ready on `loop` with it, and throws what it threw. The task must end by itself:
// where it waits for something that never comes, a check fails.
void RunToEnd(Task<void> task, boost::asio::io_context& loop);

template <typename T>
T RunTask(Task<T> task, boost::asio::io_context& loop) {
  if constexpr (std::is_void_v<T>) {
    RunToEnd(std::move(task), loop);
  } else {
    std::optional<T> value;
    const auto keep = [](Task<T> inner, std::optional<T>& kept) -> Task<void> {
      T result = co_await std::move(inner);
      kept.emplace(std::move(result));
    };
    RunToEnd(keep(std::move(task), value), loop);
    return *std::move(value);
  }
}

// On a fresh loop.
template <typename T>
T RunTask(Task<T> task) {
  boost::asio::io_context loop;
  return RunTask(std::move(task), loop);
}

}  // namespace lakeferry
