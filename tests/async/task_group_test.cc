#include "async/task_group.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>

#include "async/semaphore.h"
#include "tests/async/loop.h"

namespace lakeferry {
namespace {

// Counts how many are under way at once; each takes three turns of the loop.
struct Gauge {
  int now = 0;
  int most = 0;
  int done = 0;
};

Task<Status> Work(Gauge* gauge, bool fails) {
  ++gauge->now;
  gauge->most = std::max(gauge->most, gauge->now);
  for (int i = 0; i < 3; ++i) co_await boost::asio::post(boost::asio::use_awaitable);
  --gauge->now;
  ++gauge->done;
  if (fails) co_return Fail(ErrorCode::kOutOfSpace, "full");
  co_return Status{};
}

Task<void> HoldSlot(Semaphore* slots, Gauge* gauge) {
  const Semaphore::Slot slot = co_await slots->Acquire();
  const Status worked = co_await Work(gauge, false);
  EXPECT_TRUE(worked);
}

TEST(ParallelFor, RunsEveryIndexAndNoMoreAtOnceThanItsWidth) {
  Loop here;
  Gauge gauge;
  std::vector<size_t> seen;
  const Status status = here.Run(ParallelFor(20, 3, [&](size_t i) {
    seen.push_back(i);
    return Work(&gauge, false);
  }));
  EXPECT_TRUE(status);
  EXPECT_EQ(gauge.done, 20);
  EXPECT_EQ(gauge.most, 3);
  std::ranges::sort(seen);
  for (size_t i = 0; i < 20; ++i) EXPECT_EQ(seen[i], i);
}

TEST(ParallelFor, FirstErrorEndsItAfterThoseUnderWay) {
  Loop here;
  Gauge gauge;
  int begun = 0;
  const Status status = here.Run(ParallelFor(20, 3, [&](size_t i) {
    ++begun;
    return Work(&gauge, i == 1);
  }));
  EXPECT_THAT(status, FailedWith(ErrorCode::kOutOfSpace, "full"));
  EXPECT_EQ(gauge.now, 0);
  EXPECT_LT(begun, 6);
}

TEST(ParallelFor, LackOfMemoryIsAnErrorAfterThoseUnderWay) {
  for (const bool at_once : {false, true}) {
    SCOPED_TRACE(at_once);
    Loop here;
    Gauge gauge;
    auto fails = [](bool now) -> Task<Status> {
      if (!now) co_await boost::asio::post(boost::asio::use_awaitable);
      static_cast<void>(std::string(SIZE_MAX - 1, 'x').size());
      co_return Status{};
    };
    const Status status =
        here.Run(ParallelFor(20, 3, [&](size_t i) { return i == 1 ? fails(at_once) : Work(&gauge, false); }));
    EXPECT_THAT(status, FailedWith(ErrorCode::kUnavailable, "not enough memory"));
    EXPECT_EQ(gauge.now, 0);
    EXPECT_LT(gauge.done, 6);
  }
}

TEST(ParallelFor, NothingToDoIsDone) {
  Loop here;
  EXPECT_TRUE(
      here.Run(ParallelFor(0, 3, [](size_t) -> Task<Status> { co_return Fail(ErrorCode::kInternal, "called"); })));
}

TEST(Semaphore, HandsOutNoMoreSlotsThanItHas) {
  Loop here;
  Gauge gauge;
  Semaphore slots(here.loop.get_executor(), 2);
  TaskGroup tasks(here.loop.get_executor());
  for (int i = 0; i < 7; ++i) tasks.Spawn(HoldSlot(&slots, &gauge));
  here.Run(tasks.Join());
  EXPECT_EQ(gauge.done, 7);
  EXPECT_EQ(gauge.most, 2);
}

Task<void> HoldSlot(Semaphore* slots, int* held) {
  const Semaphore::Slot slot = co_await slots->Acquire();
  ++*held;
  co_await boost::asio::steady_timer(co_await boost::asio::this_coro::executor,
                                     boost::asio::steady_timer::time_point::max())
      .async_wait(boost::asio::use_awaitable);
}

// As a process ends in the middle of its work: those who have slots and those who wait for them go in whatever order.
TEST(Semaphore, OutlivesCoroutinesThatAreDestroyedWithTheirExecutor) {
  for (int waiting = 0; waiting < 4; ++waiting) {
    auto loop = std::make_unique<boost::asio::io_context>();
    Semaphore slots(loop->get_executor(), 2);
    int held = 0;
    for (int i = 0; i < 2 + waiting; ++i) {
      boost::asio::co_spawn(*loop, HoldSlot(&slots, &held), [](std::exception_ptr) {});
    }
    loop->poll();
    EXPECT_EQ(held, 2);
    loop.reset();
  }
}

TEST(TaskGroup, JoinWaitsForTasksThatWereSpawnedWhileItWaited) {
  Loop here;
  TaskGroup tasks(here.loop.get_executor());
  int ended = 0;
  auto last = [](int* count) -> Task<void> {
    co_await boost::asio::post(boost::asio::use_awaitable);
    ++*count;
  };
  auto first = [](TaskGroup* group, int* count, decltype(last) next) -> Task<void> {
    co_await boost::asio::post(boost::asio::use_awaitable);
    group->Spawn(next(count));
    ++*count;
  };
  tasks.Spawn(first(&tasks, &ended, last));
  here.Run(tasks.Join());
  EXPECT_EQ(ended, 2);
  EXPECT_EQ(tasks.active(), 0U);
}

TEST(TaskGroup, JoinOfNoTasksReturnsAndTwiceToo) {
  Loop here;
  TaskGroup tasks(here.loop.get_executor());
  here.Run(tasks.Join());
  Gauge gauge;
  Semaphore slots(here.loop.get_executor(), 1);
  tasks.Spawn(HoldSlot(&slots, &gauge));
  here.Run(tasks.Join());
  tasks.Spawn(HoldSlot(&slots, &gauge));
  here.Run(tasks.Join());
  EXPECT_EQ(gauge.done, 2);
}

}  // namespace
}  // namespace lakeferry
