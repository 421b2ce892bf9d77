#include "storage/cloud/kept_probes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/storage/cloud/memory_book.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run_task.h"

namespace lakeferry {
namespace {

constexpr Probed kSeen{.refuses_second_put = true, .one_of_two_puts = true, .shows_what_it_took = true};

class KeptProbesTest : public ::testing::Test {
 protected:
  KeptProbes::Ask Ask(const std::string& who, Probed probed = kSeen) {
    return [this, who, probed](Call) -> Task<Result<Probed>> {
      asked_.push_back(who);
      co_return probed;
    };
  }
  Result<Probed> Get(const std::shared_ptr<StoreProbe>& probe) { return RunTask(probe->Get({}), loop_); }

  boost::asio::io_context loop_;
  ManualClock clock_;
  MemoryBook book_;
  KeptProbes probes_{loop_.get_executor(), book_, clock_};
  std::vector<std::string> asked_;
};

using testing::ElementsAre;
using testing::IsEmpty;

// A reader's credentials may well be those of one who can do nothing else.
TEST_F(KeptProbesTest, PlaceIsTriedAsOneWhoMayWriteThere) {
  const auto reader = probes_.Of("p", StoreRight::kReadSource, Ask("reader"));
  const auto writer = probes_.Of("p", StoreRight::kWriteStaging, Ask("writer"));
  const auto later = probes_.Of("p", StoreRight::kReadStaging, Ask("later reader"));
  EXPECT_EQ(reader, writer);
  EXPECT_EQ(later, writer);
  ASSERT_TRUE(Get(writer).has_value());
  EXPECT_THAT(asked_, ElementsAre("writer"));
  EXPECT_TRUE(reader->Peek().has_value()) << "what was found is for all";
}

TEST_F(KeptProbesTest, WhatWasFoundIsGoodForADayAndAnyProcess) {
  ASSERT_TRUE(Get(probes_.Of("p", StoreRight::kWriteStaging, Ask("first"))).has_value());
  EXPECT_EQ(book_.kept.at("p").ends, clock_.WallTime() + std::chrono::hours(24));
  KeptProbes others(loop_.get_executor(), book_, clock_);
  const auto other = others.Of("p", StoreRight::kWriteStaging, Ask("second"));
  EXPECT_TRUE(other->Peek().has_value());
  ASSERT_TRUE(Get(other).has_value());
  EXPECT_THAT(asked_, ElementsAre("first"));
  clock_.Advance(std::chrono::hours(24));
  book_.kept.clear();
  ASSERT_TRUE(Get(other).has_value());
  EXPECT_THAT(asked_, ElementsAre("first", "second"));
}

// Another process has tried it meanwhile.
TEST_F(KeptProbesTest, BookIsLookedIntoBeforeAPlaceIsTried) {
  const auto probe = probes_.Of("p", StoreRight::kWriteStaging, Ask("we"));
  book_.kept["p"] = kSeen;
  ASSERT_TRUE(Get(probe).has_value());
  EXPECT_THAT(asked_, IsEmpty());
}

TEST_F(KeptProbesTest, WhatIsNotSafeIsNotKeptBeyondTheProcess) {
  const auto probe = probes_.Of("p", StoreRight::kWriteStaging, Ask("we", Probed()));
  EXPECT_FALSE(Get(probe).value().safe());
  EXPECT_THAT(book_.kept, IsEmpty());
}

}  // namespace
}  // namespace lakeferry
