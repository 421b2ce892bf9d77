// Both roles over stores as far ones are: listings of a few names a page, small parts, no times but the store's own, no
// copies by the store, and nothing that a thread could read without a call.
#include <map>
#include <memory>
#include <utility>

#include "delta/reused_name.h"
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
  void LetStoresCopy() {
    for (const auto* uri : {"mem://east/a", "mem://east/b", "mem://east/staging"})
      world_.stores.At(uri).set_copies(true);
  }
  void RefuseWhatIsNotWhatLeft();
  // How often each object of a store is read from now on.
  std::map<std::string, int>& CountReads(MemoryStore& store) {
    reads_.clear();
    store.set_hooks({.before_effect = [this](std::string, StoreOperation operation, ObjectPath path) {
      const bool reads = operation == StoreOperation::kGet || operation == StoreOperation::kOpen;
      if (reads) ++reads_[path.text()];
      return Nothing();
    }});
    return reads_;
  }

  World world_;
  std::map<std::string, int> reads_;
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
    world_.staging().set_hooks({});
    for (const auto* table : {"a", "b"}) world_.ExpectSame(table);
    // A mirror's commits are read, for they are judged before they are published.
    const bool clone = GetParam() == delta::ReplicationMode::kClone;
    EXPECT_EQ(read > 0, !vouches || !clone) << vouches;
  }
}

// What the sender has put is copied while it is that, without a look at it.
TEST_P(FarStores, WhatTheSenderPutIsCopiedWithoutALook) {
  LetStoresCopy();
  world_.CreateAll();
  world_.AppendAll("r1", "f1");
  ASSERT_THAT(world_.Send(), Succeeded());
  int looks = 0;
  world_.staging().set_hooks({.before_effect = [&looks](std::string, StoreOperation operation, ObjectPath path) {
    const bool looks_at = operation == StoreOperation::kHead || operation == StoreOperation::kOpen;
    looks += looks_at && path.text().starts_with("orders/data/") && path.name() == "f1" ? 1 : 0;
    return Nothing();
  }});
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(looks, 0);
  for (const auto* table : {"a", "b"}) world_.ExpectSame(table);
}

TEST_P(FarStores, WhatIsNotWhatLeftIsRefusedThoughTheStoreCouldCopyIt) {
  LetStoresCopy();
  RefuseWhatIsNotWhatLeft();
}

TEST_P(FarStores, WhatIsNotWhatLeftIsRefusedWhoeverVouchesForIt) { RefuseWhatIsNotWhatLeft(); }

void FarStores::RefuseWhatIsNotWhatLeft() {
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

// A store that is far is asked for a commit once, however often a cut looks at it; that history goes on is looked at
// once the commits were read, and before that as the listing tells it.
TEST_P(FarStores, CutReadsACommitOnce) {
  world_.CreateAll();
  world_.AppendAll("r1", "f1");
  ExpectEpoch(1);
  world_.AppendAll("r2", "f2");
  const std::map<std::string, int>& reads = CountReads(world_.source("a"));
  ASSERT_THAT(world_.Send(), Succeeded());
  const bool clone = GetParam() == delta::ReplicationMode::kClone;
  EXPECT_EQ(reads.at(TestTable::LogName(2)), 1);
  EXPECT_EQ(reads.at(TestTable::LogName(3)), clone ? 1 : 2) << "a mirror brings the object as well";
}

TEST_P(FarStores, SourceThatIsMadeAnewWhileItIsReadIsFound) {
  world_.CreateAll();
  world_.AppendAll("r1", "f1");
  ExpectEpoch(1);
  world_.AppendAll("r2", "f2");
  bool changed = false;
  world_.source("a").set_hooks(
      {.before_effect = [this, &changed](std::string, StoreOperation operation, ObjectPath path) {
        const bool reads = operation == StoreOperation::kOpen && path.text() == TestTable::LogName(3);
        if (reads && !std::exchange(changed, true)) world_.source("a").Set(TestTable::LogName(2), "{}\n");
        return Nothing();
      }});
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kDiverged, "version 2 has another content now"));
  EXPECT_TRUE(changed);
}

TEST_P(FarStores, SourceThatWasMadeAnewIsFoundByItsListing) {
  world_.CreateAll();
  world_.AppendAll("r1", "f1");
  ExpectEpoch(1);
  world_.source("a").Set(TestTable::LogName(2), "{}\n");
  world_.AppendAll("r2", "f2");
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kDiverged, "version 2 has another content now"));
}

TEST_P(FarStores, NoDocumentIsReadTwiceInAPass) {
  world_.CreateAll();
  for (int epoch = 1; epoch <= 3; ++epoch) {
    world_.AppendAll("r" + std::to_string(epoch), "f" + std::to_string(epoch));
    for (const Role role : {Role::kSender, Role::kReceiver}) {
      const std::map<std::string, int>& reads = CountReads(world_.staging());
      ASSERT_THAT(role == Role::kSender ? world_.Send() : world_.Receive(), Succeeded());
      for (const auto& [path, times] : reads) {
        const bool document = path.contains("/receipts/") || path.ends_with("/manifest");
        if (document) EXPECT_LE(times, 1) << path << " " << epoch;
      }
    }
  }
}

TEST_P(FarStores, FolderOfReusedNamesIsListedByTheFirstEpochOfAProcess) {
  world_.CreateAll();
  int lists = 0;
  world_.target("a").set_hooks({.before_effect = [&lists](std::string, StoreOperation operation, ObjectPath path) {
    lists += operation == StoreOperation::kList && path.text() == delta::kReusedFolder ? 1 : 0;
    return Nothing();
  }});
  const int once = GetParam() == delta::ReplicationMode::kClone ? 1 : 0;
  for (int epoch = 1; epoch <= 3; ++epoch) {
    world_.AppendAll("r" + std::to_string(epoch), "f" + std::to_string(epoch));
    ExpectEpoch(epoch);
    EXPECT_EQ(lists, once);
  }
  world_.Restart();
  world_.AppendAll("later", "g");
  ExpectEpoch(4);
  EXPECT_EQ(lists, 2 * once);
}

TEST_P(FarStores, CheckpointsAreReadWithoutHoldingAThread) {
  world_.CreateAll();
  for (int i = 0; i < 5; ++i) world_.AppendAll("r" + std::to_string(i), "f" + std::to_string(i));
  for (const auto* table : {"a", "b"}) world_.table(table).CleanLog();
  ExpectEpoch(1);
}

}  // namespace
}  // namespace lakeferry::engine
