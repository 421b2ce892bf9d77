// Both roles over stores as far ones are: listings of a few names a page, small parts, no times but the store's own, no
// copies by the store, and nothing that a thread could read without a call.
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

TEST_P(FarStores, CheckpointsAreReadWithoutHoldingAThread) {
  world_.CreateAll();
  for (int i = 0; i < 5; ++i) world_.AppendAll("r" + std::to_string(i), "f" + std::to_string(i));
  for (const auto* table : {"a", "b"}) world_.table(table).CleanLog();
  ExpectEpoch(1);
}

}  // namespace
}  // namespace lakeferry::engine
