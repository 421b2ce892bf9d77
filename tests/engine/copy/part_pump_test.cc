#include "engine/copy/part_pump.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>

#include "engine/copy/object_copy.h"
#include "engine/copy/object_stream.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

constexpr size_t kPart = 100;

class PartPumpTest : public ::testing::Test {
 protected:
  PartPumpTest() {
    for (size_t i = 0; i < 10 * kPart + 7; ++i) bytes_ += static_cast<char>('a' + i * i % 23);
    from_.Set("a", bytes_);
    to_.set_part_bytes(kPart);
    to_.set_far(true);
    from_.set_far(true);
  }
  Result<Copied> Copy(Hashing hashing = Hashing::kCrc64) {
    return world_.Run(
        CopyObject({}, from_, ObjectPath::Of("a"), to_, ObjectPath::Of("b"), {.hashing = hashing}, Means()));
  }
  CopyMeans Means() {
    CopyMeans means = world_.west.MeansOf("orders");
    means.buffer_bytes = kPart / 2;
    return means;
  }
  // Fails the call of that kind whose turn it is; counts those after it.
  void FailAt(MemoryStore& store, StoreOperation operation, int turn) {
    store.set_hooks(
        {.before_effect = [this, operation, turn](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
          if (at == StoreOperation::kAbort) ++aborts_;
          if (at == operation && ++calls_ == turn) co_return Fail(ErrorCode::kUnavailable, "away");
          co_return Status{};
        }});
  }

  World world_;
  MemoryStore& from_ = world_.stores.At("mem://from");
  MemoryStore& to_ = world_.stores.At("mem://to");
  std::string bytes_;
  int calls_ = 0;
  int aborts_ = 0;
};

TEST_F(PartPumpTest, PartsArriveInTheirPlaceWithTheDigestOfTheWhole) {
  const auto copied = Copy(Hashing::kSha256);
  ASSERT_THAT(copied, Succeeded());
  EXPECT_EQ(copied->digest.size, static_cast<int64_t>(bytes_.size()));
  EXPECT_EQ(copied->digest.crc64, Crc64Of(bytes_));
  EXPECT_EQ(copied->digest.sha256, Sha256Hex(bytes_));
  EXPECT_EQ(world_.Text(to_, "b"), bytes_);
}

TEST_F(PartPumpTest, PartsComeWithTheirChecksums) {
  ASSERT_THAT(Copy(), Succeeded());
  EXPECT_EQ(to_.summed_parts(), 11);
}

TEST_F(PartPumpTest, ObjectOfWholePartsHasNoEmptyOne) {
  from_.Set("a", bytes_.substr(0, 3 * kPart));
  int writes = 0;
  to_.set_hooks({.before_effect = [&writes](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at == StoreOperation::kWrite) ++writes;
    co_return Status{};
  }});
  ASSERT_THAT(Copy(), Succeeded());
  EXPECT_EQ(writes, 3);
  EXPECT_EQ(world_.Text(to_, "b"), bytes_.substr(0, 3 * kPart));
}

TEST_F(PartPumpTest, WhatFailsLeavesNothingAndIsAborted) {
  for (int turn = 1; turn <= 11; ++turn) {
    for (const StoreOperation operation : {StoreOperation::kRead, StoreOperation::kWrite}) {
      calls_ = 0;
      aborts_ = 0;
      from_.set_hooks({});
      to_.set_hooks({});
      FailAt(to_, operation, turn);
      if (operation == StoreOperation::kRead) FailAt(from_, operation, turn);
      EXPECT_THAT(Copy(), FailedWith(ErrorCode::kUnavailable, "away")) << turn;
      EXPECT_EQ(aborts_, 1);
      EXPECT_FALSE(to_.objects().contains("b"));
    }
  }
}

// The parts before it have arrived by then, and nothing is read or written any more.
TEST_F(PartPumpTest, LastPartThatFailsLateIsAnError) {
  to_.set_hooks({.before_effect = [this](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at != StoreOperation::kWrite || ++calls_ != 11) co_return Status{};
    for (int turn = 0; turn < 100; ++turn) co_await boost::asio::post(boost::asio::use_awaitable);
    co_return Fail(ErrorCode::kUnavailable, "away");
  }});
  EXPECT_THAT(Copy(), FailedWith(ErrorCode::kUnavailable, "away"));
  EXPECT_EQ(calls_, 11);
}

TEST_F(PartPumpTest, AfterAFailureFewPartsFollow) {
  FailAt(to_, StoreOperation::kWrite, 2);
  EXPECT_THAT(Copy(), FailedWith(ErrorCode::kUnavailable, "away"));
  EXPECT_LE(calls_, 4);
}

TEST_F(PartPumpTest, StreamWritesWhatWasAppendedInParts) {
  ObjectStream out(world_.Run(to_.Begin({}, ObjectPath::Of("s"), {})).value());
  for (size_t at = 0; at < bytes_.size(); at += 33) {
    ASSERT_THAT(world_.Run(out.Append({}, std::string_view(bytes_).substr(at, 33))), Succeeded());
  }
  ASSERT_THAT(world_.Run(out.Append({}, "")), Succeeded());
  EXPECT_EQ(world_.Run(out.Publish({})), PutOutcome::kCreated);
  EXPECT_EQ(world_.Text(to_, "s"), bytes_);
  EXPECT_EQ(to_.summed_parts(), 11);
}

TEST_F(PartPumpTest, StreamThatIsGivenUpLeavesNothing) {
  ObjectStream out(world_.Run(to_.Begin({}, ObjectPath::Of("s"), {})).value());
  ASSERT_THAT(world_.Run(out.Append({}, bytes_)), Succeeded());
  FailAt(to_, StoreOperation::kPut, 1);
  const auto give_up = [](ObjectStream& stream) -> Task<Status> {
    co_await stream.GiveUp({});
    co_return Status{};
  };
  ASSERT_THAT(world_.Run(give_up(out)), Succeeded());
  EXPECT_EQ(aborts_, 1);
  EXPECT_FALSE(to_.objects().contains("s"));
}

// As a process ends: whatever waits goes with its executor, in any order.
TEST_F(PartPumpTest, CopyThatWaitsEndsWithItsExecutor) {
  for (const StoreOperation stuck : {StoreOperation::kRead, StoreOperation::kWrite}) {
    auto loop = std::make_unique<boost::asio::io_context>();
    const auto wait = [stuck](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
      if (at == stuck) {
        const auto executor = co_await boost::asio::this_coro::executor;
        boost::asio::steady_timer never(executor, boost::asio::steady_timer::time_point::max());
        co_await never.async_wait(boost::asio::use_awaitable);
      }
      co_return Status{};
    };
    from_.set_hooks({.before_effect = wait});
    to_.set_hooks({.before_effect = wait});
    const auto copy = [](MemoryStore& from, MemoryStore& to, CopyMeans means) -> Task<void> {
      [[maybe_unused]] const auto copied =
          co_await CopyObject({}, from, ObjectPath::Of("a"), to, ObjectPath::Of("b"), {}, means);
      ADD_FAILURE() << "nothing answers";
    };
    boost::asio::co_spawn(*loop, copy(from_, to_, Means()),
                          [](std::exception_ptr) { ADD_FAILURE() << "it has ended"; });
    loop->poll();
    loop.reset();
  }
}

}  // namespace
}  // namespace lakeferry::engine
