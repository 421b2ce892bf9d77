#include "async/turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <stop_token>
#include <vector>

#include "async/task_group.h"
#include "tests/support/run_task.h"

namespace lakeferry {
namespace {

struct Line {
  boost::asio::io_context loop;
  Turns turns;
  std::vector<int64_t> went;
  std::vector<ErrorCode> errors;

  Task<void> Go(Call call, int64_t number, bool pass) {
    const Status mine = co_await turns.Await(call, number);
    if (!mine) {
      errors.push_back(mine.error().code);
      co_return;
    }
    went.push_back(number);
    if (pass) turns.Pass();
  }
};

TEST(Turns, WhoeverComesFirstGoesInTheOrderOfTheNumbers) {
  Line line;
  TaskGroup tasks(line.loop.get_executor());
  for (const int64_t number : {2, 3, 1, 0}) tasks.Spawn(line.Go({}, number, true));
  RunTask(tasks.Join(), line.loop);
  EXPECT_THAT(line.went, testing::ElementsAre(0, 1, 2, 3));
}

TEST(Turns, AFailureEndsTheWaitOfAllAndOfWhoeverComesLater) {
  Line line;
  TaskGroup tasks(line.loop.get_executor());
  for (const int64_t number : {2, 3}) tasks.Spawn(line.Go({}, number, true));
  line.loop.poll();
  line.turns.Fail({.code = ErrorCode::kThrottled, .message = "busy"});
  line.turns.Fail({.code = ErrorCode::kInternal, .message = "and then"});
  tasks.Spawn(line.Go({}, 0, true));
  RunTask(tasks.Join(), line.loop);
  EXPECT_TRUE(line.went.empty());
  EXPECT_THAT(line.errors, testing::ElementsAre(ErrorCode::kThrottled, ErrorCode::kThrottled, ErrorCode::kThrottled));
}

TEST(Turns, AStopEndsAWaitForATurnThatNeverComes) {
  Line line;
  std::stop_source stop;
  TaskGroup tasks(line.loop.get_executor());
  tasks.Spawn(line.Go({.stop = stop.get_token()}, 1, true));
  line.loop.poll();
  EXPECT_EQ(tasks.active(), 1U);
  stop.request_stop();
  RunTask(tasks.Join(), line.loop);
  EXPECT_THAT(line.errors, testing::ElementsAre(ErrorCode::kCancelled));
  EXPECT_TRUE(line.went.empty());
}

}  // namespace
}  // namespace lakeferry
