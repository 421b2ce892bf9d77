#include "engine/copy/copy_memory.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/task_group.h"

namespace lakeferry::engine {
namespace {

constexpr size_t kAllBytes = 160;

class CopyMemoryTest : public ::testing::Test {
 protected:
  ~CopyMemoryTest() override {
    // Who waits still ends before the memory does.
    tasks_.reset();
    loop_.reset();
  }
  // Asks for memory; it is in `held_` once it was lent.
  size_t Ask(const std::string& group, size_t bytes) {
    held_.emplace_back();
    const size_t number = held_.size() - 1;
    const auto ask = [](CopyMemoryTest* test, std::string name, size_t wanted, size_t at) -> Task<void> {
      CopyMemory::Loan loan = co_await test->memory_.Borrow(name, wanted);
      test->held_[at].emplace(std::move(loan));
    };
    tasks_->Spawn(ask(this, group, bytes, number));
    Settle();
    return number;
  }
  void GiveBack(size_t number) {
    held_[number].reset();
    Settle();
  }
  void Fill(size_t number) {
    held_[number]->Filled();
    Settle();
  }
  bool Has(size_t number) { return held_[number].has_value(); }
  void Settle() {
    loop_->restart();
    loop_->poll();
  }

  std::unique_ptr<boost::asio::io_context> loop_ = std::make_unique<boost::asio::io_context>();
  CopyMemory memory_{loop_->get_executor(), kAllBytes};
  std::optional<TaskGroup> tasks_{loop_->get_executor()};
  std::vector<std::optional<CopyMemory::Loan>> held_;
};

TEST_F(CopyMemoryTest, LendsWhatWasAskedFor) {
  const size_t one = Ask("a", 80);
  ASSERT_TRUE(Has(one));
  EXPECT_EQ(held_[one]->buffer.capacity(), 80);
  EXPECT_EQ(memory_.resident_bytes(), 80);
}

TEST_F(CopyMemoryTest, GroupHasNoMoreThanTwiceWhatItLeavesFree) {
  for (const size_t bytes : {40, 40, 26}) {
    const size_t part = Ask("stuck", bytes);
    ASSERT_TRUE(Has(part));
    Fill(part);
  }
  EXPECT_FALSE(Has(Ask("stuck", 4)));
}

// Or all of it is read into at once, and written from at once.
TEST_F(CopyMemoryTest, GroupFillsNoMoreThanAThird) {
  const size_t first = Ask("a", 40);
  const size_t second = Ask("a", 20);
  EXPECT_FALSE(Has(second));
  EXPECT_TRUE(Has(Ask("b", 20)));
  Fill(first);
  EXPECT_TRUE(Has(second));
  EXPECT_TRUE(Has(first)) << "what is full is still lent";
}

TEST_F(CopyMemoryTest, WhatIsGivenBackUnfilledIsNotFillingAnyMore) {
  const size_t kept = Ask("a", 10);
  Fill(kept);
  const size_t first = Ask("a", 40);
  const size_t second = Ask("a", 40);
  EXPECT_FALSE(Has(second));
  GiveBack(first);
  EXPECT_TRUE(Has(second));
}

TEST_F(CopyMemoryTest, PartLargerThanAThirdIsFilledAlone) {
  const size_t kept = Ask("a", 10);
  Fill(kept);
  EXPECT_TRUE(Has(Ask("a", 60)));
}

TEST_F(CopyMemoryTest, GroupThatHasItsShareLetsOthersPass) {
  const size_t first = Ask("stuck", 80);
  const size_t waits = Ask("stuck", 80);
  const size_t other = Ask("other", 40);
  const size_t third = Ask("third", 20);
  EXPECT_FALSE(Has(waits));
  EXPECT_TRUE(Has(other));
  EXPECT_TRUE(Has(third));
  GiveBack(first);
  EXPECT_TRUE(Has(waits));
}

TEST_F(CopyMemoryTest, ThoseOfAGroupComeInTheirOrder) {
  const size_t first = Ask("a", 70);
  const size_t second = Ask("a", 80);
  const size_t third = Ask("a", 10);
  EXPECT_FALSE(Has(second));
  EXPECT_FALSE(Has(third));
  GiveBack(first);
  EXPECT_TRUE(Has(second));
  EXPECT_FALSE(Has(third));
}

// Or small parts of others would go past a large one for ever.
TEST_F(CopyMemoryTest, WhoHasNothingAndFindsTooLittleIsPassedByNobody) {
  const size_t a = Ask("a", 80);
  const size_t b = Ask("b", 40);
  const size_t large = Ask("large", 100);
  const size_t late = Ask("late", 10);
  EXPECT_TRUE(Has(b));
  EXPECT_FALSE(Has(large));
  EXPECT_FALSE(Has(late));
  GiveBack(a);
  EXPECT_TRUE(Has(large));
  EXPECT_TRUE(Has(late));
}

TEST_F(CopyMemoryTest, PartLargerThanAllOfItGoesAlone) {
  const size_t small = Ask("a", 10);
  const size_t huge = Ask("b", 1'000);
  EXPECT_FALSE(Has(huge));
  GiveBack(small);
  EXPECT_TRUE(Has(huge));
  const size_t next = Ask("a", 10);
  EXPECT_FALSE(Has(next));
  GiveBack(huge);
  EXPECT_TRUE(Has(next));
}

TEST_F(CopyMemoryTest, MemoryServesAgainAndGoesWhenNobodyHasAny) {
  const size_t kept = Ask("a", 10);
  const size_t first = Ask("b", 40);
  const char* const place = held_[first]->buffer.bytes().data();
  GiveBack(first);
  EXPECT_EQ(memory_.resident_bytes(), 50);
  const size_t again = Ask("c", 40);
  EXPECT_EQ(held_[again]->buffer.bytes().data(), place);
  GiveBack(again);
  GiveBack(kept);
  EXPECT_EQ(memory_.resident_bytes(), 0);
}

TEST_F(CopyMemoryTest, WhatHasServedMakesRoom) {
  const size_t kept = Ask("a", 10);
  for (const size_t bytes : {70, 71, 72, 73}) {
    const size_t one = Ask("b", bytes);
    ASSERT_TRUE(Has(one));
    EXPECT_LE(memory_.resident_bytes(), kAllBytes);
    GiveBack(one);
  }
  EXPECT_TRUE(Has(kept));
}

TEST_F(CopyMemoryTest, WhoWaitsEndsWithTheExecutor) {
  const size_t first = Ask("a", 80);
  Ask("a", 80);
  Ask("a", 80);
  tasks_.reset();
  loop_.reset();
  held_[first].reset();
  EXPECT_EQ(memory_.resident_bytes(), 0);
}

}  // namespace
}  // namespace lakeferry::engine
