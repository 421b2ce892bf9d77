// Loops of many groups in one process, side by side.
#include "engine/run/replicator.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class ReplicatorTest : public ::testing::Test {
 protected:
  // A second group over table b, beside "orders" over table a.
  ReplicatorTest() {
    world_.spec.max_retries = 2;
    orders_ = world_.spec;
    orders_.tables.Edit().pop_back();
    other_ = world_.spec;
    other_.name = "other";
    std::vector<plan::TableSpec>& tables = other_.tables.Edit();
    tables.erase(tables.begin());
    world_.CreateAll();
  }
  Replicator Make(Role role, std::vector<plan::GroupSpec> groups) {
    return {world_.loop.get_executor(), role == Role::kSender ? world_.west : world_.east,
            plan::DutiesOf(role, std::move(groups))};
  }
  // Runs until `sleeps` pauses have been made.
  void RunFor(Replicator& replicator, int sleeps) {
    std::stop_source stop;
    world_.clock.sleeps.clear();
    world_.clock.on_sleep = [&, sleeps] {
      if (static_cast<int>(world_.clock.sleeps.size()) >= sleeps) stop.request_stop();
    };
    world_.Run(replicator.Run(Call{.stop = stop.get_token()}));
    world_.clock.on_sleep = nullptr;
  }

  // Asks for passes over groups now, and keeps what they come to.
  void Ask(Replicator& replicator, std::vector<std::string> groups) {
    boost::asio::co_spawn(world_.loop, replicator.SyncNow(std::move(groups), Claim::kRespect),
                          [this](std::exception_ptr, std::vector<GroupOutcome> outcomes) { answer_ = outcomes; });
  }
  // Does something in the n-th pause, and stops in the last of `sleeps`.
  void RunWith(Replicator& replicator, size_t sleeps, std::function<void(size_t)> act) {
    std::stop_source stop;
    world_.clock.sleeps.clear();
    world_.clock.on_sleep = [&] {
      act(world_.clock.sleeps.size());
      if (world_.clock.sleeps.size() >= sleeps) stop.request_stop();
    };
    world_.Run(replicator.Run(Call{.stop = stop.get_token()}));
    world_.clock.on_sleep = nullptr;
    world_.loop.poll();
  }

  std::optional<std::vector<GroupOutcome>> answer_;
  World world_{{"a", "b"}};
  plan::GroupSpec orders_;
  plan::GroupSpec other_;
};

TEST_F(ReplicatorTest, OnceIsOnePassOverEveryGroup) {
  Replicator sender = Make(Role::kSender, {orders_, other_});
  const auto outcomes = world_.Run(sender.RunOnce({}));
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(outcomes[0].group, "orders");
  EXPECT_EQ(outcomes[1].group, "other");
  for (const GroupOutcome& outcome : outcomes) {
    ASSERT_THAT(outcome.result, Succeeded());
    EXPECT_EQ(outcome.result->epoch, Epoch(1));
  }
  Replicator receiver = Make(Role::kReceiver, {orders_, other_});
  world_.Run(receiver.RunOnce({}));
  world_.ExpectSame("a");
  world_.ExpectSame("b");
}

TEST_F(ReplicatorTest, FailureOfOneGroupIsNotThatOfAnother) {
  world_.source("a").objects().clear();
  Replicator sender = Make(Role::kSender, {orders_, other_});
  const auto outcomes = world_.Run(sender.RunOnce({}));
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_THAT(outcomes[0].result, FailedWith(ErrorCode::kNotFound, "mem://west/a"));
  EXPECT_THAT(outcomes[1].result, Succeeded());
  EXPECT_EQ(StatusLine(sender.Snapshot()), "sender: 2 groups, 1 failing, 0 held");
}

TEST_F(ReplicatorTest, LackOfMemoryOfOneGroupIsNotThatOfAnother) {
  Replicator sender = Make(Role::kSender, {orders_, other_});
  Replicator receiver = Make(Role::kReceiver, {orders_, other_});
  const auto no_memory = [](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
    if (operation == StoreOperation::kRead) throw std::bad_alloc();
    co_return Status{};
  };
  world_.source("a").set_hooks({.before_effect = no_memory, .after_effect = {}});
  const auto outcomes = world_.Run(sender.RunOnce({}));
  EXPECT_THAT(outcomes[0].result, FailedWith(ErrorCode::kUnavailable, "not enough memory"));
  EXPECT_THAT(outcomes[1].result, Succeeded());
  world_.Run(receiver.RunOnce({}));
  world_.ExpectSame("b");
  world_.source("a").set_hooks({});
  EXPECT_THAT(world_.Run(sender.RunOnce({}))[0].result, Succeeded());
  world_.Run(receiver.RunOnce({}));
  world_.ExpectSame("a");
}

