// Which groups lie in a staging location beside one that finds nothing there.
#include "engine/staging/other_groups.h"

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;

TEST(OtherGroups, AreReadWithTheirNamesAndWithoutWhatWasPutAsideOrTried) {
  World world;
  for (const char* folder : {"orders", "b", "caf%C3%A9", "orders.reset-20261129T120000Z", "_lakeferry_probe"}) {
    world.staging().Set(std::string(folder) + "/epochs/x", "");
  }
  const StagingArea area(
      world.east.stores.Open({.uri = world.spec.staging_uri, .right = StoreRight::kReadStaging}).value(),
      plan::StagingOf(world.spec), world.east);
  EXPECT_THAT(world.Run(OtherGroups({}, area)).value(), ElementsAre("b", "café"));
}

TEST(OtherGroups, TheNearestIsNamedWhereOneIsMeant) {
  EXPECT_EQ(NothingStagedFor("order", {}), "");
  EXPECT_EQ(NothingStagedFor("order", {"orders", "prices"}),
            "nothing is staged for group 'order', and staging has folders of 'orders', 'prices'; is 'orders' meant?");
  EXPECT_EQ(NothingStagedFor("x", {"prices"}), "nothing is staged for group 'x', and staging has folders of 'prices'");
  EXPECT_THAT(NothingStagedFor("x", {"aa", "bb", "cc", "dd", "ee", "ff"}), EndsWith("'ee' and 1 more"));
}

}  // namespace
}  // namespace lakeferry::engine
