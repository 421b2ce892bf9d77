// Live sets that replays prove: at both sides, once a day, and by `verify`.
#include "engine/inquire/verifier.h"
#include "tests/engine/compare/live_set_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::chrono::hours kDay(24);

// After three epochs of commits: a late writer's takes the place of one in the middle, which was replicated.
class ReplacedCommit : public LiveSetEpochs {
 protected:
  void Epochs() {
    world_.FirstEpoch();
    Next({a().Add("f1")});
    ExpectEpoch(2);
    Next({a().Add("f2")});
    ExpectEpoch(3);
  }
  void ReplaceAtSource() {
    replaced_ = world_.Text(world_.source("a"), TestTable::LogName(2));
    world_.source("a").Set(TestTable::LogName(2), a().Add("late") + "\n");
  }
  void PutBack() { world_.source("a").Set(TestTable::LogName(2), replaced_); }
  Result<VerifyReport> VerifySource() {
    Verifier verifier(world_.west, world_.spec);
    return world_.Run(verifier.VerifySource({}));
  }
  std::vector<LiveSetCheck> Checks(Role role) {
    auto& state = role == Role::kSender ? world_.west_state : world_.east_state;
    return world_.Run(state.LiveSetChecks({}, role, "orders")).value_or(std::vector<LiveSetCheck>());
  }
  // The name of the commit of the replica of a that names f1.
  static std::string Named() { return TestTable::LogName(GetParam() == delta::ReplicationMode::kClone ? 1 : 2); }
  void ChangeReplica() {
    std::string text = world_.Text(world_.target("a"), Named());
    text.replace(text.find("\"path\":\"f1\""), 11, "\"path\":\"f0\"");
    world_.target("a").Set(Named(), text);
  }
  // The receiver knows that its replica of a differs, before it sees what is staged.
  void CompareDue() {
    const LiveSetCheck differs{.role = Role::kReceiver,
                               .group = "orders",
                               .table = "a",
                               .epoch = Epoch(3),
                               .version = {},
                               .result = LiveSetResult::kDiffers,
                               .reason = "it was changed",
                               .checked = world_.clock.WallTime()};
    ASSERT_THAT(world_.Run(world_.east_state.Save({}, {.live_set_checks = {differs}})), Succeeded());
    world_.Restart();
  }
  static void NoteFailureOf(GroupWorker& worker) { worker.book().SetStage(plan::GroupStage::kHalted); }

  std::string replaced_;
};

TEST_P(ReplacedCommit, AtTheSourceIsSeenByNoPass) {
  Epochs();
  ReplaceAtSource();
  ASSERT_THAT(world_.Send(), Succeeded());
  Next({a().Add("f3")});
  EXPECT_THAT(world_.Send(), Succeeded());
}

TEST_P(ReplacedCommit, AtTheSourceIsFoundByVerifySource) {
  Epochs();
  auto report = VerifySource();
  ASSERT_THAT(report, Succeeded());
  EXPECT_TRUE(report->ok);
  EXPECT_TRUE(report->of_source);
  EXPECT_EQ(report->epoch, Epoch(3));
  ASSERT_EQ(report->tables.size(), 2U);
  for (const LiveSetVerdict& table : report->tables) EXPECT_EQ(table.result, LiveSetResult::kSame) << table.reason;
  ReplaceAtSource();
  report = VerifySource();
  ASSERT_THAT(report, Succeeded());
  EXPECT_FALSE(report->ok);
  EXPECT_EQ(report->tables[0].result, LiveSetResult::kDiffers);
  EXPECT_EQ(report->tables[0].version, Version(3));
  EXPECT_THAT(report->tables[0].reason, HasSubstr("version 3 holds 3 files of 32 bytes"));
  EXPECT_THAT(report->tables[0].reason, HasSubstr("epoch 3 says 3 files of 30 bytes"));
  EXPECT_EQ(report->tables[1].result, LiveSetResult::kSame);
  ASSERT_EQ(report->problems.size(), 1U);
  EXPECT_EQ(report->problems[0].table, "a");
}

