// Commits that tell of earlier files what was never true. Both roles carry it, so that nothing differs, until one of
// them replays its log. Then each says what it found, and the group goes on: replays of two logs that come to the same
// prove more than what either carried.
#include "tests/engine/compare/live_set_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::ValuesIn;

constexpr std::chrono::hours kOneDay(24);

struct Told {
  std::string name;
  std::vector<std::string> (*lines)(TestTable& table);
};

const std::vector<Told>& AllTold() {
  static const std::vector<Told> all{
      {"AnotherSizeThanTheFileHad", [](TestTable& table) { return std::vector{Sized("f0", 999), table.Add("f2")}; }},
      {"TheSizeOfAFileThatIsNotThere",
       [](TestTable& table) { return std::vector{Sized("never", 10), table.Add("f2")}; }},
      {"ARemovalTwice", [](TestTable& table) { return std::vector{Sized("gone", 10), table.Add("f2")}; }},
  };
  return all;
}

using Case = std::tuple<delta::ReplicationMode, Told>;

class ToldSizes : public LiveSetWorld, public ::testing::WithParamInterface<Case> {
 protected:
  ToldSizes() : LiveSetWorld(std::get<0>(GetParam())) {}

  // Three epochs, of which the third believes what a commit tells.
  void Believed() {
    world_.FirstEpoch();
    Next({a().Add("gone"), a().Add("f1")});
    Next({Sized("gone", 10)});
    ExpectEpoch(2);
    Next(std::get<1>(GetParam()).lines(a()));
    ExpectSent(3);
    ExpectReceived(3);
    ASSERT_NE(world_.ManifestOf(3).tables[0].live_set, Replayed(world_.source("a")));
    ASSERT_EQ(Replayed(world_.target("a")), Replayed(world_.source("a")));
  }
  // Both roles do what they do until the group stands at another epoch, a few passes of each.
  void GoOn(int64_t after) {
    for (int pass = 0; pass < 4; ++pass) {
      if (!world_.Send()) world_.sender->book().SetStage(plan::GroupStage::kFailed);
      if (!world_.Receive()) NoteFailure();
      world_.clock.Advance(world_.spec.sync_interval);
    }
    const std::vector<EpochRecord> records = Records();
    ASSERT_THAT(records, ::testing::Not(IsEmpty()));
    EXPECT_EQ(records.front().state, EpochState::kApplied);
    EXPECT_GT(records.front().epoch, Epoch(after));
    const plan::ManifestTable sent = world_.ManifestOf(records.front().epoch.value()).tables[0];
    EXPECT_EQ(ToString(sent.live_set), ToString(Replayed(world_.source("a"))));
    EXPECT_EQ(ToString(sent.live_set), ToString(Replayed(world_.target("a"))));
    EXPECT_TRUE(sent.live_set_replayed);
    ExpectAllSame();
    // And stays so, whatever is compared.
    world_.clock.Advance(kOneDay);
    for (int pass = 0; pass < 3; ++pass) {
      EXPECT_THAT(world_.Send(), Succeeded());
      EXPECT_THAT(world_.Receive(), Succeeded());
    }
  }
};

TEST_P(ToldSizes, AreAskedForAgainByAReceiverThatReplays) {
  Believed();
  auto records = Records();
  for (TablePosition& table : records[0].tables) table.live_set.clear();
  ASSERT_THAT(world_.Run(world_.east_state.Save({}, {.epochs = {records[0]}})), Succeeded());
  world_.Restart();
  Next({a().Add("f3")});
  ExpectSent(4);
  const std::vector<std::string> before = Logs();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "with epoch 4 the replica would hold"));
  EXPECT_THAT(world_.ReceiptOf(4)->asks.replay_live_set, ElementsAre("a"));
  EXPECT_EQ(Logs(), before);
  NoteFailure();
  GoOn(3);
}

TEST_P(ToldSizes, StopNoGroupThatComparesThemOnceADay) {
  Believed();
  world_.clock.Advance(kOneDay);
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kDiverged, "source of table 'a'"));
  world_.sender->book().SetStage(plan::GroupStage::kFailed);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "replica of table 'a'"));
  NoteFailure();
  // The receiver has said what it found, and the sender finds the same.
  EXPECT_EQ(world_.ReceiptOf(3)->tables[0].live_set, Replayed(world_.source("a")).Fingerprint());
  EXPECT_THAT(world_.Send(), Succeeded());
  world_.Restart();
  Next({a().Add("f3")});
  GoOn(3);
}

// What the sender found before the source's log was cleaned up is what the receiver finds later.
TEST_P(ToldSizes, StopNoGroupWhoseSourceCannotBeComparedAnyMore) {
  Believed();
  world_.clock.Advance(kOneDay);
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kDiverged, "source of table 'a'"));
  world_.sender->book().SetStage(plan::GroupStage::kFailed);
  Next({a().Add("f3")});
  a().CleanLog();
  world_.Restart();
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kDiverged, "source of table 'a'"));
  world_.sender->book().SetStage(plan::GroupStage::kFailed);
  GoOn(3);
}

