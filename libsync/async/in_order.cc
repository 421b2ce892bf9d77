#include "async/in_order.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "async/progress.h"
#include "async/task_group.h"
#include "async/within_memory.h"

namespace lakeferry {
namespace {

class Line {
 public:
  Line(size_t width, InOrderSteps steps, boost::asio::any_io_executor executor)
      : width_(width), steps_(std::move(steps)), begun_(executor), taken_(executor), servers_(std::move(executor)) {}

  Task<Status> Run() {
    Spawn();
    co_await servers_.Join();
    co_return std::move(outcome_);
  }

 private:
  void Spawn() {
    ++serving_;
    servers_.Spawn(Serve());
  }

  // One of those who work side by side. Another comes once this one has something to do, and has begun it.
  Task<void> Serve() {
    co_await boost::asio::post(boost::asio::use_awaitable);
    while (!over_) {
      const size_t number = numbers_++;
      const bool mine = co_await Begin(number);
      if (!mine) break;
      if (serving_ < width_ && !over_) Spawn();
      co_await Finish(number);
    }
  }

  Task<bool> Begin(size_t number) {
    co_await begun_.Reach(number);
    Result<bool> more = false;
    if (!over_) more = co_await TaskWithinMemory(steps_.next(number));
    if (!more) Note(number, std::unexpected(more.error()));
    over_ = over_ || !more.value_or(false);
    begun_.Advance(number + 1);
    co_return more.value_or(false);
  }

  // Whatever happens, its turn passes: others wait for it.
  Task<void> Finish(size_t number) {
    const Status worked = co_await TaskWithinMemory(steps_.work(number));
    Note(number, worked);
    co_await taken_.Reach(number);
    if (outcome_) {
      const Status took = co_await TaskWithinMemory(steps_.take(number));
      Note(number, took);
    }
    taken_.Advance(number + 1);
  }

  void Note(size_t number, Status status) {
    if (status) return;
    over_ = true;
    if (!outcome_ && failed_ <= number) return;
    failed_ = number;
    outcome_ = std::move(status);
  }

  size_t width_;
  InOrderSteps steps_;
  Progress begun_;
  Progress taken_;
  TaskGroup servers_;
  size_t serving_ = 0;
  size_t numbers_ = 0;
  bool over_ = false;  // there are no more, or an error came
  Status outcome_;
  size_t failed_ = 0;  // the number that `outcome_` is of
};

}  // namespace

Task<Status> InOrder(size_t width, InOrderSteps steps) {
  const auto executor = co_await boost::asio::this_coro::executor;
  Line line(width, std::move(steps), executor);
  co_return co_await line.Run();
}

Task<Result<bool>> IsBelow(size_t number, size_t count) { co_return number < count; }

}  // namespace lakeferry
