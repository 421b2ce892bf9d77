// Times of commits and of runs by clocks that do not agree: what is measured, what a cut rests on, and what is said
// where times cannot tell.
#include <fmt/format.h>

#include "engine/cut/clock_watch.h"
#include "plan/document/staging_layout.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kProbe = plan::StagingLayout("orders").ClockProbe().text();

class ClocksTest : public ::testing::Test {
 protected:
  ClocksTest() {
    world_.clock.Advance(Millis(123));  // a whole second would look like one that had its fraction cut off
    world_.spec.clock_skew_margin.reset();
  }
  // A run whose end is told as so much after its last commit (before it, where that is negative).
  void RunEnding(const std::string& run_id, Millis after, const std::function<void()>& write, Millis slack = {}) {
    world_.clock.Advance(Millis(60'000));
    lakeferry::Run run{.workflow = "nightly", .run_id = run_id, .start = world_.clock.WallTime(), .end = {}};
    write();
    run.end = world_.clock.WallTime() - Millis(1'000) + after;  // a commit is followed by a second of nothing
    run.state = RunState::kSuccess;
    run.end_slack = slack;
    world_.workflows.runs["nightly"].push_back(run);
  }
  void Append(const std::string& table, const std::string& file, const std::string& run = {}) {
    world_.table(table).Commit({world_.table(table).Add(file)}, run);
  }
  // A new process, so that the configuration counts, and a first epoch.
  void Begin() {
    world_.Restart();
    world_.CreateAll();
    ExpectStaged(1);
  }
  PassResult Pass() {
    auto sent = world_.Send();
    EXPECT_THAT(sent, Succeeded());
    return sent.value_or(PassResult());
  }
  void ExpectStaged(int64_t epoch) {
    const PassResult sent = Pass();
    ASSERT_EQ(sent.epoch, Epoch(epoch)) << sent.reason;
  }
  void ExpectHeld(const std::string& reason) {
    const PassResult sent = Pass();
    EXPECT_EQ(sent.epoch, std::nullopt);
    EXPECT_EQ(sent.state, GroupState::kHeld);
    EXPECT_THAT(sent.reason, HasSubstr(reason));
  }
  std::vector<int64_t> Versions(int64_t epoch) {
    std::vector<int64_t> versions;
    for (const auto& table : world_.ManifestOf(epoch).tables) versions.push_back(table.source_version.value());
    return versions;
  }
  GroupRecord& record() { return world_.sender->book().record(); }

  World world_{{"a", "b"}};
};

TEST_F(ClocksTest, ALastCommitTwentyMillisecondsAfterTheEndIsTheRuns) {
  Begin();
  RunEnding("r1", Millis(-20), [&] {
    Append("a", "f1");
    Append("b", "f2");
  });
  ExpectStaged(2);
  EXPECT_THAT(Versions(2), ElementsAre(2, 2));
  const CutEvidence evidence = world_.ManifestOf(2).evidence;
  EXPECT_EQ(evidence, (CutEvidence{.kind = EvidenceKind::kTimes, .margin = plan::kMarginFloor, .unexplained = {}}));
  EXPECT_EQ(record().risk, Risk::kNone);
  EXPECT_EQ(record().clocks.margin, plan::kMarginFloor);
  EXPECT_TRUE(record().clocks.margin_measured);
  EXPECT_EQ(record().clocks.store_skew, Millis(0));
}

TEST_F(ClocksTest, WithAMarginThatIsTooSmallItIsLeftOutAndSaid) {
  world_.spec.clock_skew_margin = Millis(0);
  Begin();
  RunEnding("r1", Millis(-20), [&] {
    Append("a", "f1");
    Append("a", "f2");
  });
  const PassResult sent = Pass();
  ASSERT_EQ(sent.epoch, Epoch(2)) << sent.reason;
  EXPECT_TRUE(sent.risk_may_pass) << "the next pass may know the run that wrote it";
  EXPECT_THAT(Versions(2), ElementsAre(2, 1));
  ASSERT_EQ(world_.ManifestOf(2).evidence.unexplained.size(), 1U);
  EXPECT_EQ(world_.ManifestOf(2).evidence.unexplained[0].version, Version(3));
  EXPECT_EQ(record().risk, Risk::kWarning);
  EXPECT_THAT(record().risk_text, AllOf(HasSubstr("no run explains them"), HasSubstr("table 'a', version 3")));
  EXPECT_THAT(record().risk_remedy, HasSubstr("set clock_skew_margin"));
  const auto epochs = world_.Run(world_.west_state.Epochs({}, Role::kSender, "orders", 1));
  EXPECT_EQ(epochs->front().evidence, world_.ManifestOf(2).evidence);

  world_.Restart();
  const PassResult again = Pass();
  EXPECT_EQ(again.epoch, std::nullopt);
  EXPECT_FALSE(again.risk_may_pass) << "it has stayed";
  EXPECT_EQ(record().risk, Risk::kWarning) << "and a new process knows it from staging";

  lakeferry::Run late{.workflow = "nightly",
                      .run_id = "r2",
                      .start = *world_.workflows.runs["nightly"].back().end + Millis(10),
                      .end = {},
                      .state = RunState::kRunning};
  world_.workflows.runs["nightly"].push_back(late);
  (void)Pass();
  EXPECT_EQ(record().risk, Risk::kNone) << "a run explains it";
}

TEST_F(ClocksTest, ARunOfWhichNothingIsThereHoldsTheGroup) {
  world_.spec.clock_skew_margin = Millis(0);
  Begin();
  RunEnding("r1", Millis(-20), [&] { Append("a", "f1"); });
  ExpectHeld("no table has a commit of run 'r1', by its id or by its time");
}

TEST_F(ClocksTest, ARunThatWroteNothingIsCutWithNothing) {
  Begin();
  RunEnding("r1", Millis(0), [] {});
  ExpectStaged(2);
  EXPECT_THAT(Versions(2), ElementsAre(1, 1));
}

TEST_F(ClocksTest, AnEndInWholeSecondsTakesInWhatWasCommittedWithinTheSecond) {
  world_.spec.clock_skew_margin = Millis(0);
  Begin();
  RunEnding(
      "r1", Millis(-300),
      [&] {
        Append("a", "bronze");
        Append("b", "gold");
      },
      Millis(999));
  ExpectStaged(2);
  EXPECT_THAT(Versions(2), ElementsAre(2, 2));
}

TEST_F(ClocksTest, ALogThatLostItsTimesHoldsTheGroup) {
  Begin();
  RunEnding("r1", Millis(1'000), [&] { Append("a", "f1"); });
  world_.clock.Advance(Millis(3'600'000));
  for (const auto* table : {"a", "b"}) {
    for (auto& [path, object] : world_.source(table).objects()) object.modified = world_.clock.WallTime();
  }
  ExpectHeld("table 'a': version 1, which an earlier epoch holds, is dated");
  EXPECT_THAT(record().reason + Pass().reason, HasSubstr("has lost the times of its commits"));
  RunEnding("r2", Millis(1'000), [&] { Append("b", "f2"); });
  ExpectStaged(2);
  EXPECT_THAT(Versions(2), ElementsAre(2, 2)) << "what is younger than the cut was only older runs' work";
}

TEST_F(ClocksTest, ARunSourceWhoseClockIsBehindIsCompared) {
  world_.workflows.present = [&] { return std::optional(world_.clock.WallTime() - Millis(3'000)); };
  Begin();
  RunEnding("r1", Millis(-3'000), [&] {
    Append("a", "f1");
    Append("b", "f2");
  });
  ExpectStaged(2);
  EXPECT_THAT(Versions(2), ElementsAre(2, 2));
  EXPECT_EQ(world_.ManifestOf(2).evidence.margin, Millis(3'000));
  EXPECT_EQ(record().clocks.runs_skew, Millis(-3'000));
}

TEST_F(ClocksTest, ANextRunWithinTheMarginHoldsWhatNamesNoRun) {
  world_.workflows.present = [&] { return std::optional(world_.clock.WallTime() - Millis(3'000)); };
  Begin();
  RunEnding("r1", Millis(-500), [&] { Append("a", "f1"); });
  world_.workflows.runs["nightly"].push_back({.workflow = "nightly",
                                              .run_id = "r2",
                                              .start = world_.clock.WallTime(),
                                              .end = {},
                                              .state = RunState::kRunning});
  ExpectHeld("where both the finished run and the next one may have written it");
  EXPECT_THAT(Pass().reason, AllOf(HasSubstr("userMetadata"), HasSubstr("which is 3s now")));
}

TEST_F(ClocksTest, ClocksThatAreFarApartHoldWhatNamesNoRun) {
  Begin();
  world_.Restart();
  world_.workflows.present = [&] { return std::optional(world_.clock.WallTime() + Millis(7'200'000)); };
  RunEnding("r1", Millis(0), [&] { Append("a", "f1"); });
  ExpectHeld("differ by up to 2h");
  EXPECT_TRUE(world_.log.Has("clocks are too far apart"));
  RunEnding("r2", Millis(0), [&] {
    Append("a", "f2", "r2");
    Append("b", "f3", "r2");
  });
  ExpectStaged(2);
  EXPECT_EQ(world_.ManifestOf(2).evidence.kind, EvidenceKind::kRunIds);
}

TEST_F(ClocksTest, AreComparedOnceInTenMinutesAndAtOnceWhenTheCalendarWasSetAnew) {
  int probes = 0;
  world_.stores.set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
    if (at == StoreOperation::kPut && path.text() == kProbe) ++probes;
    co_return Status{};
  }});
  Begin();
  EXPECT_EQ(probes, 1);
  RunEnding("r1", Millis(0), [&] { Append("a", "f1"); });
  ExpectStaged(2);
  EXPECT_EQ(probes, 1);
  world_.clock.Advance(Millis(600'000));
  RunEnding("r2", Millis(0), [&] { Append("a", "f2"); });
  ExpectStaged(3);
  EXPECT_EQ(probes, 2);
  (void)Pass();
  EXPECT_EQ(probes, 2) << "there is nothing to cut";
}

TEST_F(ClocksTest, AStoreThatListsWholeSecondsIsLookedAtTwiceAndAllowedASecond) {
  world_.clock.Set(FromEpochMs(1'700'000'000'000));
  Begin();
  EXPECT_EQ(record().clocks.margin, Millis(999));
}

TEST_F(ClocksTest, AStoreThatTakesNoProbeIsTakenToBeKeptInStep) {
  world_.stores.set_hooks({.before_effect = [](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
    if (at == StoreOperation::kPut && path.text() == kProbe) {
      co_return Fail(ErrorCode::kUnauthorized, "objects here cannot be written over");
    }
    co_return Status{};
  }});
  Begin();
  EXPECT_TRUE(world_.log.Has("clocks cannot be compared"));
  EXPECT_EQ(world_.ManifestOf(1).evidence.margin, plan::kMarginOfOthers);
  EXPECT_FALSE(record().clocks.margin_measured);
}

TEST_F(ClocksTest, APlanWritesNoProbe) {
  world_.Restart();
  world_.CreateAll();
  const auto plan = world_.Run(world_.sender->Plan({}));
  ASSERT_THAT(plan, Succeeded());
  ASSERT_TRUE(plan->cut);
  EXPECT_EQ(plan->cut->evidence.kind, EvidenceKind::kTimes);
  EXPECT_THAT(world_.staging().objects(), IsEmpty());
}

TEST_F(ClocksTest, AGroupWithoutAWorkflowIsCutAsOfWhenItWasAsked) {
  world_.spec.workflows.clear();
  world_.Restart();
  world_.table("a").Create();
  world_.table("b").Create();
  const TimeMs asked = world_.clock.WallTime();
  ExpectStaged(1);
  EXPECT_EQ(world_.ManifestOf(1).cut_time, asked);
  EXPECT_EQ(world_.ManifestOf(1).evidence.kind, EvidenceKind::kSchedule);
}

// A cut by the clock alone waits until its instant is over for all clocks.
TEST_F(ClocksTest, StopDuringTheWaitForAllClocksIsNoCut) {
  world_.spec.workflows.clear();
  world_.Restart();
  world_.CreateAll();
  std::stop_source stop;
  world_.clock.sleeps.clear();
  world_.clock.on_sleep = [&] {
    stop.request_stop();
    (void)world_.stores.TakeOpened();
  };
  EXPECT_THAT(world_.Run(world_.sender->RunOnce(Call{.stop = stop.get_token()})),
              FailedWith(ErrorCode::kCancelled, "stopped"));
  EXPECT_EQ(world_.clock.sleeps.size(), 1U) << "it does wait";
  EXPECT_THAT(world_.stores.TakeOpened(), IsEmpty()) << "no table is looked at after it";
  EXPECT_THAT(world_.Staged("orders/epochs/"), IsEmpty());
  world_.clock.on_sleep = nullptr;
  world_.Restart();
  ExpectStaged(1);
}

// The times of the store are months behind this machine's calendar.
TEST_F(ClocksTest, AWrongCalendarKeepsNoScheduleFromFiring) {
  world_.spec.workflows.clear();
  world_.spec.schedule.cron = "0 * * * *";
  world_.workflows.present = [&] { return std::optional(world_.clock.WallTime() + std::chrono::days(100)); };
  world_.Restart();
  world_.table("a").Create();
  world_.table("b").Create();
  world_.clock.Advance(Millis(3'600'000));
  ExpectStaged(1);
  world_.Restart();
  world_.clock.Advance(Millis(3'600'000));
  ExpectStaged(2);
}

TEST_F(ClocksTest, WhoeverTellsOfRunsSaysHowToCorrectThem) {
  Begin();
  world_.InRun("dead", [] {}, RunState::kRunning);
  EXPECT_THAT(Pass().reason,
              AllOf(HasSubstr("run 'dead' of workflow 'nightly' is running since"), HasSubstr("; ask who runs dead")));
}

}  // namespace
}  // namespace lakeferry::engine