TEST_F(ReplicatorTest, OnceWaitsForItsMails) {
  orders_.owner_email = "owner@example.org";
  world_.source("a").objects().clear();
  Replicator sender = Make(Role::kSender, {orders_});
  world_.Run(sender.RunOnce({}));
  EXPECT_EQ(world_.notifier.sent.size(), 1U);
}

TEST_F(ReplicatorTest, RunsEveryIntervalUntilItIsStopped) {
  Replicator sender = Make(Role::kSender, {orders_});
  RunFor(sender, 3);
  EXPECT_THAT(world_.clock.sleeps, ElementsAre(orders_.sync_interval, orders_.sync_interval, orders_.sync_interval));
  EXPECT_THAT(world_.Staged("orders/epochs/"), Not(IsEmpty()));
}

TEST_F(ReplicatorTest, StoppedBeforeItRunsDoesNothing) {
  Replicator sender = Make(Role::kSender, {orders_});
  std::stop_source stop;
  stop.request_stop();
  world_.Run(sender.Run(Call{.stop = stop.get_token()}));
  EXPECT_THAT(world_.Staged(""), IsEmpty());
}

TEST_F(ReplicatorTest, FailedPassesComeBackWithBackoffAndThenAtTheInterval) {
  world_.staging().set_hooks({.before_effect = [](std::string, StoreOperation, ObjectPath) -> Task<Status> {
    co_return Fail(ErrorCode::kUnavailable, "down");
  }});
  Replicator sender = Make(Role::kSender, {orders_});
  RunFor(sender, 4);
  EXPECT_THAT(world_.clock.sleeps,
              ElementsAre(Millis(1'000), Millis(2'000), orders_.sync_interval, orders_.sync_interval));
}

