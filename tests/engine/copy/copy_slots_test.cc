#include "engine/copy/copy_slots.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>
#include <vector>

#include "async/task_group.h"

namespace lakeferry::engine {
namespace {

class CopySlotsTest : public ::testing::Test {
 protected:
  // Asks for a slot; it is in `held_` once it was given.
  size_t Ask(const std::string& group) {
    held_.emplace_back();
    const size_t number = held_.size() - 1;
    const auto ask = [](CopySlotsTest* test, std::string name, size_t at) -> Task<void> {
      CopySlots::Slot slot = co_await test->slots_.Acquire(name);
      test->held_[at].emplace(std::move(slot));
    };
    tasks_.Spawn(ask(this, group, number));
    Settle();
    return number;
  }
  void Settle() {
    loop_.restart();
    loop_.poll();
  }
  bool Has(size_t number) { return held_[number].has_value(); }

  boost::asio::io_context loop_;
  CopySlots slots_{loop_.get_executor(), 2};
  TaskGroup tasks_{loop_.get_executor()};
  std::vector<std::optional<CopySlots::Slot>> held_;
};

TEST_F(CopySlotsTest, GroupThatHasAllOfItsOwnWaitsAndOthersDoNot) {
  EXPECT_TRUE(Has(Ask("stuck")));
  const size_t second = Ask("stuck");
  const size_t third = Ask("stuck");
  EXPECT_TRUE(Has(second));
  EXPECT_FALSE(Has(third));
  EXPECT_TRUE(Has(Ask("other")));
  held_[second].reset();
  Settle();
  EXPECT_TRUE(Has(third));
}

TEST_F(CopySlotsTest, AllGroupsTogetherHaveABound) {
  for (int group = 0; group < CopySlots::kGroupsAtOnce; ++group) {
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(Has(Ask("group " + std::to_string(group))));
  }
  const size_t more = Ask("one too many");
  EXPECT_FALSE(Has(more));
  held_[0].reset();
  Settle();
  EXPECT_TRUE(Has(more));
}

}  // namespace
}  // namespace lakeferry::engine