TEST_P(ReplacedCommit, IsNeverSaidOfAVersionThatTheSourceDoesNotHoldAnyMore) {
  Epochs();
  Next({a().Add("f3")});
  a().CleanLog();
  const auto report = VerifySource();
  ASSERT_THAT(report, Succeeded());
  EXPECT_FALSE(report->ok);
  EXPECT_EQ(report->tables[0].result, LiveSetResult::kNotChecked);
  EXPECT_THAT(report->tables[0].reason, HasSubstr("version"));
  EXPECT_EQ(report->tables[1].result, LiveSetResult::kSame);
  ASSERT_EQ(report->problems.size(), 1U);
  EXPECT_THAT(report->problems[0].problem, HasSubstr("could not be compared"));
}

TEST_P(ReplacedCommit, IsNeverSaidOfASourceThatCannotBeReached) {
  Epochs();
  world_.source("a").set_hooks({.before_effect = [](std::string, StoreOperation, ObjectPath) -> Task<Status> {
    co_return Fail(ErrorCode::kUnavailable, "no answer");
  }});
  const auto report = VerifySource();
  ASSERT_THAT(report, Succeeded());
  EXPECT_FALSE(report->ok);
  EXPECT_EQ(report->tables[0].result, LiveSetResult::kNotChecked);
  EXPECT_THAT(report->tables[0].reason, HasSubstr("no answer"));
}

TEST_P(ReplacedCommit, OfTheReplicaIsFoundByVerify) {
  Epochs();
  ChangeReplica();
  Verifier verifier(world_.east, world_.spec);
  const auto report = world_.Run(verifier.Verify({}, false));
  ASSERT_THAT(report, Succeeded());
  EXPECT_FALSE(report->ok);
  EXPECT_EQ(report->tables[0].result, LiveSetResult::kDiffers);
  EXPECT_EQ(report->tables[1].result, LiveSetResult::kSame);
  ASSERT_EQ(report->problems.size(), 1U);
  EXPECT_THAT(report->problems[0].problem, HasSubstr("its live files are not those that were sent"));
}

TEST_P(ReplacedCommit, AtTheSourceHaltsTheGroupWithinADayAndUntilItIsMended) {
  Epochs();
  ReplaceAtSource();
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(Checks(Role::kSender), IsEmpty());
  world_.clock.Advance(kDay);
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kDiverged, "source of table 'a'"));
  NoteFailureOf(*world_.sender);
  world_.Restart();
  Next({a().Add("f3")});
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kDiverged, "source of table 'a'"));
  EXPECT_THAT(world_.Staged("orders/epochs/" + plan::StagingLayout::Number(Epoch(4))), IsEmpty());
  NoteFailureOf(*world_.sender);
  PutBack();
  ExpectSent(4);
}

TEST_P(ReplacedCommit, OfTheReplicaHaltsTheGroupWithinADayAndUntilItIsMended) {
  Epochs();
  const std::string before = world_.Text(world_.target("a"), Named());
  ChangeReplica();
  ASSERT_THAT(world_.Receive(), Succeeded());
  world_.clock.Advance(kDay);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "replica of table 'a'"));
  world_.Restart();
  Next({a().Add("f3")});
  ExpectSent(4);
  EXPECT_TRUE(world_.ManifestOf(4).tables[0].live_set_replayed) << "the receiver has said that it finds another";
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "with epoch 4 the replica would hold"));
  EXPECT_FALSE(world_.ReceiptOf(4));
  NoteFailureOf(*world_.receiver);
  world_.target("a").Set(Named(), before);
  ExpectReceived(4);
}

// An epoch that was staged before anybody knew is refused; the one after it proves that the replica is another.
TEST_P(ReplacedCommit, OfTheReplicaIsProvenByTheNextEpoch) {
  Epochs();
  ChangeReplica();
  Next({a().Add("f3")});
  ExpectSent(4);
  world_.clock.Advance(kDay);
  CompareDue();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "with epoch 4 the replica would hold"));
  NoteFailureOf(*world_.receiver);
  ExpectSent(5);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "with epoch 5 the replica would hold"));
  EXPECT_FALSE(world_.ReceiptOf(5));
}

