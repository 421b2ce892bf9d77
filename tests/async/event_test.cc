#include "async/event.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "async/task_group.h"

namespace lakeferry {
namespace {

Task<void> Count(Event& event, int& passed) {
  co_await event.Wait();
  ++passed;
}

TEST(Event, NobodyPassesBeforeItAndEverybodyAfterIt) {
  boost::asio::io_context loop;
  Event event(loop.get_executor());
  TaskGroup tasks(loop.get_executor());
  int passed = 0;
  for (int i = 0; i < 3; ++i) tasks.Spawn(Count(event, passed));
  loop.poll();
  EXPECT_EQ(passed, 0);
  event.Set();
  event.Set();
  loop.restart();
  loop.poll();
  EXPECT_EQ(passed, 3);
  tasks.Spawn(Count(event, passed));
  loop.restart();
  loop.poll();
  EXPECT_EQ(passed, 4);
}

}  // namespace
}  // namespace lakeferry
