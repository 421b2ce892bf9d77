// InOrder: work on many things side by side whose results are taken one after the other, in their order. As one is
// taken the next begins: nobody waits for a batch to be over.
#pragma once

#include <cstddef>
#include <functional>

#include "async/task.h"
#include "base/result.h"

namespace lakeferry {

struct InOrderSteps {
  // Whether there is a thing of that number; makes it ready. Called with 0, 1, 2 …, one at a time; not after false.
  std::function<Task<Result<bool>>(size_t number)> next;
  // Side by side with others.
  std::function<Task<Status>(size_t number)> work;
  // Called in order, one at a time, once its work is done. Not after an error.
  std::function<Task<Status>(size_t number)> take;
};

// At most `width` things are past `next` and not taken yet, so that `number % width` is a place for one: where one
// takes long, so many behind it are done meanwhile. There are no more coroutines than things. After an error nothing is
// begun; that of the lowest number is returned once all that runs has ended. An allocation that fails in a step is its
// error (base/out_of_memory.h). On the awaiting coroutine's executor.
Task<Status> InOrder(size_t width, InOrderSteps steps);

// The `next` of things whose number is known: whether there are more than `number`.
Task<Result<bool>> IsBelow(size_t number, size_t count);

}  // namespace lakeferry
