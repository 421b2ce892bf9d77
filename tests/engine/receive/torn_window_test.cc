// How long readers could see a group at two epochs: measured over commits, crashes and rolling forward.
#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class TornWindowTest : public GroupReceiverTest, public ::testing::WithParamInterface<delta::ReplicationMode> {
 protected:
  TornWindowTest() : GroupReceiverTest(GetParam()) {}
  GroupRecord Stored() { return world_.Run(world_.east_state.Group({}, Role::kReceiver, "orders")).value().value(); }
  EpochRecord Newest() { return Records().front(); }
  // Each commit to the table takes so long.
  void CommitsOfTake(const std::string& table, Millis duration) {
    world_.target(table).set_hooks(
        {.before_effect = [this, duration](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
          const bool commits = path.IsBelow(ObjectPath::Of("_delta_log")) &&
                               (at == StoreOperation::kCommit || at == StoreOperation::kPutIfAbsent);
          if (!commits) co_return Status{};
          const auto record = co_await world_.east_state.Group({}, Role::kReceiver, "orders");
          if (record && *record) seen_ = (*record)->torn_since;
          world_.clock.Advance(duration);
          co_return Status{};
        }});
  }
  std::optional<TimeMs> seen_;  // what was on record while it committed
};

TEST_P(TornWindowTest, OfSeveralTablesItLastsFromBeforeTheFirstCommitToAfterTheLast) {
  world_.CreateAll();
  ExpectSent(1);
  CommitsOfTake("b", seconds(5));
  const TimeMs before = world_.clock.WallTime();
  ExpectReceived(1);
  EXPECT_GE(Newest().torn, seconds(5));
  EXPECT_LE(Newest().torn, world_.clock.WallTime() - before);
  EXPECT_EQ(Stored().torn, Newest().torn);
  EXPECT_GE(seen_, before) << "a crash there leaves it on record";
  EXPECT_EQ(Stored().torn_since, std::nullopt);
}

TEST_P(TornWindowTest, OfOneTableThereIsNone) {
  world_.FirstEpoch();
  CommitsOfTake("a", seconds(5));
  world_.InRun("r1", [&] { world_.table("a").Commit({world_.table("a").Add("f1")}, "r1"); });
  ExpectSent(2);
  ExpectReceived(2);
  EXPECT_EQ(Newest().torn, Millis(0));
  EXPECT_EQ(seen_, std::nullopt);
  EXPECT_EQ(Stored().torn, Millis(0));
}

TEST_P(TornWindowTest, ACrashBetweenTwoCommitsCountsUntilTheEpochIsRolledForward) {
  HalfApplySecondEpoch();
  const auto since = Stored().torn_since;
  ASSERT_TRUE(since);
  world_.clock.Advance(hours(3));
  world_.Restart();
  ExpectReceived(2);
  ExpectAllSame();
  EXPECT_GE(Newest().torn, hours(3));
  EXPECT_GE(world_.clock.WallTime() - *since, *Newest().torn);
  EXPECT_EQ(Stored().torn_since, std::nullopt);
}

// The epoch is applied where the metadata store has it, whatever becomes of its answer.
TEST_P(TornWindowTest, AFailureWhileTheStoreIsAwayLeavesItOpen) {
  HalfApplySecondEpoch();
  const auto since = Stored().torn_since;
  world_.Restart();
  int saves = 0;
  world_.east_state.set_hooks({.before_save = [&saves]() -> Task<Status> {
    if (++saves >= 1) co_return Fail(ErrorCode::kUnavailable, "locked");
    co_return Status{};
  }});
  ASSERT_FALSE(world_.Receive());
  NoteFailure();
  EXPECT_EQ(world_.receiver->book().record().torn_since, since);
  world_.east_state.set_hooks({});
  world_.clock.Advance(hours(1));
  ExpectReceived(2);
  EXPECT_GE(Newest().torn, hours(1));
  EXPECT_EQ(Stored().torn_since, std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Modes, TornWindowTest,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror),
                         [](const auto& mode) { return std::string(delta::ReplicationModeName(mode.param)); });

}  // namespace
}  // namespace lakeferry::engine
