#include "async/task_group.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "async/within_memory.h"
#include "base/check.h"

namespace lakeferry {

struct TaskGroup::State {
  explicit State(boost::asio::any_io_executor ex) : executor(std::move(ex)), ended(executor, 1) {}
  boost::asio::any_io_executor executor;
  boost::asio::experimental::channel<void(boost::system::error_code)> ended;
  size_t active = 0;
};

TaskGroup::TaskGroup(boost::asio::any_io_executor executor) : state_(std::make_shared<State>(std::move(executor))) {}
TaskGroup::~TaskGroup() = default;

void TaskGroup::Spawn(Task<void> task) {
  ++state_->active;
  auto on_end = [state = state_](std::exception_ptr escaped) {
    if (escaped) std::rethrow_exception(escaped);
    --state->active;
    if (state->active == 0) state->ended.try_send(boost::system::error_code());
  };
  boost::asio::co_spawn(state_->executor, std::move(task), std::move(on_end));
}

Task<void> TaskGroup::Join() {
  const auto state = state_;
  while (state->active > 0) {
    co_await state->ended.async_receive(boost::asio::as_tuple(boost::asio::use_awaitable));
  }
}

size_t TaskGroup::active() const { return state_->active; }

namespace {

// Shared by the workers of one ParallelFor; it outlives them because the call joins them.
struct Shares {
  size_t next = 0;
  size_t count = 0;
  Status outcome;
  std::function<Task<Status>(size_t)> function;
};

Task<void> Work(Shares* shares) {
  while (shares->next < shares->count && shares->outcome) {
    const size_t index = shares->next++;
    // An allocation that fails is an error like any other: the others are joined before anybody hears of it.
    Status status = co_await TaskWithinMemory(shares->function(index));
    if (!status && shares->outcome) shares->outcome = std::move(status);
  }
}

}  // namespace

Task<Status> ParallelFor(size_t count, size_t width, std::function<Task<Status>(size_t)> function) {
  const auto executor = co_await boost::asio::this_coro::executor;
  Shares shares{.next = 0, .count = count, .outcome = {}, .function = std::move(function)};
  TaskGroup workers(executor);
  for (size_t i = 0; i < std::min(count, width); ++i) workers.Spawn(Work(&shares));
  co_await workers.Join();
  co_return std::move(shares.outcome);
}

}  // namespace lakeferry
