// Both roles over stores as far ones are: listings of a few names a page, small parts, no times but the store's own, no
// copies by the store, and nothing that a thread could read without a call.
#include <map>
#include <memory>

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

class FarStores : public ::testing::TestWithParam<delta::ReplicationMode> {
 protected:
  FarStores() : world_({"a", "b"}, GetParam()) {
    for (const auto* uri : {"mem://west/a", "mem://west/b", "mem://east/a", "mem://east/b", "mem://east/staging"}) {
      MemoryStore& store = world_.stores.At(uri);
      store.set_far(true);
      store.set_copies(false);
      store.set_keeps_times(false);
      store.set_page(3);
      store.set_part_bytes(64);
    }
  }
  void ExpectEpoch(int64_t epoch) {
    const auto sent = world_.Send();
    ASSERT_THAT(sent, Succeeded());
    EXPECT_EQ(sent->epoch, Epoch(epoch));
    const auto received = world_.Receive();
    ASSERT_THAT(received, Succeeded());
    EXPECT_EQ(received->epoch, Epoch(epoch));
    for (const auto* table : {"a", "b"}) world_.ExpectSame(table);
  }

  static Task<Status> Nothing() { co_return Status{}; }

  World world_;
};

INSTANTIATE_TEST_SUITE_P(Modes, FarStores,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror),
                         [](const auto& test) {
                           return test.param == delta::ReplicationMode::kClone ? "clone" : "mirror";
                         });

TEST_P(FarStores, EpochsGoOverWholeAndByWhatChanged) {
  world_.CreateAll();
  for (int i = 0; i < 12; ++i) world_.AppendAll("r" + std::to_string(i), "f" + std::to_string(i));
  ExpectEpoch(1);
  world_.AppendAll("later", "g1");
  ExpectEpoch(2);
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(world_.Staged("orders/data/"), ::testing::IsEmpty()) << "what was applied is released, page by page";
}

// What the service compared when it came is not read again; what nobody vouches for is.
TEST_P(FarStores, WhatTheStagingStoreVouchesForIsNotRead) {
  for (const bool vouches : {true, false}) {
    world_.staging().set_vouches(vouches);
    for (const auto* uri : {"mem://east/a", "mem://east/b", "mem://east/staging"})
      world_.stores.At(uri).set_copies(true);
    if (vouches) world_.CreateAll();
    world_.AppendAll(vouches ? "r1" : "r2", vouches ? "f1" : "f2");
    ASSERT_THAT(world_.Send(), Succeeded());
    int read = 0;
    world_.staging().set_hooks({.before_effect = [&read](std::string, StoreOperation operation, ObjectPath path) {
      const bool bytes = operation == StoreOperation::kRead || operation == StoreOperation::kGet;
      read += bytes && path.text().starts_with("orders/data/") ? 1 : 0;
      return Nothing();
    }});
    ASSERT_THAT(world_.Receive(), Succeeded());
    for (const auto* table : {"a", "b"}) world_.ExpectSame(table);
    // A mirror's commits are read, for they are judged before they are published.
    const bool clone = GetParam() == delta::ReplicationMode::kClone;
    EXPECT_EQ(read > 0, !vouches || !clone) << vouches;
  }
}

TEST_P(FarStores, WhatIsNotWhatLeftIsRefusedWhoeverVouchesForIt) {
  world_.CreateAll();
  world_.AppendAll("r1", "f1");
  ASSERT_THAT(world_.Send(), Succeeded());
  for (auto& [name, object] : world_.staging().objects()) {
    if (!name.starts_with("orders/data/") || !name.ends_with("f1")) continue;
    std::string other = *object.bytes;
    other.back() ^= 1;
    object.bytes = std::make_shared<const std::string>(other);
  }
  const auto received = world_.Receive();
  ASSERT_FALSE(received.has_value());
  EXPECT_EQ(received.error().code, ErrorCode::kCorruptData);
  world_.clock.Advance(std::chrono::hours(1));
  world_.Restart();
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Receive(), Succeeded());
  for (const auto* table : {"a", "b"}) world_.ExpectSame(table);
}

// From a far store into another service, each byte comes once.
TEST_P(FarStores, WhatIsStreamedToTheTargetIsReadOnce) {
  world_.CreateAll();
  world_.AppendAll("r1", "f1");
  ASSERT_THAT(world_.Send(), Succeeded());
  std::map<std::string, int> reads;
  world_.staging().set_hooks({.before_effect = [&reads](std::string, StoreOperation operation, ObjectPath path) {
    if (operation == StoreOperation::kRead || operation == StoreOperation::kGet) ++reads[path.text()];
    return Nothing();
  }});
  ASSERT_THAT(world_.Receive(), Succeeded());
  for (const auto& [path, times] : reads) {
    if (path.starts_with("orders/data/") && path.ends_with("f1")) EXPECT_EQ(times, 1) << path;
  }
}

TEST_P(FarStores, CheckpointsAreReadWithoutHoldingAThread) {
  world_.CreateAll();
  for (int i = 0; i < 5; ++i) world_.AppendAll("r" + std::to_string(i), "f" + std::to_string(i));
  for (const auto* table : {"a", "b"}) world_.table(table).CleanLog();
  ExpectEpoch(1);
}

}  // namespace
}  // namespace lakeferry::engine
