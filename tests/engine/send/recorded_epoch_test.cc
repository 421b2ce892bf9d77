// An epoch that was published and could not be put on record is learnt from staging again, by this process and the
// next.
#include "engine/run/pass_runner.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

class RecordedEpochTest : public ::testing::Test {
 protected:
  Result<PassResult> Pass() { return world_.Run(runner_.Run({}, *world_.sender)).result; }
  // One save of the sender's, once the epoch's manifest is there, fails.
  void FailTheSaveOf(int64_t epoch) {
    world_.west_state.set_hooks({.before_save = [this, epoch, failed = false]() mutable -> Task<Status> {
      const std::string manifest = "epochs/" + plan::StagingLayout::Number(Epoch(epoch)) + "/manifest";
      if (failed || world_.Staged("orders/" + manifest).empty()) return Well();
      failed = true;
      return Locked();
    }});
  }
  static Task<Status> Well() { co_return Status{}; }
  static Task<Status> Locked() { co_return Fail(ErrorCode::kUnavailable, "the metadata store is locked"); }

  World world_;
  TaskGroup mails_{world_.loop.get_executor()};
  PassRunner runner_{world_.west, mails_};
};

TEST_F(RecordedEpochTest, ItIsReleasedByAProcessThatKnowsItFromStagingAlone) {
  world_.CreateAll();
  FailTheSaveOf(1);
  EXPECT_THAT(Pass(), FailedWith(ErrorCode::kUnavailable, "locked"));
  ASSERT_THAT(Pass(), Succeeded());
  world_.AppendAll("r1", "f1");
  ASSERT_THAT(Pass(), Succeeded());
  ASSERT_THAT(world_.Staged("orders/data/"), Not(IsEmpty()));
  world_.Restart();
  ASSERT_THAT(world_.Receive(), Succeeded());
  ASSERT_THAT(Pass(), Succeeded());
  EXPECT_THAT(world_.Staged("orders/data/"), IsEmpty());
  const auto epochs = world_.Run(world_.west_state.Epochs({}, Role::kSender, "orders", 10));
  ASSERT_THAT(epochs, Succeeded());
  ASSERT_EQ(epochs->size(), 2U);
  for (const EpochRecord& record : *epochs) EXPECT_EQ(record.state, EpochState::kApplied);
}

}  // namespace
}  // namespace lakeferry::engine