TEST_F(ReplicatorTest, ServerThatAsksForAPauseHasIt) {
  world_.staging().set_hooks({.before_effect = [](std::string, StoreOperation, ObjectPath) -> Task<Status> {
    co_return std::unexpected(
        Error{.code = ErrorCode::kThrottled, .message = "too many calls", .retry_after = Millis(7'000)});
  }});
  Replicator sender = Make(Role::kSender, {orders_});
  RunFor(sender, 2);
  EXPECT_THAT(world_.clock.sleeps, ElementsAre(Millis(7'000), Millis(7'000)));
}

TEST_F(ReplicatorTest, BackoffIsNeverLongerThanTheInterval) {
  orders_.sync_interval = Millis(500);
  world_.staging().set_hooks({.before_effect = [](std::string, StoreOperation, ObjectPath) -> Task<Status> {
    co_return Fail(ErrorCode::kUnavailable, "down");
  }});
  Replicator sender = Make(Role::kSender, {orders_});
  RunFor(sender, 2);
  EXPECT_THAT(world_.clock.sleeps, ElementsAre(Millis(500), Millis(500)));
}

TEST_F(ReplicatorTest, ManyGroupsBeginAFewAtATimeAndThoseThatHangHoldUpTheNextForAMoment) {
  constexpr size_t kGroups = 100;
  std::vector<plan::GroupSpec> groups(kGroups, orders_);
  for (size_t i = 0; i < kGroups; ++i) groups[i].name = "g" + std::to_string(i);
  std::set<std::string> begun;
  bool over = false;
  world_.staging().set_hooks({.before_effect = [&](std::string, StoreOperation, ObjectPath path) -> Task<Status> {
                                begun.insert(path.text().substr(0, path.text().find('/')));
                                while (begun.size() < kGroups && !over)
                                  co_await boost::asio::post(boost::asio::use_awaitable);
                                co_return Status{};
                              },
                              .after_effect = {}});
  Replicator sender = Make(Role::kSender, std::move(groups));
  RunWith(sender, 400, [&](size_t sleep) { over = sleep >= 350; });
  EXPECT_EQ(begun.size(), kGroups);
  EXPECT_EQ(std::ranges::count(world_.clock.sleeps, Millis(2)), 300)
      << "a twentieth of a second behind each eight of them";
}

TEST_F(ReplicatorTest, AReloadWhileGroupsBeginIsHeeded) {
  std::vector<plan::GroupSpec> groups(100, orders_);
  for (size_t i = 0; i < groups.size(); ++i) groups[i].name = "g" + std::to_string(i);
  bool over = false;
  world_.staging().set_hooks({.before_effect = [&](std::string, StoreOperation, ObjectPath) -> Task<Status> {
                                while (!over) co_await boost::asio::post(boost::asio::use_awaitable);
                                co_return Status{};
                              },
                              .after_effect = {}});
  Replicator sender = Make(Role::kSender, std::move(groups));
  RunWith(sender, 10, [&](size_t sleep) {
    if (sleep == 3) sender.Reload(plan::DutiesOf(Role::kSender, {other_}));
    over = sleep >= 3;
  });
  EXPECT_THAT(world_.Staged("g99/"), IsEmpty());
  EXPECT_THAT(world_.Staged("other/epochs/"), Not(IsEmpty()));
}

TEST_F(ReplicatorTest, ReloadBeforeItRunsIsNotLost) {
  Replicator sender = Make(Role::kSender, {orders_});
  sender.Reload(plan::DutiesOf(Role::kSender, {other_}));
  RunFor(sender, 1);
  EXPECT_THAT(world_.Staged("orders/"), IsEmpty());
  EXPECT_THAT(world_.Staged("other/epochs/"), Not(IsEmpty()));
}

TEST_F(ReplicatorTest, PassesThatAreAskedForAreMadeAtOnceAndAnswered) {
  Replicator sender = Make(Role::kSender, {orders_, other_});
  RunWith(sender, 4, [&](size_t sleep) {
    if (sleep != 2) return;
    world_.AppendAll("r1", "f1");
    Ask(sender, {"other", "orders"});
  });
  ASSERT_TRUE(answer_);
  ASSERT_EQ(answer_->size(), 2U);
  EXPECT_EQ((*answer_)[0].group, "other");
  for (const GroupOutcome& outcome : *answer_) {
    ASSERT_THAT(outcome.result, Succeeded()) << outcome.group;
    EXPECT_EQ(outcome.result->epoch, Epoch(2)) << outcome.group;
  }
}

TEST_F(ReplicatorTest, WhoNamesNoGroupMeansAllAndAnUnknownOneIsNamed) {
  Replicator sender = Make(Role::kSender, {orders_, other_});
  RunWith(sender, 3, [&](size_t sleep) {
    if (sleep == 1) Ask(sender, {});
  });
  ASSERT_TRUE(answer_);
  ASSERT_EQ(answer_->size(), 2U);
  RunWith(sender, 1, [](size_t) {});
  Replicator again = Make(Role::kSender, {orders_});
  answer_.reset();
  RunWith(again, 2, [&](size_t sleep) {
    if (sleep == 1) Ask(again, {"gone"});
  });
  ASSERT_TRUE(answer_);
  EXPECT_THAT(answer_->at(0).result, FailedWith(ErrorCode::kInvalidArgument, "has no group 'gone'"));
  EXPECT_THAT(answer_->at(0).result.error().remedy, ::testing::HasSubstr("reload"));
}

TEST_F(ReplicatorTest, ReloadWhileSomebodyWaitsAnswersAllTheSame) {
  Replicator sender = Make(Role::kSender, {orders_, other_});
  RunWith(sender, 5, [&](size_t sleep) {
    if (sleep != 2) return;
    Ask(sender, {"orders", "other"});
    // They ask once the loop goes on; the reload takes one of their groups away before its pass.
    boost::asio::post(world_.loop, [&] { sender.Reload(plan::DutiesOf(Role::kSender, {orders_})); });
  });
  ASSERT_TRUE(answer_);
  EXPECT_THAT(answer_->at(0).result, Succeeded());
  EXPECT_THAT(answer_->at(1).result, FailedWith(ErrorCode::kInvalidArgument, "has no group 'other'"));
}

TEST_F(ReplicatorTest, GroupThatOnlyTheNextConfigurationHasCanBeAskedFor) {
  Replicator sender = Make(Role::kSender, {orders_});
  RunWith(sender, 200, [&](size_t sleep) {
    if (sleep != 1) return;
    sender.Reload(plan::DutiesOf(Role::kSender, {orders_, other_}));
    Ask(sender, {"other"});
  });
  ASSERT_TRUE(answer_);
  EXPECT_THAT(answer_->at(0).result, Succeeded());
}

TEST_F(ReplicatorTest, StopWhileSomebodyWaitsIsTheAnswer) {
  Replicator sender = Make(Role::kSender, {orders_});
  RunWith(sender, 1, [&](size_t) { Ask(sender, {"orders"}); });
  ASSERT_TRUE(answer_);
  EXPECT_THAT(answer_->at(0).result, FailedWith(ErrorCode::kCancelled, "stopped"));
  answer_.reset();
  Ask(sender, {"orders"});
  world_.loop.restart();
  world_.loop.run();
  EXPECT_THAT(answer_->at(0).result, FailedWith(ErrorCode::kCancelled, "stopped"));
}

TEST_F(ReplicatorTest, SnapshotCountsWhatCopiesThatBrokeOffSpared) {
  Replicator sender = Make(Role::kSender, {orders_, other_});
  EXPECT_FALSE(sender.Snapshot().counters.contains("orders"));
  world_.west.copy_slots.NoteResumed("orders", 700);
  RunFor(sender, 2);
  EXPECT_EQ(sender.Snapshot().counters.at("orders").resumed_bytes, 700);
  EXPECT_EQ(sender.Snapshot().counters.at("other").resumed_bytes, 0);
}

TEST_F(ReplicatorTest, SnapshotNamesEveryGroupBeforeItsFirstPassAndTellsOfItAfter) {
  Replicator sender = Make(Role::kSender, {orders_, other_});
  ReplicatorSnapshot snapshot = sender.Snapshot();
  ASSERT_EQ(snapshot.groups.size(), 2U);
  EXPECT_EQ(snapshot.groups[0].group, "orders");
  EXPECT_EQ(snapshot.groups[0].state, GroupState::kUnknown);
  EXPECT_EQ(snapshot.groups[1].group, "other");
  RunFor(sender, 2);
  snapshot = sender.Snapshot();
  EXPECT_EQ(snapshot.groups[0].role, Role::kSender);
  EXPECT_EQ(snapshot.groups[1].staged_epoch, Epoch(1));
  EXPECT_NE(snapshot.groups[0].state, GroupState::kUnknown);
}

TEST_F(ReplicatorTest, ReloadTakesTheNewGroupsAndDropsTheOld) {
  Replicator sender = Make(Role::kSender, {orders_});
  std::stop_source stop;
  int sleeps = 0;
  world_.clock.on_sleep = [&] {
    ++sleeps;
    if (sleeps == 1) sender.Reload(plan::DutiesOf(Role::kSender, {other_}));
    if (sleeps == 1) world_.AppendAll("r1", "f1");
    if (sleeps == 3) stop.request_stop();
  };
  world_.Run(sender.Run(Call{.stop = stop.get_token()}));
  EXPECT_EQ(StatusLine(sender.Snapshot()), "sender: 1 groups, 0 failing, 0 held");
  EXPECT_THAT(world_.Staged("other/epochs/"), Not(IsEmpty()));
  EXPECT_THAT(world_.Staged("orders/epochs/00000000000000000001/manifest"), Not(IsEmpty()));
  EXPECT_THAT(world_.Staged("orders/epochs/00000000000000000002/"), IsEmpty()) << "the old group is no more";
}

// Where one daemon has both ends, each of another group.
TEST_F(ReplicatorTest, OneProcessIsTheSenderOfOneGroupAndTheReceiverOfAnother) {
  Replicator elsewhere(world_.loop.get_executor(), world_.east, plan::DutiesOf(Role::kSender, {other_}));
  world_.Run(elsewhere.RunOnce({}));
  Replicator both(world_.loop.get_executor(), world_.west,
                  {{.group = orders_, .role = Role::kSender}, {.group = other_, .role = Role::kReceiver}});
  EXPECT_EQ(both.Snapshot().groups[0].role, Role::kSender);
  EXPECT_EQ(both.Snapshot().groups[1].role, Role::kReceiver);
  for (const GroupOutcome& outcome : world_.Run(both.RunOnce({}))) {
    ASSERT_THAT(outcome.result, Succeeded()) << outcome.group;
    EXPECT_EQ(outcome.result->epoch, Epoch(1)) << outcome.group;
  }
  EXPECT_THAT(world_.Staged("orders/epochs/00000000000000000001/manifest"), Not(IsEmpty()));
  world_.ExpectSame("b");
  EXPECT_EQ(StatusLine(both.Snapshot()), "sender: 1 groups, 0 failing, 0 held; receiver: 1 groups, 0 failing, 0 held");
}

TEST(StatusLine, SaysThatThereIsNothingToDo) { EXPECT_EQ(StatusLine({}), "no groups"); }

}  // namespace
}  // namespace lakeferry::engine
