// The same of a task as base/out_of_memory.h of a call.
#pragma once

#include <utility>

#include "async/task.h"
#include "base/out_of_memory.h"

namespace lakeferry {

// What `task` comes to; OutOfMemory where an allocation of it failed, on whatever thread its work was done. By then all
// that it held is given back.
template <typename T>
Task<Result<T>> TaskWithinMemory(Task<Result<T>> task) {
  try {
    Result<T> result = co_await std::move(task);
    co_return result;
  } catch (const std::bad_alloc&) {
    co_return std::unexpected(OutOfMemory());
  } catch (const std::length_error&) {
    co_return std::unexpected(OutOfMemory());
  }
}

}  // namespace lakeferry
