// Tables that are staged and placed side by side: what one of them meets is not paid for by hours of the others.
#include <fmt/format.h>

#include "tests/engine/world.h"
#include "tests/support/store_delays.h"

namespace lakeferry::engine {
namespace {

constexpr int kFiles = 40;

class SideBySideTest : public ::testing::Test {
 protected:
  SideBySideTest() : world_({"a", "b"}, delta::ReplicationMode::kClone, 1) {
    world_.stores.set_batch(1);
    world_.CreateAll();
    EXPECT_THAT(world_.Send(), Succeeded());
    EXPECT_THAT(world_.Receive(), Succeeded());
    world_.InRun("r1", [this] {
      world_.table("a").Commit({world_.table("a").Add("lost")}, "r1");
      std::vector<std::string> lines;
      for (int i = 0; i < kFiles; ++i) lines.push_back(world_.table("b").Add(fmt::format("f{}", i)));
      world_.table("b").Commit(lines, "r1");
    });
  }

  World world_;
  StoreDelays delays_{world_.loop, Millis(50)};
};

TEST_F(SideBySideTest, AnErrorOfOneTableEndsTheCopyingOfTheOthers) {
  world_.source("a").objects().erase("lost");
  world_.stores.set_hooks(delays_.Hooks());
  EXPECT_THAT(delays_.Run(world_.sender->RunOnce({})).first,
              FailedWith(ErrorCode::kSourceMovedOn, "a file that the cut needs is gone"));
  EXPECT_LE(delays_.Count("put_if_absent mem://east/staging/orders/data/00000000000000000002/b"), 3);
}

TEST_F(SideBySideTest, AnErrorOfOneTableEndsThePlacingOfTheOthers) {
  ASSERT_THAT(world_.Send(), Succeeded());
  world_.staging().objects().erase("orders/data/00000000000000000002/a/lost");
  world_.stores.set_hooks(delays_.Hooks());
  EXPECT_THAT(delays_.Run(world_.receiver->RunOnce({})).first,
              FailedWith(ErrorCode::kCorruptData, "a staged object is missing"));
  EXPECT_LE(delays_.Count("copy mem://east/b/"), 3);
}

}  // namespace
}  // namespace lakeferry::engine
