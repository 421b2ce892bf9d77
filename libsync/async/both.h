// Both: two things that wait side by side.
#pragma once

#include <utility>

#include "async/task.h"
#include "base/result.h"

namespace lakeferry {

// What each came to, once both have ended, whichever was first. An allocation that fails in one is its error
// (base/out_of_memory.h).
Task<std::pair<Status, Status>> Both(Task<Status> one, Task<Status> other);

}  // namespace lakeferry