// A store that does not answer has not mended anything.
TEST_P(ReplacedCommit, OfTheReplicaStaysFoundWhileItCannotBeRead) {
  Epochs();
  ChangeReplica();
  world_.clock.Advance(kDay);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "replica of table 'a'"));
  NoteFailureOf(*world_.receiver);
  world_.target("a").set_hooks(
      {.before_effect = [](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
        const bool reads = operation == StoreOperation::kOpen && path.text() == Named();
        if (reads) co_return Fail(ErrorCode::kUnavailable, "no answer");
        co_return Status{};
      }});
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "replica of table 'a'"));
  EXPECT_EQ(Checks(Role::kReceiver)[0].result, LiveSetResult::kDiffers);
}

TEST_P(ReplacedCommit, IsNoMatterOfAReplayThatWasStopped) {
  Epochs();
  world_.clock.Advance(kDay);
  std::stop_source stop;
  world_.target("a").set_hooks(
      {.before_effect = [&stop](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
        if (operation == StoreOperation::kOpen && path.text() == TestTable::LogName(0)) stop.request_stop();
        co_return Status{};
      }});
  EXPECT_THAT(world_.Receive(stop.get_token()), Succeeded());
  EXPECT_TRUE(stop.stop_requested());
  EXPECT_THAT(Checks(Role::kReceiver), IsEmpty());
}

TEST_P(ReplacedCommit, IsLookedForInOneTableAPassAndOnceADay) {
  Epochs();
  world_.clock.Advance(kDay);
  for (const Role role : {Role::kSender, Role::kReceiver}) {
    for (const size_t compared : {1U, 2U, 2U}) {
      ASSERT_THAT(role == Role::kSender ? world_.Send() : world_.Receive(), Succeeded());
      EXPECT_EQ(Checks(role).size(), compared);
      world_.Restart();
    }
    const std::vector<LiveSetCheck> first = Checks(role);
    for (const LiveSetCheck& check : first) EXPECT_EQ(check.result, LiveSetResult::kSame) << check.reason;
    EXPECT_EQ(first[0].epoch, Epoch(3));
  }
  const std::vector<LiveSetCheck> before = Checks(Role::kSender);
  world_.clock.Advance(kDay);
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_NE(Checks(Role::kSender), before);
}

TEST_P(ReplacedCommit, IsNotLookedForWhereThatIsTurnedOff) {
  world_.spec.verify_interval.reset();
  world_.Restart();
  Epochs();
  ReplaceAtSource();
  world_.clock.Advance(10 * kDay);
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_THAT(Checks(Role::kSender), IsEmpty());
  EXPECT_THAT(Checks(Role::kReceiver), IsEmpty());
}

