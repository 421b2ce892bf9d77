// Another receiver answers an epoch while a pass of this one is at it.
#include <string>

#include "tests/engine/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

class SecondReceiverTest : public GroupReceiverTest {
 protected:
  MemoryStateStore other_state_;
  Environment env_{.region = "east",
                   .clock = world_.clock,
                   .random = world_.east.random,
                   .log = world_.log,
                   .state = other_state_,
                   .stores = world_.stores,
                   .workflows = world_.workflows,
                   .notifier = world_.notifier,
                   .checkpoints = world_.east.checkpoints,
                   .checkpoint_writer = world_.east.checkpoint_writer,
                   .scratch = world_.scratch,
                   .zones = world_.east.zones,
                   .copy_slots = world_.east.copy_slots,
                   .pool = world_.east.pool,
                   .cores = world_.east.cores,
                   .limits = {}};
  GroupReceiver other_{env_, world_.spec};
};

// After this one has looked for news, and before it takes the epoch up.
TEST_F(SecondReceiverTest, AnswerThatComesBeforeAnEpochIsTakenUpIsLearntAtOnce) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  const std::string receipt = plan::StagingLayout("orders").Receipt(Epoch(2)).text();
  bool answered = false;
  world_.staging().set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
    if (answered || at != StoreOperation::kGet || path.text() != receipt) co_return Status{};
    answered = true;
    const auto received = co_await other_.RunOnce({});
    EXPECT_THAT(received, Succeeded());
    co_return Status{};
  }});
  ASSERT_THAT(world_.Receive(), Succeeded());
  ASSERT_TRUE(answered);
  ASSERT_EQ(Records().size(), 2U);
  EXPECT_EQ(Records()[0].epoch, Epoch(2));
  EXPECT_EQ(Records()[0].state, EpochState::kApplied);
  ExpectAllSame();
}

}  // namespace
}  // namespace lakeferry::engine
