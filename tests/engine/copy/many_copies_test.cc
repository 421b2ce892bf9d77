// Many copies at once: what they hold in memory together, and how fast they may go.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string>
#include <utility>
#include <vector>

#include "async/task_group.h"
#include "engine/copy/object_copy.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

constexpr size_t kPartBytes = 1'000;
constexpr size_t kMemory = 10 * kPartBytes;
constexpr size_t kObjects = 64;
constexpr size_t kObjectBytes = 6 * kPartBytes;

class ManyCopiesTest : public ::testing::Test {
 protected:
  ManyCopiesTest() {
    to_.set_part_bytes(kPartBytes);
    for (MemoryStore* store : {&from_, &to_}) store->set_far(true);
    from_.set_hooks({.before_effect = [this](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
      if (at == StoreOperation::kRead) peak_ = std::max(peak_, ++held_);
      co_return Status{};
    }});
    const auto written = [this](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
      if (at == (keeps_ ? StoreOperation::kCommit : StoreOperation::kWrite)) --held_;
      co_return Status{};
    };
    to_.set_hooks({.before_effect = [](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
                     // Long enough for all others to go on meanwhile.
                     for (int turn = 0; at == StoreOperation::kWrite && turn < 20; ++turn) {
                       co_await boost::asio::post(boost::asio::use_awaitable);
                     }
                     co_return Status{};
                   },
                   .after_effect = written});
    for (size_t i = 0; i < kObjects; ++i) {
      from_.Set("o" + std::to_string(i), std::string(kObjectBytes, static_cast<char>('a' + i % 26)));
    }
  }
  CopyMeans Means() {
    return {.slots = slots_, .clock = world_.clock, .group = "orders", .buffer_bytes = kPartBytes / 2};
  }
  Task<Status> CopyOne(size_t number) {
    const ObjectPath path = ObjectPath::Of("o" + std::to_string(number));
    LF_CO_TRY_OK(co_await CopyObject({}, from_, path, to_, path, {}, Means()));
    co_return Status{};
  }
  Task<Result<PreparedCopy>> Prepare(size_t number) {
    const ObjectPath path = ObjectPath::Of("o" + std::to_string(number));
    co_return co_await PrepareCopy({}, from_, path, to_, path, {.size = kObjectBytes}, Means());
  }
  Status CopyAll() {
    const auto all = [](ManyCopiesTest* test) -> Task<Status> {
      co_return co_await ParallelFor(kObjects, kObjects, [test](size_t number) { return test->CopyOne(number); });
    };
    return world_.Run(all(this));
  }
  void Limit(BandwidthGate& gate, int64_t bytes_a_second) {
    ASSERT_THAT(gate.Use({.limit = bytes_a_second}, world_.west.zones), Succeeded());
  }

  World world_;
  CopySlots slots_{world_.loop.get_executor(), static_cast<int>(kObjects), kMemory};
  MemoryStore& from_ = world_.stores.At("mem://from");
  MemoryStore& to_ = world_.stores.At("mem://to");
  bool keeps_ = false;  // the writer needs the memory until it is committed
  size_t held_ = 0;     // parts that are read and not written yet
  size_t peak_ = 0;
};

TEST_F(ManyCopiesTest, TogetherHoldNoMoreThanIsTheirs) {
  ASSERT_THAT(CopyAll(), Succeeded());
  EXPECT_EQ(to_.objects().size(), kObjects);
  EXPECT_LE(peak_ * kPartBytes, kMemory);
  EXPECT_GE(peak_ * kPartBytes, kMemory / 2);
  EXPECT_EQ(slots_.memory().resident_bytes(), 0);
}

TEST_F(ManyCopiesTest, ObjectOfManyTimesTheMemoryGoesThrough) {
  from_.Set("o0", std::string(1'000 * kPartBytes, 'x'));
  ASSERT_THAT(world_.Run(CopyOne(0)), Succeeded());
  EXPECT_EQ(world_.Text(to_, "o0"), world_.Text(from_, "o0"));
  EXPECT_LE(peak_, 4);
}

TEST_F(ManyCopiesTest, PartsLargerThanTheMemoryGoOneByOne) {
  to_.set_part_bytes(2 * kMemory);
  from_.Set("o0", std::string(5 * kMemory, 'x'));
  ASSERT_THAT(world_.Run(CopyOne(0)), Succeeded());
  EXPECT_EQ(peak_, 1);
}

TEST_F(ManyCopiesTest, WhatFailsGivesItsMemoryBack) {
  to_.set_hooks({.before_effect = [](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
    if (at == StoreOperation::kWrite && path.text() == "o3") co_return Fail(ErrorCode::kUnavailable, "away");
    co_return Status{};
  }});
  EXPECT_THAT(CopyAll(), FailedWith(ErrorCode::kUnavailable, "away"));
  EXPECT_EQ(slots_.memory().resident_bytes(), 0);
}

TEST_F(ManyCopiesTest, WhatAWriterKeepsCountsUntilItIsCommitted) {
  to_.set_part_bytes(2 * kObjectBytes);
  to_.set_keeps_memory(keeps_ = true);
  ASSERT_THAT(CopyAll(), Succeeded());
  EXPECT_EQ(peak_, 1) << "of six parts each, and the memory has room for ten";
  EXPECT_EQ(slots_.memory().resident_bytes(), 0);
}

// A commit that waits for those before it must not hold the memory that these wait for.
TEST_F(ManyCopiesTest, WhatIsPreparedCountsAsNoMemory) {
  to_.set_part_bytes(2 * kObjectBytes);
  to_.set_keeps_memory(true);
  std::vector<PreparedCopy> prepared;
  for (size_t number = 0; number < 8; ++number) {
    auto one = world_.Run(Prepare(number));
    ASSERT_THAT(one, Succeeded());
    prepared.push_back(*std::move(one));
  }
  EXPECT_EQ(slots_.memory().resident_bytes(), 0);
}

TEST_F(ManyCopiesTest, KeepToTheBandwidthOfTheirGroup) {
  Limit(slots_.bandwidth("orders"), 10'000);
  Limit(slots_.bandwidth("others"), 1);
  const Millis began = world_.clock.Monotonic();
  ASSERT_THAT(CopyAll(), Succeeded());
  const double seconds = static_cast<double>((world_.clock.Monotonic() - began).count()) / 1'000;
  EXPECT_NEAR(seconds, kObjects * kObjectBytes / 10'000.0, 0.5);
}

TEST_F(ManyCopiesTest, KeepToTheBandwidthOfTheProcess) {
  Limit(slots_.bandwidth("orders"), 1'000'000);
  Limit(slots_.bandwidth(), 20'000);
  const Millis began = world_.clock.Monotonic();
  ASSERT_THAT(CopyAll(), Succeeded());
  const double seconds = static_cast<double>((world_.clock.Monotonic() - began).count()) / 1'000;
  EXPECT_NEAR(seconds, kObjects * kObjectBytes / 20'000.0, 0.5);
}

TEST_F(ManyCopiesTest, SmallOnesKeepToItToo) {
  for (size_t i = 0; i < kObjects; ++i) from_.Set("o" + std::to_string(i), std::string(100, 'x'));
  Limit(slots_.bandwidth(), 640);
  const Millis began = world_.clock.Monotonic();
  ASSERT_THAT(CopyAll(), Succeeded());
  EXPECT_NEAR(static_cast<double>((world_.clock.Monotonic() - began).count()), 10'000, 500);
}

}  // namespace
}  // namespace lakeferry::engine