// A replay that took a second leaves the next to a pass nineteen seconds later.
TEST_P(ReplacedCommit, IsLookedForWithinAShareOfTheTime) {
  Epochs();
  world_.clock.Advance(kDay);
  for (const std::string table : {"a", "b"}) {
    world_.source(table).set_hooks(
        {.before_effect = [this](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
          const bool first = path.text() == TestTable::LogName(0);
          if (first && operation == StoreOperation::kOpen) world_.clock.Advance(Millis(1'000));
          co_return Status{};
        }});
  }
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(Checks(Role::kSender).size(), 1U);
  EXPECT_EQ(Checks(Role::kSender)[0].worked_ms, 1'000);
  world_.clock.Advance(Millis(18'999));
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(Checks(Role::kSender).size(), 1U);
  world_.clock.Advance(Millis(1));
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(Checks(Role::kSender).size(), 2U);
}

TEST_P(ReplacedCommit, HaltsTheGroupWhereItIsTooEarlyToLookAgain) {
  Epochs();
  ReplaceAtSource();
  world_.clock.Advance(kDay);
  int64_t replays = 0;
  auto slow = [this, &replays](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
    const bool first = path.text() == TestTable::LogName(0);
    if (first && operation == StoreOperation::kOpen) {
      ++replays;
      world_.clock.Advance(Millis(1'000));
    }
    co_return Status{};
  };
  world_.source("a").set_hooks({.before_effect = slow});
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kDiverged, "source of table 'a'"));
  NoteFailureOf(*world_.sender);
  EXPECT_EQ(replays, 1);
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kDiverged, "source of table 'a'"));
  NoteFailureOf(*world_.sender);
  EXPECT_EQ(replays, 1);
  PutBack();
  world_.clock.Advance(Millis(19'000));
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(replays, 2);
}

// No answer of a store is no verdict, no fault of the pass, and asked again within the hour.
TEST_P(ReplacedCommit, IsNotSaidToBeComparedWhereTheStoreDoesNotAnswer) {
  Epochs();
  world_.clock.Advance(kDay);
  for (const std::string table : {"a", "b"}) {
    world_.target(table).set_hooks({.before_effect = [](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
      if (at != StoreOperation::kList) co_return Fail(ErrorCode::kUnavailable, "no answer");
      co_return Status{};
    }});
  }
  ASSERT_THAT(world_.Receive(), Succeeded());
  ASSERT_EQ(Checks(Role::kReceiver).size(), 1U);
  EXPECT_EQ(Checks(Role::kReceiver)[0].result, LiveSetResult::kNotChecked);
  EXPECT_THAT(Checks(Role::kReceiver)[0].reason, HasSubstr("no answer"));
  Repair("a");
  Repair("b");
  for (int pass = 0; pass < 2; ++pass) ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(Checks(Role::kReceiver)[0].result, LiveSetResult::kNotChecked);
  world_.clock.Advance(std::chrono::hours(1));
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(Checks(Role::kReceiver)[0].result, LiveSetResult::kSame);
}

// A source that differed and cannot be compared any more still differs.
TEST_P(ReplacedCommit, IsNotForgottenWhereTheSourceCannotBeComparedAnyMore) {
  Epochs();
  ReplaceAtSource();
  world_.clock.Advance(kDay);
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kDiverged, "source of table 'a'"));
  NoteFailureOf(*world_.sender);
  Next({a().Add("f3")});
  a().CleanLog();
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kDiverged, "source of table 'a'"));
  EXPECT_EQ(Checks(Role::kSender)[0].result, LiveSetResult::kDiffers);
}

// The way out that the error names: the replica is moved away, and comes back whole.
TEST_P(ReplacedCommit, OfTheReplicaIsMendedByMovingTheTargetAway) {
  Epochs();
  ChangeReplica();
  world_.clock.Advance(kDay);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "replica of table 'a'"));
  NoteFailureOf(*world_.receiver);
  world_.target("a").objects().clear();
  Next({a().Add("f3")});
  ExpectSent(4);
  (void)world_.Receive();  // which asks for the table whole
  world_.Restart();
  Next({a().Add("f4")});
  ExpectSent(5);
  ExpectReceived(5);
  ExpectAllSame();
}

TEST_P(ReplacedCommit, IsNotSaidOfATableWhoseManifestIsGone) {
  Epochs();
  world_.staging().objects().erase(plan::StagingLayout("orders").Manifest(Epoch(3)).text());
  Verifier verifier(world_.east, world_.spec);
  const auto report = world_.Run(verifier.Verify({}, false));
  ASSERT_THAT(report, Succeeded());
  EXPECT_FALSE(report->ok);
  ASSERT_EQ(report->tables.size(), 2U);
  for (const LiveSetVerdict& table : report->tables) EXPECT_EQ(table.result, LiveSetResult::kNotChecked);
}

INSTANTIATE_TEST_SUITE_P(Modes, ReplacedCommit,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror),
                         [](const auto& mode) { return std::string(delta::ReplicationModeName(mode.param)); });

}  // namespace
}  // namespace lakeferry::engine
