// The simulator's stores hold what every store promises: what it finds is a fault of the engine then, not of its world.
#include "tests/sim/world/sim_store.h"
#include "tests/storage/object_store_contract.h"

namespace lakeferry::sim {
namespace {

class NobodyLooks final : public Observer {
 public:
  void OnStore(const StoreEffect&) override {}
  void OnSaved(const Actor&, const StateChange&) override {}
};

class SimStoreUnderTest final : public StoreUnderTest {
 public:
  SimStoreUnderTest() {
    gate_.set_rates({.latency_max_ms = 0});
    inner_.At("mem://a").set_page(5);
  }
  ObjectStore& store() override { return store_; }
  ObjectStore& neighbour() override { return neighbour_; }
  TimeMs Now() override { return clock_.WallTime(); }
  void PassTime() override {
    timeline_.At(timeline_.now() + Millis(1'000), 0, [] {});
    timeline_.FireNext();
  }

 private:
  Timeline timeline_{FromEpochMs(1'795'000'000'000)};
  SimClock clock_{&timeline_, 0, Millis(0)};
  MemoryStoreFactory inner_{&clock_};
  Gate gate_{&timeline_, 1, SimRandom(1)};
  NobodyLooks observer_;
  StoreContext context_{
      .actor = {.id = 1, .role = Role::kSender, .name = "sender"}, .gate = &gate_, .observer = &observer_};
  SimStore store_{&inner_.At("mem://a"), &context_};
  SimStore neighbour_{&inner_.At("mem://b"), &context_};
};

INSTANTIATE_TEST_SUITE_P(Simulated, ObjectStoreContract,
                         testing::Values(StoreKind{"Simulated", [] { return std::make_unique<SimStoreUnderTest>(); }}),
                         [](const testing::TestParamInfo<StoreKind>& test) { return test.param.name; });

TEST(SimStore, EndsASimulationThatWritesWithARightToRead) {
  Timeline timeline(FromEpochMs(1'795'000'000'000));
  const SimClock clock(&timeline, 0, Millis(0));
  MemoryStoreFactory inner(&clock);
  Gate gate(&timeline, 1, SimRandom(1));
  NobodyLooks observer;
  SimStoreFactory stores(
      [&inner](const std::string& uri) -> MemoryStore& { return inner.At(uri); },
      {.actor = {.id = 1, .role = Role::kSender, .name = "s"}, .gate = &gate, .observer = &observer});
  const auto store = stores.Open({.uri = "mem://a", .right = StoreRight::kReadStaging}).value();
  EXPECT_DEATH((void)RunTask(store->Put({}, ObjectPath::Of("a"), "")), "opened to be read is not written");
  EXPECT_NE(stores.Open({.uri = "mem://a", .right = StoreRight::kWriteStaging}).value(), store);
}

}  // namespace
}  // namespace lakeferry::sim
