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
  [[nodiscard]] bool resumes() const override { return true; }

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

// One process's view of a store, with a fault that befalls every call that it can befall.
class SimStoreFaultsTest : public testing::Test {
 protected:
  SimStore& With(const FaultRates& rates) {
    gate_.set_rates(rates);
    return store_;
  }
  // What a listing shows, by name.
  std::vector<std::string> Names(SimStore& store) {
    std::vector<std::string> names;
    const ListPage page = RunTask(store.List({}, {})).value();
    for (const ObjectInfo& object : page.listing.objects) names.push_back(object.path.text());
    return names;
  }
  void Write(const std::string& name) { (void)RunTask(store_.PutIfAbsent({}, ObjectPath::Of(name), "abcd")); }
  void Pass(Millis time) {
    timeline_.At(timeline_.now() + time, 0, [] {});
    timeline_.FireNext();
  }

  Timeline timeline_{FromEpochMs(1'795'000'000'000)};
  SimClock clock_{&timeline_, 0, Millis(0)};
  MemoryStoreFactory inner_{&clock_};
  Gate gate_{&timeline_, 1, SimRandom(1)};
  NobodyLooks observer_;
  StorePast past_;
  StoreContext context_{.actor = {.id = 1, .role = Role::kSender, .name = "sender"},
                        .gate = &gate_,
                        .observer = &observer_,
                        .past = &past_};
  SimStore store_{&inner_.At("mem://a"), &context_};
};

TEST_F(SimStoreFaultsTest, ReadThatBreaksHasFilledAPartOfTheRoom) {
  With({.latency_max_ms = 0});
  Write("a");
  const auto object = RunTask(store_.Open({}, ObjectPath::Of("a"))).value();
  With({.latency_max_ms = 0, .torn = 1'000});
  std::string room = "????";
  EXPECT_EQ(RunTask(object->Read({}, 0, room)).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(room, "ab??");
}

TEST_F(SimStoreFaultsTest, ReadOfWhatIsAnotherByNowIsDamage) {
  With({.latency_max_ms = 0});
  Write("a");
  const auto object = RunTask(store_.Open({}, ObjectPath::Of("a"))).value();
  With({.latency_max_ms = 0, .replaced = 1'000});
  std::string room = "????";
  EXPECT_EQ(RunTask(object->Read({}, 0, room)).error().code, ErrorCode::kCorruptData);
}

TEST_F(SimStoreFaultsTest, ListingThatIsBehindShowsWhatWasThere) {
  With({.latency_max_ms = 0});
  Write("old");
  Pass(StorePast::kRemembered);
  Write("new");
  (void)RunTask(store_.Delete({}, {ObjectPath::Of("old")}));
  EXPECT_THAT(Names(store_), testing::ElementsAre("new"));
  EXPECT_THAT(Names(With({.latency_max_ms = 0, .behind = 1'000})), testing::ElementsAre("old"));
  EXPECT_THAT(Names(With({.latency_max_ms = 0})), testing::ElementsAre("new")) << "and nothing has changed";
}

TEST_F(SimStoreFaultsTest, BusyStoreSaysHowLongToWaitOrDoesNot) {
  With({.throttled = 1'000, .latency_max_ms = 0});
  int told = 0;
  for (int i = 0; i < 20; ++i) {
    const auto refused = RunTask(store_.Head({}, ObjectPath::Of("a")));
    EXPECT_EQ(refused.error().code, ErrorCode::kThrottled);
    told += refused.error().retry_after ? 1 : 0;
  }
  EXPECT_GT(told, 0);
  EXPECT_LT(told, 20);
}

}  // namespace
}  // namespace lakeferry::sim
