#include "engine/turns.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "engine/task_group.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;

Task<void> Go(Turns* turns, size_t number, std::vector<size_t>* went) {
  const Turns::Turn turn = co_await turns->Wait(number);
  went->push_back(number);
  for (size_t i = 0; i < 3; ++i) co_await boost::asio::post(boost::asio::use_awaitable);
  went->push_back(number);
}

Task<void> GoAll(const std::vector<size_t>* arrivals, std::vector<size_t>* went) {
  const auto executor = co_await boost::asio::this_coro::executor;
  Turns turns(executor);
  TaskGroup tasks(executor);
  for (const size_t number : *arrivals) tasks.Spawn(Go(&turns, number, went));
  co_await tasks.Join();
}

std::vector<size_t> Went(const std::vector<size_t>& arrivals) {
  World world;
  std::vector<size_t> went;
  world.Run(GoAll(&arrivals, &went));
  return went;
}

TEST(Turns, AreTakenInOrderWhateverTheOrderOfArrival) {
  EXPECT_THAT(Went({0, 1, 2, 3}), ElementsAre(0, 0, 1, 1, 2, 2, 3, 3));
  EXPECT_THAT(Went({3, 2, 1, 0}), ElementsAre(0, 0, 1, 1, 2, 2, 3, 3));
  EXPECT_THAT(Went({2, 0, 3, 1}), ElementsAre(0, 0, 1, 1, 2, 2, 3, 3));
}

}  // namespace
}  // namespace lakeferry::engine
