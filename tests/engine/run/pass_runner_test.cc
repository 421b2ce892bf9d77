// What surrounds a pass: the record of an incident and its mails, retries, loops of many groups.
#include "engine/run/pass_runner.h"

#include <functional>
#include <new>
#include <string>

#include "tests/engine/run/fake_worker.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

const Error kDown{
    .code = ErrorCode::kUnavailable, .message = "the store is down", .where = "mem://x", .remedy = "mend it"};
const Error kHopeless{
    .code = ErrorCode::kDiverged, .message = "somebody wrote", .where = "mem://y", .remedy = "undo it"};

class PassRunnerTest : public ::testing::Test {
 protected:
  PassRunnerTest() {
    world_.spec.max_retries = 2;
    world_.spec.failure_mail_to = {"ops@example.org"};
    world_.spec.owner_email = "owner@example.org";
    Renew();
  }
  // What a new process would begin with.
  void Renew() { worker_ = std::make_unique<FakeWorker>(world_.east, world_.spec); }
  // One pass, and the mails it gave rise to.
  RunOutcome Pass(std::optional<Error> failure = {}) {
    worker_->failure = std::move(failure);
    world_.clock.Advance(Millis(60'000));
    RunOutcome outcome = world_.Run(runner_.Run({}, *worker_));
    world_.Run(mails_.Join());
    return outcome;
  }
  std::vector<std::string> Subjects() {
    std::vector<std::string> subjects;
    for (const TestNotifier::Told& mail : world_.notifier.sent) subjects.push_back(mail.subject);
    return subjects;
  }
  // As the metadata store has it.
  GroupRecord Stored() {
    const auto record = world_.Run(world_.east_state.Group({}, Role::kReceiver, "orders"));
    return record && *record ? **record : GroupRecord();
  }

  World world_;
  TaskGroup mails_{world_.loop.get_executor()};
  PassRunner runner_{world_.east, mails_};
  std::unique_ptr<FakeWorker> worker_;
};

constexpr std::string_view kFailing = "[lakeferry] receiver 'orders' is failing";
constexpr std::string_view kWorks = "[lakeferry] receiver 'orders' works again";

TEST_F(PassRunnerTest, WhatAnErrorIsAboutIsKnownAsThatOfTheGroupsTable) {
  const Error error{.code = ErrorCode::kUnavailable, .message = "down", .where = "mem://east/t/_delta_log/0.json"};
  const RunOutcome outcome = Pass(error);
  const ObjectSpot spot{.location = "mem://east/t", .path = "_delta_log/0.json", .table = "t"};
  EXPECT_EQ(outcome.result.error().where.object(), spot);
  EXPECT_EQ(Stored().last_error_where.object(), spot);
  EXPECT_TRUE(world_.log.Has("where=mem://east/t/_delta_log/0.json"));
  Pass();
  EXPECT_TRUE(Stored().last_error_where.empty());
}

TEST_F(PassRunnerTest, SuccessIsRecorded) {
  worker_->result.reason = "no further epoch is staged";
  const RunOutcome outcome = Pass();
  EXPECT_EQ(outcome.next, NextPass::kAtInterval);
  EXPECT_TRUE(Stored().validated);
  EXPECT_EQ(Stored().reason, "no further epoch is staged");
  EXPECT_EQ(Stored().state, GroupState::kIdle);
  EXPECT_THAT(Subjects(), IsEmpty());
}

TEST_F(PassRunnerTest, WhatPassesCameToIsCounted) {
  worker_->result = {.epoch = Epoch(3), .reason = {}, .files = 2, .bytes = 10};
  Pass();
  worker_->result = {};
  Pass();
  Pass(Error{.code = ErrorCode::kUnavailable, .message = "down"});
  Pass(Error{.code = ErrorCode::kUnavailable, .message = "down"});
  Pass(Error{.code = ErrorCode::kCancelled, .message = "stopped"});
  EXPECT_EQ(
      runner_.counters().at("orders"),
      (PassCounters{.passes = 4, .epochs = 1, .files = 2, .bytes = 10, .failures = {{ErrorCode::kUnavailable, 2}}}));
}

TEST_F(PassRunnerTest, GroupThatSomethingStandsInTheWayOfIsHeld) {
  worker_->result = {.epoch = {}, .reason = "table 't' has no version", .state = GroupState::kHeld};
  Pass();
  EXPECT_EQ(Stored().state, GroupState::kHeld);
  worker_->result = {};
  Pass();
  EXPECT_EQ(Stored().state, GroupState::kIdle);
}

TEST_F(PassRunnerTest, AHeldGroupIsAnIncidentUntilItHasCutAgain) {
  worker_->result = {.epoch = {}, .reason = "table 't' has no version", .state = GroupState::kHeld};
  Pass();
  Pass();
  ASSERT_THAT(Subjects(), ElementsAre("[lakeferry] receiver 'orders' is held"));
  EXPECT_THAT(world_.notifier.sent[0].body, AllOf(HasSubstr("held"), HasSubstr("table 't' has no version")));
  EXPECT_EQ(Stored().attempts, 0);
  worker_->result = {.epoch = {}, .reason = "run 'x' is running", .state = GroupState::kWaiting};
  Pass();
  EXPECT_EQ(world_.notifier.sent.size(), 1U) << "nothing was cut yet";
  worker_->result = {.epoch = Epoch(2), .reason = {}, .state = GroupState::kWaiting};
  Pass();
  EXPECT_THAT(Subjects(), ElementsAre("[lakeferry] receiver 'orders' is held", kWorks));
  EXPECT_EQ(Stored().failing_since, std::nullopt);
}

TEST_F(PassRunnerTest, WorkThatWaitsTooLongIsAnIncidentUntilItIsApplied) {
  world_.spec.rpo = std::chrono::minutes(10);
  Renew();
  worker_->result = {.epoch = {}, .reason = "epoch 2 is staged", .state = GroupState::kWaiting};
  Pass();
  const TimeMs since = world_.clock.WallTime();
  worker_->book().record().waiting_since = since;
  for (int minute = 1; minute <= 10; ++minute) Pass();
  EXPECT_THAT(Subjects(), IsEmpty());
  Pass();
  Pass();
  ASSERT_THAT(Subjects(), ElementsAre("[lakeferry] receiver 'orders' is late"));
  EXPECT_THAT(world_.notifier.sent[0].body, AllOf(HasSubstr("epoch 2 is staged"), HasSubstr(FormatUtc(since))));
  EXPECT_EQ(Stored().state, GroupState::kWaiting);
  EXPECT_EQ(Stored().failing_since, since);
  worker_->book().record().waiting_since.reset();
  worker_->result = {.epoch = Epoch(2), .reason = {}};
  Pass();
  EXPECT_THAT(Subjects(), ElementsAre("[lakeferry] receiver 'orders' is late", kWorks));
  EXPECT_EQ(Stored().failing_since, std::nullopt);
}

TEST_F(PassRunnerTest, LongEpochsOfThePastAllowLongWaits) {
  world_.spec.sync_interval = Millis(1'000);
  Renew();
  worker_->result = {.epoch = {}, .reason = "epoch 2 is staged", .state = GroupState::kWaiting};
  Pass();
  worker_->book().record().staged_epoch = Epoch(2);
  worker_->book().record().waiting_since = world_.clock.WallTime();
  EpochRecord past{.role = Role::kReceiver, .group = "orders", .epoch = Epoch(1)};
  past.state = EpochState::kApplied;
  past.ended = past.started + std::chrono::minutes(10);
  ASSERT_TRUE(world_.Run(world_.east_state.Save({}, {.epochs = {past}})));
  for (int minute = 1; minute <= 20; ++minute) Pass();
  EXPECT_THAT(Subjects(), IsEmpty()) << "15 minutes would be the bound without it";
  Pass();
  EXPECT_EQ(world_.notifier.sent.size(), 1U);
}

TEST_F(PassRunnerTest, ATableOnItsWayAgainIsNoFailureAndNoRecovery) {
  worker_->result = {.epoch = {}, .reason = "a target is gone", .state = GroupState::kRestaging};
  Pass();
  EXPECT_EQ(Stored().state, GroupState::kRestaging);
  EXPECT_EQ(Stored().attempts, 0);
  EXPECT_EQ(Stored().last_error, "");
  EXPECT_THAT(Subjects(), IsEmpty());
  Pass(kHopeless);
  Pass();
  EXPECT_THAT(Subjects(), ElementsAre(kFailing)) << "the replica is not whole yet";
  worker_->result = {.epoch = Epoch(3), .reason = {}};
  Pass();
  EXPECT_THAT(Subjects(), ElementsAre(kFailing, kWorks));
}

// How a pass can end in a state; absent for those that no pass ends in.
std::optional<Result<PassResult>> EndIn(GroupState state) {
  switch (state) {
    case GroupState::kUnknown:
    case GroupState::kStaging:
    case GroupState::kApplying:
    case GroupState::kPaused:
    case GroupState::kStopped: return std::nullopt;
    case GroupState::kIdle:
    case GroupState::kWaiting:
    case GroupState::kRestaging:
    case GroupState::kHeld: return PassResult{.epoch = {}, .reason = "why", .state = state};
    case GroupState::kFailed: return std::unexpected(kDown);
    case GroupState::kDiverged: return std::unexpected(kHopeless);
    case GroupState::kHalted:
      return std::unexpected(Error{.code = ErrorCode::kUnsupportedTable, .message = "catalogManaged"});
  }
  return std::nullopt;
}

TEST_F(PassRunnerTest, EveryStateIsStoredByItsNameAndMailedAsItsRuleSays) {
  for (const GroupState state : kGroupStates) {
    const auto end = EndIn(state);
    if (!end) {
      EXPECT_EQ(MailOf(state), MailRule::kNever) << GroupStateName(state);
      continue;
    }
    SCOPED_TRACE(GroupStateName(state));
    world_.east_state.Clear();
    world_.notifier.sent.clear();
    Renew();
    const std::optional<Error> failure = *end ? std::nullopt : std::optional(end->error());
    if (*end) worker_->result = **end;
    Pass(failure);
    EXPECT_EQ(Stored().state, state);
    EXPECT_EQ(world_.notifier.sent.size(), MailOf(state) == MailRule::kAtOnce ? 1U : 0U);
    for (int retry = 0; retry < world_.spec.max_retries; ++retry) Pass(failure);
    EXPECT_EQ(world_.notifier.sent.size(), MailOf(state) == MailRule::kNever ? 0U : 1U);
    EXPECT_EQ(Stored().state, state);
  }
}

TEST_F(PassRunnerTest, SignsOfLifeAreWrittenNowAndThen) {
  Pass();
  const auto first = Stored().alive;
  EXPECT_EQ(first, world_.clock.WallTime());
  for (int i = 0; i < 4; ++i) Pass();
  EXPECT_EQ(Stored().alive, first);
  Pass();
  EXPECT_EQ(Stored().alive, world_.clock.WallTime());
  EXPECT_FALSE(Stored().by_passes);
  runner_.set_by_passes(true);
  Pass(kDown);
  EXPECT_EQ(Stored().alive, world_.clock.WallTime()) << "a pass that fails is one too";
  EXPECT_TRUE(Stored().by_passes);
}

TEST_F(PassRunnerTest, IdlePassesWriteNothing) {
  Pass();
  int saves = 0;
  world_.east_state.set_hooks({.before_save = [&saves]() -> Task<Status> {
    ++saves;
    co_return Status{};
  }});
  Pass();
  Pass();
  EXPECT_EQ(saves, 0);
}

TEST_F(PassRunnerTest, TransientFailureIsRetriedAndOnlyThenAnIncident) {
  EXPECT_EQ(Pass(kDown).next, NextPass::kAfterBackoff);
  EXPECT_EQ(Pass(kDown).next, NextPass::kAfterBackoff);
  EXPECT_THAT(Subjects(), IsEmpty());
  EXPECT_EQ(Stored().state, GroupState::kFailed);
  EXPECT_EQ(Stored().attempts, 2);
  EXPECT_EQ(Pass(kDown).next, NextPass::kAtInterval);
  EXPECT_THAT(Subjects(), ElementsAre(kFailing));
  EXPECT_TRUE(Stored().failure_notified);
}

TEST_F(PassRunnerTest, FailureThatOnlyAPersonCanMendIsAnIncidentAtOnce) {
  EXPECT_EQ(Pass(kHopeless).next, NextPass::kAtInterval);
  EXPECT_EQ(Stored().state, GroupState::kDiverged);
  EXPECT_THAT(Subjects(), ElementsAre(kFailing));
}

TEST_F(PassRunnerTest, MailSaysWhatFailedSinceWhenAndWhatToDo) {
  Pass(kHopeless);
  const TimeMs since = world_.clock.WallTime();
  ASSERT_EQ(world_.notifier.sent.size(), 1U);
  const TestNotifier::Told& mail = world_.notifier.sent[0];
  EXPECT_THAT(mail.to, UnorderedElementsAre("ops@example.org", "owner@example.org"));
  EXPECT_THAT(mail.body, HasSubstr("somebody wrote (mem://y)"));
  EXPECT_THAT(mail.body, HasSubstr("undo it"));
  EXPECT_THAT(mail.body, HasSubstr(FormatUtc(since)));
  EXPECT_THAT(mail.body, HasSubstr("State:      diverged"));
  EXPECT_THAT(mail.body, HasSubstr("orders"));
  EXPECT_THAT(mail.body, HasSubstr("east"));
  EXPECT_THAT(mail.body, HasSubstr("lakeferry status orders"));
}

TEST_F(PassRunnerTest, IncidentHasOneMailHoweverLongItLasts) {
  for (int i = 0; i < 20; ++i) Pass(kDown);
  EXPECT_THAT(Subjects(), ElementsAre(kFailing));
  EXPECT_EQ(Stored().attempts, 20);
}

TEST_F(PassRunnerTest, RecoveryHasOneMailToo) {
  Pass(kHopeless);
  const TimeMs since = *Stored().failing_since;
  Pass(kHopeless);
  Pass();
  Pass();
  ASSERT_THAT(Subjects(), ElementsAre(kFailing, kWorks));
  EXPECT_THAT(world_.notifier.sent[1].body, HasSubstr(FormatUtc(since)));
  EXPECT_THAT(world_.notifier.sent[1].body, HasSubstr("somebody wrote"));
  EXPECT_EQ(Stored().attempts, 0);
  EXPECT_EQ(Stored().last_error, "");
  EXPECT_EQ(Stored().failing_since, std::nullopt);
}

TEST_F(PassRunnerTest, FailureThatPassedByItselfHasNoMail) {
  Pass(kDown);
  Pass();
  EXPECT_THAT(Subjects(), IsEmpty());
}

TEST_F(PassRunnerTest, SecondIncidentHasMailsOfItsOwn) {
  for (int i = 0; i < 2; ++i) {
    Pass(kHopeless);
    Pass();
  }
  EXPECT_THAT(Subjects(), ElementsAre(kFailing, kWorks, kFailing, kWorks));
}

TEST_F(PassRunnerTest, RestartedProcessKnowsThatTheMailIsOut) {
  Pass(kHopeless);
  Renew();
  Pass(kHopeless);
  EXPECT_THAT(Subjects(), ElementsAre(kFailing));
  Renew();
  Pass();
  EXPECT_THAT(Subjects(), ElementsAre(kFailing, kWorks));
}

TEST_F(PassRunnerTest, MailThatDidNotGoOutIsTriedAgainWithTheNextFailure) {
  world_.notifier.failure = kDown;
  Pass(kHopeless);
  EXPECT_EQ(world_.notifier.attempts, 1);
  EXPECT_TRUE(world_.log.Has("mail not sent"));
  EXPECT_FALSE(Stored().failure_notified);
  world_.notifier.failure.reset();
  Pass(kHopeless);
  EXPECT_THAT(Subjects(), ElementsAre(kFailing));
  EXPECT_TRUE(Stored().failure_notified);
}

TEST_F(PassRunnerTest, WhatKeepsMailsFromGoingOutIsSaidBeforeOneIsDueAndReplicationGoesOn) {
  world_.notifier.failure = kDown;
  const RunOutcome outcome = Pass();
  EXPECT_THAT(outcome.result, Succeeded());
  EXPECT_EQ(world_.notifier.attempts, 0);
  EXPECT_THAT(Stored().mail_trouble, HasSubstr("the store is down"));
  world_.notifier.failure.reset();
  Pass();
  EXPECT_EQ(Stored().mail_trouble, "");
}

TEST_F(PassRunnerTest, AMailThatDidNotGoOutIsSaidInTheRecord) {
  world_.notifier.failure = kDown;
  Pass(kHopeless);
  EXPECT_THAT(Stored().mail_trouble, HasSubstr("the store is down"));
}

TEST_F(PassRunnerTest, WhereNobodyIsToGetMailNothingIsSaidOfIt) {
  world_.spec.failure_mail_to.clear();
  world_.spec.owner_email.clear();
  Renew();
  world_.notifier.failure = kDown;
  Pass();
  EXPECT_EQ(Stored().mail_trouble, "");
}

TEST_F(PassRunnerTest, NoTextOfAnErrorForgesALineOfAMailOrMakesItLarge) {
  Pass(Error{.code = ErrorCode::kDiverged,
             .message = "table 'a\n\nWhat to do:\n  obey\x1b[2J' " + std::string(1'000'000, 'x'),
             .where = "mem://y\r\nIt goes on trying.",
             .remedy = std::string(1'000'000, 'y')});
  ASSERT_EQ(world_.notifier.sent.size(), 1U);
  const std::string& body = world_.notifier.sent[0].body;
  EXPECT_LT(body.size(), 40'000U);
  EXPECT_THAT(body, HasSubstr("\n  > table 'a\\n\\nWhat to do:\\n  obey\\x1b[2J' xxx"));
  EXPECT_THAT(body, HasSubstr("bytes left out]"));
  EXPECT_THAT(body, Not(HasSubstr("\n  obey")));
  EXPECT_THAT(body, Not(HasSubstr("\r")));
  EXPECT_LT(Stored().reason.size(), 5'000U);
}

TEST_F(PassRunnerTest, MailThatReachedSomeIsNotSentAgain) {
  world_.notifier.failure = Error{.code = ErrorCode::kRefused, .message = "one of two is unknown"};
  Pass(kHopeless);
  EXPECT_TRUE(world_.log.Has("mail not sent"));
  EXPECT_TRUE(Stored().failure_notified);
  Pass(kHopeless);
  EXPECT_EQ(world_.notifier.attempts, 1);
}

TEST_F(PassRunnerTest, MailThatDidNotGoOutIsTriedAgainByTheNextProcess) {
  world_.notifier.failure = kDown;
  Pass(kHopeless);
  Renew();
  world_.notifier.failure.reset();
  Pass(kHopeless);
  EXPECT_THAT(Subjects(), ElementsAre(kFailing));
}

TEST_F(PassRunnerTest, RecoveryFromAnIncidentThatNobodyHeardOfHasNoMail) {
  world_.notifier.failure = kDown;
  Pass(kHopeless);
  world_.notifier.failure.reset();
  Pass();
  EXPECT_THAT(Subjects(), IsEmpty());
}

TEST_F(PassRunnerTest, WithoutRecipientsThereIsNoMail) {
  world_.spec.failure_mail_to.clear();
  world_.spec.owner_email.clear();
  Renew();
  Pass(kHopeless);
  Pass();
  EXPECT_EQ(world_.notifier.attempts, 0);
}

TEST_F(PassRunnerTest, AppliedEpochIsToldToThoseWhoAsked) {
  world_.spec.success_mail_to = {"fans@example.org"};
  Renew();
  Pass();
  EXPECT_THAT(Subjects(), IsEmpty());
  worker_->result.epoch = Epoch(3);
  Pass();
  ASSERT_EQ(world_.notifier.sent.size(), 1U);
  EXPECT_THAT(world_.notifier.sent[0].to, ElementsAre("fans@example.org"));
}

TEST_F(PassRunnerTest, StoppedPassIsNoFailure) {
  Pass({{.code = ErrorCode::kCancelled, .message = "stopped"}});
  EXPECT_EQ(Stored().attempts, 0);
  EXPECT_EQ(Stored().state, GroupState::kWaiting);
  EXPECT_THAT(Subjects(), IsEmpty());
}

TEST_F(PassRunnerTest, StoppedPassOfAFailingGroupIsNoRecovery) {
  Pass(kHopeless);
  Pass({{.code = ErrorCode::kCancelled, .message = "stopped"}});
  EXPECT_EQ(Stored().state, GroupState::kDiverged);
  EXPECT_EQ(Stored().attempts, 1);
  Renew();
  Pass({{.code = ErrorCode::kCancelled, .message = "stopped"}});
  EXPECT_EQ(Stored().state, GroupState::kFailed) << "the next pass says what exactly";
}

TEST_F(PassRunnerTest, MetadataStoreThatCannotBeWrittenIsLogged) {
  world_.east_state.set_hooks(
      {.before_save = []() -> Task<Status> { co_return Fail(ErrorCode::kOutOfSpace, "full"); }});
  EXPECT_FALSE(Pass(kDown).result);
  EXPECT_TRUE(world_.log.Has("metadata store cannot be written"));
}

TEST(NeedsPerson, IsEverythingThatTimeDoesNotMend) {
  for (const ErrorCode code : {ErrorCode::kUnavailable, ErrorCode::kThrottled, ErrorCode::kOutOfSpace,
                               ErrorCode::kSourceMovedOn, ErrorCode::kCorruptData}) {
    EXPECT_FALSE(NeedsPerson(code)) << ErrorCodeName(code);
  }
  for (const ErrorCode code : {ErrorCode::kDiverged, ErrorCode::kRefused, ErrorCode::kUnsupportedTable,
                               ErrorCode::kCorruptLog, ErrorCode::kUnauthorized, ErrorCode::kInvalidArgument}) {
    EXPECT_TRUE(NeedsPerson(code)) << ErrorCodeName(code);
  }
}

// The next pass may know what explains the commits that a warning is about.
TEST_F(PassRunnerTest, AWarningThatMayPassIsMailedByThePassThatStillSeesIt) {
  (void)Pass();
  worker_->book().record().risk = Risk::kWarning;
  worker_->book().record().risk_text = "no run explains them";
  worker_->result.risk_may_pass = true;
  (void)Pass();
  EXPECT_THAT(world_.notifier.sent, IsEmpty());
  worker_->result.risk_may_pass = false;
  (void)Pass();
  ASSERT_EQ(world_.notifier.sent.size(), 1U);
  EXPECT_THAT(world_.notifier.sent[0].body, HasSubstr("no run explains them"));
  worker_->result.risk_may_pass = true;
  worker_->book().record().risk = Risk::kError;
  (void)Pass();
  EXPECT_EQ(world_.notifier.sent.size(), 2U) << "an error does not wait";
}

// What the machine does not have, and what nothing can hold.
TEST_F(PassRunnerTest, AFailureThatLastsIsCountedInTheLogAndNotRepeated) {
  const auto lines = [this](std::string_view event) {
    return std::ranges::count_if(world_.log.lines,
                                 [event](const std::string& line) { return line.starts_with(event); });
  };
  for (int attempt = 1; attempt <= 8; ++attempt) Pass(kDown);
  EXPECT_EQ(lines("pass failed "), 4) << "at attempts 1, 2, 4 and 8";
  EXPECT_TRUE(world_.log.Has("attempt=8 kind=unavailable"));
  Pass(Error{.code = ErrorCode::kUnavailable, .message = "it is another now"});
  EXPECT_EQ(lines("pass failed "), 5) << "what is new is said";
  EXPECT_EQ(lines("the group works again "), 0);
  Pass();
  Pass();
  EXPECT_EQ(lines("the group works again "), 1);
  EXPECT_TRUE(world_.log.Has("failed_attempts=9 failed_ms="));
}

TEST_F(PassRunnerTest, WhoeverRunsPassesOneByOneHearsOfEachFailure) {
  runner_.set_by_passes(true);
  for (int attempt = 1; attempt <= 3; ++attempt) Pass(kDown);
  EXPECT_TRUE(world_.log.Has("attempt=3"));
}

TEST_F(PassRunnerTest, AnAllocationThatFailsIsAnErrorOfTheGroupAndNothingIsBelievedAfterwards) {
  const std::function<void()> ends[] = {[] { throw std::bad_alloc(); },
                                        [] { static_cast<void>(std::string(SIZE_MAX - 1, 'x').size()); }};
  for (const std::function<void()>& end : ends) {
    Renew();
    worker_->work = end;
    const RunOutcome outcome = Pass();
    EXPECT_THAT(outcome.result, FailedWith(ErrorCode::kUnavailable, "the pass over group 'orders' was given up"));
    EXPECT_EQ(outcome.next, NextPass::kAfterBackoff);
    EXPECT_TRUE(worker_->forgot);
    EXPECT_THAT(Stored().last_error, HasSubstr("not enough memory"));
    EXPECT_THAT(Stored().last_error_remedy, HasSubstr("MemoryMax"));
    worker_->work = nullptr;
    worker_->forgot = false;
    EXPECT_TRUE(Pass().result);
    EXPECT_FALSE(worker_->forgot);
    EXPECT_THAT(Stored().last_error, IsEmpty());
  }
}

TEST_F(PassRunnerTest, WhatAnErrorLeavesIsKept) {
  EXPECT_FALSE(Pass(kDown).result);
  EXPECT_FALSE(worker_->forgot);
}

}  // namespace
}  // namespace lakeferry::engine
