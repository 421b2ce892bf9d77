// A failed allocation as an error of the work that asked for it: errors are values here, and one group's lack of memory
// must not end the process that serves the others.
#pragma once

#include <functional>
#include <new>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "base/result.h"

namespace lakeferry {

// kUnavailable, because what others need now they give back.
[[nodiscard]] Error OutOfMemory();

// What `call` returns, a Result; OutOfMemory where an allocation of it failed, for lack of memory or because nothing
// can be so large.
template <typename Function>
[[nodiscard]] std::invoke_result_t<Function&> WithinMemory(Function&& function) {
  try {
    return std::invoke(function);
  } catch (const std::bad_alloc&) {
    return std::unexpected(OutOfMemory());
  } catch (const std::length_error&) {
    return std::unexpected(OutOfMemory());
  }
}

}  // namespace lakeferry
