// RunTask: runs one coroutine to its end on a fresh event loop and returns what it returned.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "env/task.h"

namespace lakeferry {

// The task must end by itself: where it waits for something that never comes, the check fails.
inline void RunToEnd(Task<void> task) {
  boost::asio::io_context loop;
  std::exception_ptr failure;
  bool done = false;
  boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error) {
    failure = error;
    done = true;
  });
  loop.run();
  if (failure) std::rethrow_exception(failure);
  LF_CHECK(done, "the task came to its end");
}

template <typename T>
T RunTask(Task<T> task) {
  if constexpr (std::is_void_v<T>) {
    RunToEnd(std::move(task));
  } else {
    std::optional<T> value;
    const auto keep = [](Task<T> inner, std::optional<T>& kept) -> Task<void> {
      T result = co_await std::move(inner);
      kept.emplace(std::move(result));
    };
    RunToEnd(keep(std::move(task), value));
    return *std::move(value);
  }
}

}  // namespace lakeferry
