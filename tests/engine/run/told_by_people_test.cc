// What people tell a role to do: pause, resume, resync; on record with who and why, and heeded at once.
#include "engine/run/instruct.h"

#include <boost/asio/co_spawn.hpp>

#include "engine/run/replicator.h"
#include "tests/engine/run/fake_worker.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Error kStoreDown{.code = ErrorCode::kUnavailable, .message = "down", .where = {}, .remedy = {}};

class ToldByPeople : public ::testing::Test {
 protected:
  ToldByPeople() {
    world_.spec.failure_mail_to = {"ops@example.org"};
    world_.spec.notices = {{.channel = "ops"}, {.channel = "deaf", .failure = false, .recovery = false}};
    Renew();
  }
  void Renew() { worker_ = std::make_unique<FakeWorker>(world_.east, world_.spec); }
  Instruction Said(InstructionKind kind, const std::string& why = "works on the cluster") {
    return {.kind = kind,
            .role = Role::kReceiver,
            .group = "orders",
            .by = "alice",
            .why = why,
            .given = world_.clock.WallTime()};
  }
  Result<GroupRecord> Tell(const Instruction& said) {
    return world_.Run(Instruct({}, worker_->spec(), worker_->book(), said));
  }
  RunOutcome Pass() {
    RunOutcome outcome = world_.Run(runner_.Run({}, *worker_));
    world_.Run(mails_.Join());
    return outcome;
  }
  GroupRecord Stored() { return world_.Run(world_.east_state.Group({}, Role::kReceiver, "orders")).value().value(); }
  std::vector<Instruction> History() {
    return world_.Run(world_.east_state.Instructions({}, Role::kReceiver, "orders", 10)).value();
  }
  std::vector<Notice> Notices() { return world_.Run(world_.east_state.Notices({})).value(); }

  World world_;
  TaskGroup mails_{world_.loop.get_executor()};
  PassRunner runner_{world_.east, mails_};
  std::unique_ptr<FakeWorker> worker_;
};

TEST_F(ToldByPeople, APausedGroupIsLeftAloneUntilItIsResumedByWhateverProcess) {
  ASSERT_THAT(Tell(Said(InstructionKind::kPause)), Succeeded());
  for (int process = 0; process < 2; ++process) {
    const RunOutcome outcome = Pass();
    ASSERT_THAT(outcome.result, Succeeded());
    EXPECT_EQ(outcome.result->state, GroupState::kPaused);
    EXPECT_THAT(outcome.result->reason, HasSubstr("paused by alice since 20"));
    EXPECT_THAT(outcome.result->reason, HasSubstr(": works on the cluster"));
    EXPECT_EQ(Stored().state, GroupState::kPaused);
    EXPECT_EQ(worker_->passes, 0);
    Renew();
  }
  EXPECT_THAT(world_.notifier.sent, IsEmpty()) << "it is not ill";
  ASSERT_THAT(Tell(Said(InstructionKind::kResume, "done")), Succeeded());
  EXPECT_EQ(Stored().paused, std::nullopt);
  Pass();
  EXPECT_EQ(worker_->passes, 1);
  EXPECT_EQ(Stored().state, GroupState::kIdle);
  EXPECT_THAT(History(), ElementsAre(Said(InstructionKind::kResume, "done"), Said(InstructionKind::kPause)));
}

TEST_F(ToldByPeople, WhatIsNotKeptIsNotDone) {
  Pass();
  world_.east_state.set_hooks({.before_save = []() -> Task<Status> { co_return std::unexpected(kStoreDown); }});
  EXPECT_THAT(Tell(Said(InstructionKind::kPause)), FailedWith(ErrorCode::kUnavailable, ""));
  world_.east_state.set_hooks({});
  EXPECT_THAT(History(), IsEmpty());
  Pass();
  EXPECT_EQ(Stored().state, GroupState::kIdle);
  EXPECT_EQ(worker_->passes, 2);
}

TEST_F(ToldByPeople, WhatIsKeptHoldsThoughTheAnswerIsLost) {
  world_.east_state.set_hooks({.after_save = []() -> Task<Status> { co_return std::unexpected(kStoreDown); }});
  EXPECT_THAT(Tell(Said(InstructionKind::kPause)), FailedWith(ErrorCode::kUnavailable, ""));
  world_.east_state.set_hooks({});
  Renew();  // the process was killed
  Pass();
  EXPECT_EQ(Stored().state, GroupState::kPaused);
  EXPECT_THAT(History(), ElementsAre(Said(InstructionKind::kPause)));
}

