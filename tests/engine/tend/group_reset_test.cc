// What a side has to put aside for a group to start anew, and when nothing is to be touched.
#include "engine/tend/group_reset.h"

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

class GroupResetTest : public ::testing::TestWithParam<delta::ReplicationMode> {
 protected:
  GroupResetTest() { world_.CreateAll(); }
  void Replicate() {
    ASSERT_THAT(world_.Send(), Succeeded());
    ASSERT_THAT(world_.Receive(), Succeeded());
  }
  Result<std::vector<ToPutAside>> Find(Role role) {
    Environment& env = role == Role::kSender ? world_.west : world_.east;
    return world_.Run(FindForReset({}, env, world_.spec, role));
  }
  World world_{{"t"}, GetParam()};
};

TEST_P(GroupResetTest, ASenderHasItsStagingFolderAndAReceiverItsTargets) {
  EXPECT_THAT(Find(Role::kSender).value(), IsEmpty());
  EXPECT_THAT(Find(Role::kReceiver).value(), IsEmpty());
  Replicate();
  EXPECT_THAT(Find(Role::kSender).value(), ElementsAre(Field(&ToPutAside::below, "orders")));
  EXPECT_THAT(Find(Role::kReceiver).value(), ElementsAre(Field(&ToPutAside::uri, "mem://east/t")));
}

TEST_P(GroupResetTest, AModeThatChangedIsNoObstacle) {
  Replicate();
  const bool clone = GetParam() == delta::ReplicationMode::kClone;
  world_.spec.mode = clone ? delta::ReplicationMode::kMirror : delta::ReplicationMode::kClone;
  EXPECT_THAT(Find(Role::kReceiver).value(), ElementsAre(Field(&ToPutAside::uri, "mem://east/t")));
}

TEST_P(GroupResetTest, SwappedEndsAreRefusedOnEitherSide) {
  Replicate();
  plan::TableSpec& table = world_.spec.tables.Edit().front();
  std::swap(table.source_uri, table.target_uri);
  for (const Role role : {Role::kSender, Role::kReceiver}) {
    EXPECT_THAT(Find(role), FailedWith(ErrorCode::kRefused, "source and target of table 't' are swapped"));
  }
}

TEST_P(GroupResetTest, ATargetThatIsNotTheGroupsIsRefused) {
  Replicate();
  world_.spec.name = "order";
  EXPECT_THAT(Find(Role::kReceiver), FailedWith(ErrorCode::kRefused, "nothing was moved"));
}

INSTANTIATE_TEST_SUITE_P(Modes, GroupResetTest,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror),
                         [](const auto& mode) { return std::string(delta::ReplicationModeName(mode.param)); });

}  // namespace
}  // namespace lakeferry::engine