// What was found is found again where it could not be kept.
TEST_P(ToldSizes, ThatCannotBePutOnRecordAreFoundAgain) {
  Believed();
  world_.clock.Advance(kOneDay);
  const std::string found = Replayed(world_.target("a")).Fingerprint();
  const auto recorded = [&] { return Records()[0].tables[0].live_set; };
  ASSERT_NE(recorded(), found);
  for (int nth = 1; recorded() != found; ++nth) {
    int saves = 0;
    const auto fail = [&saves, nth]() -> Task<Status> {
      if (++saves == nth) co_return Fail(ErrorCode::kUnavailable, "away");
      co_return Status{};
    };
    world_.east_state.set_hooks({.before_save = fail, .after_save = {}, .before_read = {}});
    const auto received = world_.Receive();
    world_.east_state.set_hooks({});
    NoteFailure();
    if (recorded() == found) {
      EXPECT_THAT(received, FailedWith(ErrorCode::kDiverged, "replica of table 'a'"));
      EXPECT_GT(nth, 1) << "some pass failed for it";
    } else {
      ASSERT_THAT(received, FailedWith(ErrorCode::kUnavailable, "away")) << nth;
      EXPECT_NE(world_.ReceiptOf(3)->tables[0].live_set, found) << "nor is it said before it is on record";
    }
  }
}

// The sender has staged the next epoch before anybody compared.
TEST_P(ToldSizes, StopNoGroupThatHasStagedMoreMeanwhile) {
  Believed();
  world_.clock.Advance(kOneDay);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "replica of table 'a'"));
  NoteFailure();
  // As if it had been staged before.
  world_.staging().objects().erase(plan::StagingLayout("orders").Receipt(Epoch(3)).text());
  world_.spec.verify_interval.reset();
  world_.Restart();
  Next({a().Add("f3")});
  ExpectSent(4);
  EXPECT_FALSE(world_.ManifestOf(4).tables[0].live_set_replayed);
  world_.spec.verify_interval = kOneDay;
  world_.Restart();
  GoOn(3);
}

// An epoch that came after the comparison has proven the replica, and that is noted.
TEST_P(ToldSizes, ProofThatCannotBeNotedIsAnError) {
  Believed();
  world_.clock.Advance(kOneDay);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "replica of table 'a'"));
  NoteFailure();
  world_.staging().objects().erase(plan::StagingLayout("orders").Receipt(Epoch(3)).text());
  world_.spec.verify_interval.reset();
  world_.Restart();
  Next({a().Add("f3")});
  ExpectSent(4);
  world_.spec.verify_interval = kOneDay;
  world_.Restart();
  const auto applied = [this] {
    return std::ranges::any_of(world_.Staged("orders/receipts/"), [this](const std::string& name) {
      const auto receipt = plan::ReadReceipt(world_.Text(world_.staging(), name), name);
      return receipt && receipt->applied && receipt->epoch > Epoch(3);
    });
  };
  int saves_after_answer = 0;
  const auto fail = [&]() -> Task<Status> {
    if (applied() && ++saves_after_answer == 1) co_return Fail(ErrorCode::kUnavailable, "away");
    co_return Status{};
  };
  world_.east_state.set_hooks({.before_save = fail, .after_save = {}, .before_read = {}});
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "the sender replays the log"));
  NoteFailure();
  ExpectSent(5);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "away"));
  EXPECT_TRUE(applied());
  EXPECT_EQ(saves_after_answer, 1);
  NoteFailure();
  EXPECT_THAT(world_.Receive(), Succeeded());
}

// Each table is compared in its turn, also while another holds the group.
TEST_P(ToldSizes, OfTwoTablesStopNoGroup) {
  Believed();
  world_.InRun("r-b", [&] { world_.table("b").Commit({Sized("never", 10), world_.table("b").Add("f1")}); });
  ExpectSent(4);
  ExpectReceived(4);
  world_.clock.Advance(kOneDay);
  for (int pass = 0; pass < 4; ++pass) {
    if (!world_.Send()) world_.sender->book().SetStage(plan::GroupStage::kFailed);
    if (!world_.Receive()) NoteFailure();
  }
  Next({a().Add("f3")});
  GoOn(4);
}

// Where nobody compares, nothing is wrong: the same files are live.
TEST_P(ToldSizes, AreCarriedWhereNobodyReplays) {
  Believed();
  Next({a().Add("f3")});
  ExpectSent(4);
  ExpectReceived(4);
  ExpectAllSame();
}

INSTANTIATE_TEST_SUITE_P(Modes, ToldSizes,
                         ::testing::Combine(::testing::Values(delta::ReplicationMode::kClone,
                                                              delta::ReplicationMode::kMirror),
                                            ValuesIn(AllTold())),
                         [](const auto& one) {
                           return std::string(delta::ReplicationModeName(std::get<0>(one.param))) +
                                  std::get<1>(one.param).name;
                         });

}  // namespace
}  // namespace lakeferry::engine