TEST_F(ToldByPeople, ThePausesRpoIsLoudWhereItIsConfiguredAndOnlyThere) {
  ASSERT_THAT(Tell(Said(InstructionKind::kPause)), Succeeded());
  world_.clock.Advance(std::chrono::hours(48));
  Pass();
  EXPECT_THAT(world_.notifier.sent, IsEmpty());
  world_.spec.rpo = std::chrono::hours(1);
  Renew();
  Pass();
  Pass();
  ASSERT_EQ(world_.notifier.sent.size(), 1U);
  EXPECT_THAT(world_.notifier.sent[0].subject, HasSubstr("is paused and late"));
  EXPECT_THAT(world_.notifier.sent[0].body, HasSubstr("the RPO of 1h is missed since"));
  ASSERT_THAT(Tell(Said(InstructionKind::kResume)), Succeeded());
  worker_->work = [this] { worker_->book().record().waiting_since.reset(); };
  Pass();
  ASSERT_EQ(world_.notifier.sent.size(), 2U);
  EXPECT_THAT(world_.notifier.sent[1].subject, HasSubstr("works again"));
}

TEST_F(ToldByPeople, ReceiversBringNoTableWholeByThemselves) {
  Instruction said = Said(InstructionKind::kResync);
  said.table = "t";
  EXPECT_THAT(Tell(said), FailedWith(ErrorCode::kInvalidArgument, ""));
  EXPECT_THAT(History(), IsEmpty());
}

