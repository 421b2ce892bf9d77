// Copies of several groups at once: what they hold together, and that none waits for another's store or number.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <string>
#include <utility>

#include "async/event.h"
#include "async/task_group.h"
#include "engine/copy/object_copy.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

constexpr size_t kPartBytes = 1'000;
constexpr size_t kMemory = 20 * kPartBytes;
constexpr size_t kObjectBytes = 6 * kPartBytes;
constexpr int kOfAGroup = 8;

// Each group has stores of its own, "mem://GROUP/from" and "mem://GROUP/to".
class GroupsBesideTest : public ::testing::Test {
 protected:
  // So many objects of a group; all of its writes take some turns, or wait for `answers_`.
  void Give(const std::string& group, size_t count, bool answers = true) {
    MemoryStore& from = From(group);
    MemoryStore& to = To(group);
    from.set_far(true);
    to.set_far(true);
    to.set_part_bytes(kPartBytes);
    for (size_t i = 0; i < count; ++i) {
      from.Set("o" + std::to_string(i), std::string(kObjectBytes, static_cast<char>('a' + i % 26)));
    }
    from.set_hooks({.before_effect = [this](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
      if (at == StoreOperation::kRead) peak_ = std::max(peak_, ++held_);
      co_return Status{};
    }});
    to.set_hooks({.before_effect = [this, answers](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
                    if (at != StoreOperation::kWrite) co_return Status{};
                    if (!answers) co_await answers_.Wait();
                    for (int turn = 0; turn < 20; ++turn) co_await boost::asio::post(boost::asio::use_awaitable);
                    co_return Status{};
                  },
                  .after_effect = [this](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
                    if (at == StoreOperation::kWrite) --held_;
                    co_return Status{};
                  }});
  }
  MemoryStore& From(const std::string& group) { return world_.stores.At("mem://" + group + "/from"); }
  MemoryStore& To(const std::string& group) { return world_.stores.At("mem://" + group + "/to"); }
  size_t Done(const std::string& group) { return To(group).objects().size(); }

  Task<void> CopyOne(std::string group, size_t number) {
    const CopySlots::Slot slot = co_await slots_.Acquire(group);
    const ObjectPath path = ObjectPath::Of("o" + std::to_string(number));
    const CopyMeans means{.slots = slots_, .clock = world_.clock, .group = group, .buffer_bytes = kPartBytes / 2};
    const auto copied = co_await CopyObject({}, From(group), path, To(group), path, {}, means);
    EXPECT_THAT(copied, Succeeded());
  }
  void Begin(const std::string& group, size_t count) {
    for (size_t i = 0; i < count; ++i) tasks_.Spawn(CopyOne(group, i));
  }
  // Until the group has come to its end, or nothing moves any more.
  void RunUntilDone(const std::string& group, size_t count) {
    world_.loop.restart();
    while (Done(group) < count && world_.loop.poll_one() > 0) continue;
  }
  void RunToTheEnd() {
    answers_.Set();
    world_.loop.restart();
    world_.loop.run();
  }

  World world_;
  CopySlots slots_{world_.loop.get_executor(), kOfAGroup, kMemory};
  Event answers_{world_.loop.get_executor()};
  TaskGroup tasks_{world_.loop.get_executor()};
  size_t held_ = 0;  // parts that are read and not written yet
  size_t peak_ = 0;
};

TEST_F(GroupsBesideTest, TogetherHoldNoMoreThanOneWould) {
  for (const char* const group : {"a", "b", "c", "d"}) {
    Give(group, 16);
    Begin(group, 16);
  }
  RunToTheEnd();
  for (const char* const group : {"a", "b", "c", "d"}) EXPECT_EQ(Done(group), 16U);
  EXPECT_LE(peak_ * kPartBytes, kMemory);
  EXPECT_GE(peak_ * kPartBytes, kMemory / 2);
  EXPECT_EQ(slots_.memory().resident_bytes(), 0U);
}

TEST_F(GroupsBesideTest, OneWithManyObjectsLetsOneWithFewThrough) {
  Give("many", 200);
  Give("few", 2);
  Begin("many", 200);
  world_.loop.restart();
  while (Done("many") < 4) ASSERT_GT(world_.loop.poll_one(), 0U);
  Begin("few", 2);
  RunUntilDone("few", 2);
  EXPECT_EQ(Done("few"), 2U);
  EXPECT_LT(Done("many"), 40U) << "it has waited for the other group";
  RunToTheEnd();
  EXPECT_EQ(Done("many"), 200U);
}

TEST_F(GroupsBesideTest, OneWhoseStoreDoesNotAnswerDelaysNoOther) {
  Give("stuck", 50, false);
  Give("stuck too", 50, false);
  Give("well", 20);
  Begin("stuck", 50);
  Begin("stuck too", 50);
  Begin("well", 20);
  RunUntilDone("well", 20);
  EXPECT_EQ(Done("well"), 20U);
  EXPECT_EQ(Done("stuck") + Done("stuck too"), 0U);
  RunToTheEnd();
  EXPECT_EQ(Done("stuck") + Done("stuck too"), 100U);
}

}  // namespace
}  // namespace lakeferry::engine
