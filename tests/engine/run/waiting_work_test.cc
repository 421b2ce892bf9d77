// Since when finished work waits, of groups that are cut by the clock, and what else the record says beside.
#include "base/digest.h"
#include "engine/run/pass_runner.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using std::chrono::hours;

class WaitingWorkTest : public ::testing::Test {
 protected:
  WaitingWorkTest() { world_.spec.workflows.clear(); }
  GroupRecord& record() { return world_.sender->book().record(); }
  // The sender's pass, as PassRunner surrounds it.
  PassResult Pass() {
    RunOutcome run = world_.Run(runner_.Run({}, *world_.sender));
    world_.Run(mails_.Join());
    return run.result.value_or(PassResult{});
  }
  void DownForData(bool down) {
    MemoryStoreHooks hooks;
    if (down) {
      hooks.before_effect = [](std::string, StoreOperation, ObjectPath path) -> Task<Status> {
        if (path.text().contains("/data/")) co_return Fail(ErrorCode::kUnavailable, "down");
        co_return Status{};
      };
    }
    world_.staging().set_hooks(hooks);
  }

  World world_;
  TaskGroup mails_{world_.loop.get_executor()};
  PassRunner runner_{world_.west, mails_};
};

TEST_F(WaitingWorkTest, TheFirstInstantThatCouldNotBeCutCounts) {
  world_.spec.schedule.cron = "0 * * * *";
  world_.Restart();
  world_.CreateAll();
  world_.clock.Advance(hours(1));
  Pass();
  ASSERT_THAT(world_.Receive(), Succeeded());
  Pass();
  ASSERT_EQ(record().waiting_since, std::nullopt);
  DownForData(true);
  world_.table().Commit({world_.table().Add("f1")});
  world_.clock.Advance(hours(1));
  Pass();
  const auto first = record().waiting_since;
  ASSERT_TRUE(first);
  EXPECT_EQ(ToEpochMs(*first) % Millis(hours(1)).count(), 0) << "an instant of the schedule";
  world_.clock.Advance(hours(3));
  Pass();
  EXPECT_EQ(record().waiting_since, first);
  EXPECT_EQ(record().state, GroupState::kFailed);
  DownForData(false);
  world_.clock.Advance(hours(1));
  Pass();
  EXPECT_EQ(record().waiting_since, first) << "it is staged, and nobody has answered";
  ASSERT_THAT(world_.Receive(), Succeeded());
  Pass();
  EXPECT_EQ(record().waiting_since, std::nullopt);
}

TEST_F(WaitingWorkTest, AnIntervalWithoutAChangeLeavesNothingToWaitFor) {
  world_.Restart();
  world_.CreateAll();
  Pass();
  ASSERT_THAT(world_.Receive(), Succeeded());
  world_.clock.Advance(world_.spec.sync_interval);
  const PassResult rest = Pass();
  EXPECT_EQ(rest.state, GroupState::kIdle);
  EXPECT_EQ(rest.reason, "no table has changed since the last cut");
  EXPECT_EQ(record().waiting_since, std::nullopt);
  EXPECT_EQ(record().state, GroupState::kIdle);
}

TEST_F(WaitingWorkTest, ARunThatBeganWhileLogsWereReadIsWaitedFor) {
  world_.spec.workflows = {"nightly"};
  world_.Restart();
  world_.CreateAll();
  int began = 0;
  world_.source().set_hooks({.before_effect = [&](std::string, StoreOperation, ObjectPath) -> Task<Status> {
    world_.workflows.runs["nightly"].push_back({.workflow = "nightly",
                                                .run_id = "late" + std::to_string(++began),
                                                .start = world_.clock.WallTime(),
                                                .end = {},
                                                .state = RunState::kRunning});
    co_return Status{};
  }});
  const PassResult rest = Pass();
  EXPECT_EQ(rest.state, GroupState::kWaiting) << rest.reason;
  EXPECT_THAT(rest.reason, ::testing::HasSubstr("began while the tables' logs were read"));
}

TEST_F(WaitingWorkTest, WhatTheReceiverLearnsFromReceiptsIsStagedAndApplied) {
  world_.spec.workflows = {"nightly"};
  world_.Restart();
  world_.FirstEpoch();
  world_.east_state.Clear();
  world_.Restart();
  ASSERT_THAT(world_.Receive(), Succeeded());
  const GroupRecord& record = world_.receiver->book().record();
  EXPECT_EQ(record.staged_epoch, Epoch(1));
  EXPECT_EQ(record.epoch, Epoch(1));
  EXPECT_EQ(record.waiting_since, std::nullopt);
}

TEST_F(WaitingWorkTest, AClockThatWasSetBackHidesNoSignOfLife) {
  world_.Restart();
  world_.CreateAll();
  Pass();
  const TimeMs before = world_.clock.WallTime();
  world_.clock.Set(before - hours(2));
  Pass();
  EXPECT_EQ(record().alive, before - hours(2));
}

TEST_F(WaitingWorkTest, TheFirstEpochWaitsFromItsCutOn) {
  world_.spec.workflows = {"nightly"};
  world_.Restart();
  ASSERT_THAT(world_.Receive(), Succeeded());
  const GroupRecord& record = world_.receiver->book().record();
  ASSERT_EQ(record.waiting_since, record.created);
  world_.clock.Advance(hours(72));
  world_.CreateAll();
  Pass();
  world_.target().set_hooks({.before_effect = [](std::string, StoreOperation, ObjectPath) -> Task<Status> {
    co_return Fail(ErrorCode::kUnavailable, "down");
  }});
  EXPECT_FALSE(world_.Receive());
  EXPECT_EQ(record.waiting_since, world_.ManifestOf(1).cut_time);
}

TEST_F(WaitingWorkTest, EpochsThatWaitInTurnWaitSinceTheFirstOfThem) {
  world_.spec.workflows = {"nightly"};
  world_.Restart();
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  Pass();
  world_.AppendAll("r2", "f2");
  Pass();
  const TimeMs first = world_.ManifestOf(2).cut_time;
  world_.target().set_hooks({.before_effect = [](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at == StoreOperation::kCommit) co_return Fail(ErrorCode::kUnavailable, "down");
    co_return Status{};
  }});
  EXPECT_FALSE(world_.Receive());
  EXPECT_EQ(world_.receiver->book().record().waiting_since, first);
}

}  // namespace
}  // namespace lakeferry::engine