TEST_F(ToldByPeople, AnIncidentIsOneNoticeForEachReceiverThatWantsItAndItsEndAnother) {
  worker_->failure = Error{.code = ErrorCode::kDiverged, .message = "somebody wrote", .where = {}, .remedy = {}};
  for (int i = 0; i < 3; ++i) {
    Pass();
    world_.clock.Advance(Millis(60'000));
  }
  ASSERT_EQ(Notices().size(), 1U);
  EXPECT_EQ(Notices()[0].channel, "ops");
  EXPECT_THAT(Notices()[0].incident, HasSubstr("somebody wrote"));
  Renew();  // another process, in the middle of it
  worker_->failure = Error{.code = ErrorCode::kDiverged, .message = "somebody wrote", .where = {}, .remedy = {}};
  Pass();
  EXPECT_EQ(Notices().size(), 1U);
  worker_->failure.reset();
  Pass();
  Pass();
  ASSERT_EQ(Notices().size(), 2U);
  EXPECT_THAT(Notices()[1].incident, HasSubstr("\"kind\":\"recovery\""));
  worker_->failure = Error{.code = ErrorCode::kDiverged, .message = "again", .where = {}, .remedy = {}};
  world_.clock.Advance(Millis(60'000));
  Pass();
  EXPECT_EQ(Notices().size(), 3U);
}

TEST_F(ToldByPeople, ANoticeIsOnRecordWithWhatItTellsOfOrNotAtAll) {
  Pass();
  worker_->failure = Error{.code = ErrorCode::kDiverged, .message = "somebody wrote", .where = {}, .remedy = {}};
  world_.east_state.set_hooks({.before_save = []() -> Task<Status> { co_return std::unexpected(kStoreDown); }});
  Pass();
  world_.east_state.set_hooks({});
  EXPECT_THAT(Notices(), IsEmpty());
  Pass();
  EXPECT_EQ(Notices().size(), 1U) << "the next save has it";
}

TEST_F(ToldByPeople, ASuccessIsToldWhereItIsWanted) {
  world_.spec.notices = {{.channel = "chat", .success = true}, {.channel = "ops"}};
  Renew();
  worker_->result = {.epoch = Epoch(2), .reason = {}, .files = 3, .bytes = 9};
  worker_->work = [this] { worker_->book().record().epoch = Epoch(2); };
  Pass();
  ASSERT_EQ(Notices().size(), 1U);
  EXPECT_EQ(Notices()[0].channel, "chat");
  EXPECT_THAT(Notices()[0].incident, HasSubstr("\"kind\":\"epoch\""));
}

TEST_F(ToldByPeople, ASyncIsKeptAndChangesNothingElse) {
  Pass();
  const GroupRecord before = Stored();
  ASSERT_THAT(Tell(Said(InstructionKind::kSync)), Succeeded());
  GroupRecord after = Stored();
  after.updated = before.updated;
  EXPECT_EQ(after, before);
  ASSERT_EQ(History().size(), 1U);
  EXPECT_EQ(History()[0].kind, InstructionKind::kSync);
  EXPECT_EQ(History()[0].why, "works on the cluster");
}

TEST_F(ToldByPeople, APausedGroupIsNotSynced) {
  ASSERT_THAT(Tell(Said(InstructionKind::kPause)), Succeeded());
  EXPECT_THAT(Tell(Said(InstructionKind::kSync)), FailedWith(ErrorCode::kRefused, "resume it first"));
  EXPECT_EQ(History().size(), 1U);
}

// A service, whose loop is told while it rests and while it works.
class TellService : public ::testing::Test {
 protected:
  TellService() { world_.CreateAll(); }
  void Tell(Replicator& replicator, InstructionKind kind) {
    boost::asio::co_spawn(world_.loop,
                          replicator.Instruct({.kind = kind,
                                               .role = Role::kSender,
                                               .group = "orders",
                                               .by = "alice",
                                               .why = {},
                                               .given = world_.clock.WallTime()}),
                          [this](std::exception_ptr, Result<GroupRecord> record) { answer_ = std::move(record); });
  }
  GroupRecord Stored() { return world_.Run(world_.west_state.Group({}, Role::kSender, "orders")).value().value(); }

  World world_;
  std::optional<Result<GroupRecord>> answer_;
};

TEST_F(TellService, IsHeededInThePauseBetweenTwoPassesAndAsksNobodyMeanwhile) {
  Replicator replicator(world_.loop.get_executor(), world_.west, plan::DutiesOf(Role::kSender, {world_.spec}));
  std::stop_source stop;
  std::vector<GroupState> states;
  size_t asked_while_paused = 0;
  world_.clock.on_sleep = [&] {
    const size_t n = world_.clock.sleeps.size();
    states.push_back(replicator.Snapshot().groups[0].state);
    if (n == 2) Tell(replicator, InstructionKind::kPause);
    if (n == 3) asked_while_paused = world_.workflows.deadlines.size();
    if (n == 5) asked_while_paused = world_.workflows.deadlines.size() - asked_while_paused;
    if (n == 5) Tell(replicator, InstructionKind::kResume);
    if (n >= 8) stop.request_stop();
  };
  world_.Run(replicator.Run(Call{.stop = stop.get_token()}));
  ASSERT_TRUE(answer_ && *answer_);
  EXPECT_EQ(states[1], GroupState::kWaiting);
  EXPECT_EQ(states[3], GroupState::kPaused);
  EXPECT_EQ(states[4], GroupState::kPaused);
  EXPECT_NE(states[7], GroupState::kPaused);
  EXPECT_EQ(asked_while_paused, 0U);
}

// A cut that the interval puts off is made all the same, as by `lakeferry sync`, and once for however many ask
// meanwhile.
TEST_F(TellService, ASyncBeginsAPassAtOnce) {
  world_.spec.sync_interval = std::chrono::hours(12);
  Replicator replicator(world_.loop.get_executor(), world_.west, plan::DutiesOf(Role::kSender, {world_.spec}));
  std::stop_source stop;
  int64_t passes_before = 0;
  int64_t passes_after = 0;
  const auto passes = [&replicator] { return replicator.Snapshot().counters.at("orders").passes; };
  world_.clock.on_sleep = [&] {
    const size_t n = world_.clock.sleeps.size();
    if (n == 2) {
      passes_before = passes();
      Tell(replicator, InstructionKind::kSync);
      Tell(replicator, InstructionKind::kSync);
    }
    if (n < 6) return;
    passes_after = passes();
    stop.request_stop();
  };
  world_.Run(replicator.Run(Call{.stop = stop.get_token()}));
  ASSERT_TRUE(answer_ && *answer_);
  EXPECT_EQ(passes_after, passes_before + 1);
}

TEST_F(TellService, EndsThePassUnderWayAtItsNextSafePoint) {
  Replicator replicator(world_.loop.get_executor(), world_.west, plan::DutiesOf(Role::kSender, {world_.spec}));
  std::stop_source stop;
  bool told = false;
  const auto during = [&](std::string, StoreOperation, ObjectPath) -> Task<Status> {
    if (!std::exchange(told, true)) {
      const auto record = co_await replicator.Instruct({.kind = InstructionKind::kPause,
                                                        .role = Role::kSender,
                                                        .group = "orders",
                                                        .by = "alice",
                                                        .why = {},
                                                        .given = world_.clock.WallTime()});
      EXPECT_THAT(record, Succeeded());
    }
    co_return Status{};
  };
  world_.source().set_hooks({.before_effect = during, .after_effect = {}});
  world_.clock.on_sleep = [&] {
    if (world_.clock.sleeps.size() >= 2) stop.request_stop();
  };
  world_.Run(replicator.Run(Call{.stop = stop.get_token()}));
  EXPECT_TRUE(told);
  EXPECT_EQ(Stored().state, GroupState::kPaused);
  EXPECT_EQ(Stored().staged_epoch, Epoch());
}

TEST_F(TellService, AGroupThatTheProcessDoesNotHaveIsNamed) {
  Replicator replicator(world_.loop.get_executor(), world_.west, plan::DutiesOf(Role::kSender, {world_.spec}));
  const auto record = world_.Run(replicator.Instruct({.kind = InstructionKind::kPause,
                                                      .role = Role::kSender,
                                                      .group = "invoices",
                                                      .by = "alice",
                                                      .why = {},
                                                      .given = {}}));
  EXPECT_THAT(record, FailedWith(ErrorCode::kInvalidArgument, ""));
}

}  // namespace
}  // namespace lakeferry::engine
