// Choosing a cut over real logs: the scan of a table and the versions of all.
#include "engine/cut/cut_maker.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "tests/engine/world.h"
#include "tests/support/cpu_time.h"
#include "tests/support/slow_build.h"

namespace lakeferry::engine {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CutMakerTest : public ::testing::Test {
 protected:
  Result<CutOutcome> Make(const SenderPosition& position = {}) {
    ClockWatch clocks(world_.west, world_.spec);
    const CutMaker maker(world_.west, world_.spec, clocks);
    const CutTerms terms{.first_seen = first_seen_};
    LF_TRY(CutMaker::Candidates found, world_.Run(maker.Find({}, position, terms)));
    return world_.Run(maker.Make({}, position, terms, std::move(found)));
  }
  // The position after a cut at these versions.
  SenderPosition At(const GroupCut& cut) {
    SenderPosition position;
    position.base_epoch = Epoch(1);
    position.cut_time = cut.cut.time;
    position.atomic = cut.cut.atomic;
    for (const TableCut& table : cut.tables) {
      const std::string& name = table.scan.spec.name;
      const std::string text = world_.Text(world_.source(name), TestTable::LogName(table.version.value()));
      const plan::ManifestTable base{.name = name,
                                     .source_version = table.version,
                                     .table_id = "id-of-mem://west/" + name,
                                     .commit_sha256 = Sha256Hex(text),
                                     .parts = {}};
      position.base.emplace(name, std::make_shared<const plan::ManifestTable>(base));
    }
    return position;
  }
  // A cut must come of it.
  GroupCut Cut(const SenderPosition& position = {}) {
    auto outcome = Make(position);
    EXPECT_THAT(outcome, Succeeded());
    if (!outcome || !outcome->cut) {
      ADD_FAILURE() << "no cut: " << (outcome ? outcome->reason : "");
      return {};
    }
    EXPECT_EQ(outcome->reason, "");
    EXPECT_FALSE(outcome->held);
    return *std::move(outcome->cut);
  }
  static std::vector<int64_t> Versions(const GroupCut& cut) {
    std::vector<int64_t> versions;
    for (const TableCut& table : cut.tables) versions.push_back(table.version.value());
    return versions;
  }
  // No cut must come of it, and this is why.
  void ExpectNone(const SenderPosition& position, const std::string& reason, bool held) {
    const auto outcome = Make(position);
    ASSERT_THAT(outcome, Succeeded());
    EXPECT_FALSE(outcome->cut);
    EXPECT_THAT(outcome->reason, HasSubstr(reason));
    EXPECT_EQ(outcome->held, held);
  }
  // With the newest run of the workflow, at the first listing that comes: by then the runs are known.
  void OnceWhileLogsAreRead(const std::function<void(lakeferry::Run&)>& happens) {
    world_.stores.set_hooks(
        {.before_effect = [this, happens](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
          if (at == StoreOperation::kList && !std::exchange(read_, true)) {
            happens(world_.workflows.runs["nightly"].back());
          }
          co_return Status{};
        }});
  }
  TestTable& a() { return world_.table("a"); }
  TestTable& b() { return world_.table("b"); }

  World world_{{"a", "b"}};
  TimeMs first_seen_ = world_.clock.WallTime();
  bool read_ = false;  // OnceWhileLogsAreRead has happened
};

TEST_F(CutMakerTest, RunsAreAskedForWhereTheGroupHasThemAndNotForEver) {
  world_.CreateAll();
  (void)Cut();
  EXPECT_THAT(world_.workflows.asked_for, ElementsAre("orders"));
  EXPECT_THAT(world_.workflows.deadlines, Each(world_.clock.Monotonic() + world_.west.limits.runs_answer_within));
  EXPECT_GE(world_.workflows.deadlines.size(), 2U) << "before the tables were read and after";
}

TEST_F(CutMakerTest, FirstCutIsAtTheEndOfTheRunWithEachTablesVersion) {
  world_.CreateAll();
  const TimeMs end = *world_.workflows.runs["nightly"][0].end;
  world_.InRun("r1", [&] { a().Commit({a().Add("f1")}); }, RunState::kRunning);
  const GroupCut cut = Cut();
  EXPECT_EQ(cut.cut.time, end);
  EXPECT_THAT(cut.cut.run_ids, ElementsAre("r0"));
  EXPECT_THAT(Versions(cut), ElementsAre(1, 1)) << "what the unfinished run wrote stays out";
}

TEST_F(CutMakerTest, NextCutTakesWhatTheNextRunWrote) {
  world_.CreateAll();
  const SenderPosition position = At(Cut());
  world_.InRun("r1", [&] { a().Commit({a().Add("f1")}); });
  const GroupCut cut = Cut(position);
  EXPECT_THAT(Versions(cut), ElementsAre(2, 1));
  EXPECT_THAT(cut.cut.run_ids, ElementsAre("r1"));
  ASSERT_TRUE(cut.tables[0].scan.base);
  EXPECT_EQ(cut.tables[0].scan.base->source_version, Version(1));
}

TEST_F(CutMakerTest, NothingNewIsNoneAndNotHeld) {
  world_.CreateAll();
  ExpectNone(At(Cut()), "no run has ended since the last cut", false);
}

TEST_F(CutMakerTest, UnfinishedRunHoldsTheGroup) {
  world_.CreateAll();
  const SenderPosition position = At(Cut());
  world_.InRun("dead", [] {}, RunState::kRunning);
  ExpectNone(position, "run 'dead'", true);
}

TEST_F(CutMakerTest, RunIdInTheCommitDecidesAgainstItsTimeAndIsLogged) {
  world_.CreateAll();
  const SenderPosition position = At(Cut());
  world_.InRun("r1", [&] { a().Commit({a().Add("f1")}, "r1"); });
  // The last commit of r1 is late by its time.
  a().Commit({a().Add("f2")}, "r1");
  EXPECT_THAT(Versions(Cut(position)), ElementsAre(3, 1));
  EXPECT_TRUE(world_.log.Has("run ids and commit times disagree"));
  EXPECT_TRUE(world_.log.Has("run ids say version 3, commit times say 2"));
}

TEST_F(CutMakerTest, CommitOfTheNextRunWithAnEarlyTimeStaysOut) {
  world_.CreateAll();
  const SenderPosition position = At(Cut());
  world_.InRun("r1", [&] {
    a().Commit({a().Add("f1")}, "r1");
    a().Commit({a().Add("f2")}, "r2");
  });
  world_.InRun("r2", [] {}, RunState::kRunning);
  EXPECT_THAT(Versions(Cut(position)), ElementsAre(2, 1));
}

TEST_F(CutMakerTest, TableThatHasNoVersionAtTheCutHoldsTheGroupAndIsNamed) {
  world_.InRun("r0", [&] {
    a().Create();
    a().Commit({a().Add("f")});
  });
  b().Create();
  ExpectNone({}, "table 'b' has no version at the cut", true);
}

TEST_F(CutMakerTest, AmbiguousNewestInstantFallsBackToAnOlderOne) {
  world_.CreateAll();
  const SenderPosition position = At(Cut());
  world_.InRun("r1", [&] { a().Commit({a().Add("f1")}); });
  // r2 ends in the millisecond in which r3 starts, and an unnamed commit lies there.
  auto& runs = world_.workflows.runs["nightly"];
  const TimeMs start = world_.clock.WallTime();
  world_.clock.Advance(Millis(1'000));
  const TimeMs shared = world_.clock.WallTime();
  world_.clock.Set(shared - Millis(1'000));
  a().Commit({a().Add("f2")});
  ASSERT_EQ(world_.source("a").objects().at(TestTable::LogName(3)).modified, shared);
  runs.push_back({.workflow = "nightly", .run_id = "r2", .start = start, .end = shared, .state = RunState::kSuccess});
  runs.push_back({.workflow = "nightly", .run_id = "r3", .start = shared, .end = {}});
  const GroupCut cut = Cut(position);
  EXPECT_THAT(cut.cut.run_ids, ElementsAre("r1"));
  EXPECT_THAT(Versions(cut), ElementsAre(2, 1));
}

TEST_F(CutMakerTest, WithinTheMarginNothingIsCut) {
  world_.spec.clock_skew_margin = Millis(10'000);
  world_.CreateAll();
  ExpectNone({}, "clock_skew_margin", false);
  world_.clock.Advance(Millis(10'000));
  EXPECT_THAT(Versions(Cut()), ElementsAre(1, 1));
}

TEST_F(CutMakerTest, ForcedCutComesWhenDueAndSaysWhatItIs) {
  world_.spec.force_sync_after = Millis(3'600'000);
  world_.CreateAll();
  const SenderPosition position = At(Cut());
  world_.InRun("dead", [&] { a().Commit({a().Add("half")}); }, RunState::kRunning);
  ExpectNone(position, "run 'dead'", true);
  world_.clock.Advance(Millis(3'600'000));
  const GroupCut cut = Cut(position);
  EXPECT_FALSE(cut.cut.atomic);
  EXPECT_THAT(Versions(cut), ElementsAre(2, 1));
}

TEST_F(CutMakerTest, FirstForcedCutCountsFromWhenTheGroupWasFirstSeen) {
  world_.spec.force_sync_after = Millis(3'600'000);
  a().Create();
  b().Create();
  ExpectNone({}, "no run has ended", false);
  world_.clock.Set(first_seen_ + Millis(3'600'000));
  EXPECT_FALSE(Cut().cut.atomic);
}

// What a failed run wrote went over with the forced cut; the next cut must not call itself atomic before the workflow
// has succeeded.
TEST_F(CutMakerTest, FailedRunBeforeAForcedCutIsNotForgotten) {
  world_.spec.workflows = {"nightly", "other"};
  world_.workflows.runs["other"];
  world_.spec.force_sync_after = Millis(3'600'000);
  world_.CreateAll();
  world_.InRun("bad", [&] { a().Commit({a().Add("half")}); }, RunState::kFailed);
  world_.clock.Advance(Millis(7'200'000));
  const GroupCut forced = Cut(At(Cut()));
  ASSERT_FALSE(forced.cut.atomic);
  const TimeMs now = world_.clock.WallTime();
  world_.clock.Advance(Millis(2'000));
  world_.workflows.runs["other"].push_back(
      {.workflow = "other", .run_id = "o1", .start = now, .end = now + Millis(1'000), .state = RunState::kSuccess});
  ExpectNone(At(forced), "run 'bad'", false);
  world_.InRun("good", [&] { a().Commit({a().Add("whole")}); });
  const GroupCut cut = Cut(At(forced));
  EXPECT_TRUE(cut.cut.atomic);
  EXPECT_THAT(cut.cut.run_ids, ElementsAre("o1", "good"));
}

// The source's clock is behind, so that the first commit of a run that begins while the logs are read bears a time
// within the margin of the cut.
TEST_F(CutMakerTest, RunThatBeginsWhileTheLogsAreReadIsOutside) {
  world_.spec.clock_skew_margin = Millis(3'000);
  world_.CreateAll();
  world_.clock.Advance(Millis(3'500));
  OnceWhileLogsAreRead([this](const lakeferry::Run&) {
    const TimeMs now = world_.clock.WallTime();
    world_.workflows.runs["nightly"].push_back(
        {.workflow = "nightly", .run_id = "next", .start = now, .end = {}, .state = RunState::kRunning});
    world_.clock.Advance(Millis(-3'000));
    a().Commit({a().Add("half")}, "next");
    world_.clock.Advance(Millis(3'000));
  });
  const GroupCut cut = Cut();
  ASSERT_TRUE(read_);
  EXPECT_THAT(Versions(cut), ElementsAre(1, 1));
  EXPECT_TRUE(cut.cut.next_start);
}

TEST_F(CutMakerTest, RunsThatKeepBeginningWhileTheLogsAreReadHoldTheGroupBack) {
  world_.CreateAll();
  int begun = 0;
  world_.stores.set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
    if (at != StoreOperation::kList) co_return Status{};
    const TimeMs now = world_.clock.WallTime();
    world_.workflows.runs["nightly"].push_back({.workflow = "nightly",
                                                .run_id = fmt::format("next-{}", ++begun),
                                                .start = now,
                                                .end = {},
                                                .state = RunState::kRunning});
    co_return Status{};
  }});
  ExpectNone({}, "began while the tables' logs were read", true);
}

TEST_F(CutMakerTest, OfTenTimesAsManyRunsACutTakesTenTimesAsLong) {
  constexpr size_t kMany = kSlowBuild ? 20'000 : 100'000;
  world_.CreateAll();
  std::vector<lakeferry::Run>& runs = world_.workflows.runs["nightly"];
  const auto cut_behind = [&](size_t count) {
    for (size_t i = runs.size(); i < count; ++i) {
      const TimeMs start = world_.clock.WallTime();
      const std::string id = fmt::format("manual__{:06}", i);
      const TimeMs end = start + Millis(5);
      runs.push_back({.workflow = "nightly", .run_id = id, .start = start, .end = end, .state = RunState::kSuccess});
      world_.clock.Advance(Millis(10));
    }
    const std::string last = fmt::format("behind-{}", count);
    world_.InRun(last, [&] { a().Commit({a().Add(last)}, last); });
    return CpuTimeOf([&] { EXPECT_EQ(Cut().cut.run_ids.size(), runs.size()); });
  };
  const auto few = cut_behind(kMany / 10);
  EXPECT_LT(cut_behind(kMany) / few, 40) << "every pair takes a hundred times";
}

// A repair, or a run that was cleared: it has the id of the run that had ended, and writes under it.
TEST_F(CutMakerTest, ARunThatBeginsAnewWhileTheLogsAreReadIsNotCutHalfDone) {
  world_.CreateAll();
  const SenderPosition position = At(Cut());
  world_.InRun("r1", [&] { a().Commit({a().Add("f1")}, "r1"); });
  OnceWhileLogsAreRead([this](lakeferry::Run& run) {
    run.end.reset();
    run.state = RunState::kRunning;
    a().Commit({a().Add("half")}, "r1");
  });
  ExpectNone(position, "run 'r1' of workflow 'nightly' is running", true);
  EXPECT_TRUE(read_);
}

TEST_F(CutMakerTest, ARunThatBeganAnewAndFailedWhileTheLogsWereReadHoldsTheCut) {
  world_.CreateAll();
  const SenderPosition position = At(Cut());
  world_.InRun("r1", [&] { a().Commit({a().Add("f1")}, "r1"); });
  OnceWhileLogsAreRead([this](lakeferry::Run& run) {
    a().Commit({a().Add("half")}, "r1");
    run.end = world_.clock.WallTime();
    run.state = RunState::kFailed;
  });
  ExpectNone(position, "run 'r1' of workflow 'nightly' failed", false);
  EXPECT_TRUE(read_);
}

TEST_F(CutMakerTest, UnknownWorkflowIsAnError) {
  world_.CreateAll();
  world_.spec.workflows = {"nobody"};
  EXPECT_THAT(Make(), FailedWith(ErrorCode::kNotFound, "nobody"));
}

TEST_F(CutMakerTest, GroupWithoutAWorkflowCutsEveryInterval) {
  world_.spec.workflows.clear();
  world_.CreateAll();
  const GroupCut first = Cut();
  EXPECT_EQ(first.cut.time, world_.clock.WallTime());
  EXPECT_TRUE(first.cut.atomic);
  const SenderPosition position = At(first);
  world_.clock.Advance(world_.spec.sync_interval - Millis(1));
  ExpectNone(position, "the interval of", false);
  world_.clock.Advance(Millis(1));
  EXPECT_THAT(Versions(Cut(position)), ElementsAre(1, 1));
}

TEST_F(CutMakerTest, GroupWithAScheduleCutsWhenItFires) {
  world_.spec.workflows.clear();
  world_.spec.schedule.cron = "0 * * * *";
  world_.CreateAll();
  const TimeMs hour(std::chrono::ceil<std::chrono::hours>(world_.clock.WallTime()));
  world_.clock.Set(hour + Millis(5'000));
  a().Commit({a().Add("later")});
  const GroupCut cut = Cut();
  EXPECT_EQ(cut.cut.time, hour);
  EXPECT_THAT(Versions(cut), ElementsAre(1, 1)) << "what was written after the hour stays out";
  ExpectNone(At(cut), "the schedule has not fired", false);
}

TEST_F(CutMakerTest, BadScheduleOrZoneIsAnError) {
  world_.spec.workflows.clear();
  world_.spec.schedule.cron = "61 * * * *";
  EXPECT_THAT(Make(), FailedWith(ErrorCode::kInvalidArgument, "minute"));
  world_.spec.schedule = {.cron = "0 * * * *", .time_zone = "Mars/Olympus"};
  EXPECT_THAT(Make(), FailedWith(ErrorCode::kInvalidArgument, "no such zone"));
}

TEST_F(CutMakerTest, MissingTableIsNamedWithItsPlace) {
  world_.CreateAll();
  world_.source("b").objects().clear();
  EXPECT_THAT(Make(), FailedWith(ErrorCode::kNotFound, "there is no table here (mem://west/b)"));
  world_.source("b").Set("part-0.parquet", "x");
  EXPECT_THAT(Make(), FailedWith(ErrorCode::kNotFound, "it has no _delta_log"));
  world_.source("b").Set("_delta_log/x.crc", "x");
  EXPECT_THAT(Make(), FailedWith(ErrorCode::kNotFound, "log is empty"));
}

TEST_F(CutMakerTest, TruncatedCommitIsCorruptAndNamed) {
  world_.CreateAll();
  const std::string name = TestTable::LogName(1);
  const std::string text = world_.Text(world_.source("b"), name);
  world_.source("b").Set(name, text.substr(0, text.size() - 9));
  EXPECT_THAT(Make(), FailedWith(ErrorCode::kCorruptLog, name));
}

TEST_F(CutMakerTest, RecreatedSourceIsDivergedEvenWhenItHasGrownPastTheBase) {
  world_.CreateAll();
  const SenderPosition position = At(Cut());
  world_.source("a").objects().clear();
  a().next_ = 0;
  world_.InRun("r1", [&] {
    a().Create();
    for (const auto* file : {"g1", "g2", "g3"}) a().Commit({a().Add(file)});
  });
  EXPECT_THAT(Make(position), FailedWith(ErrorCode::kDiverged, "version 1 has another content now"));
}

TEST_F(CutMakerTest, RecreatedSourceThatIsShorterIsDiverged) {
  world_.CreateAll();
  const SenderPosition position = At(Cut());
  world_.source("a").objects().clear();
  a().next_ = 0;
  world_.InRun("r1", [&] { a().Create(); });
  EXPECT_THAT(Make(position), FailedWith(ErrorCode::kDiverged, "version 1 and all after it are gone"));
}

TEST_F(CutMakerTest, TableWhoseCommitsWereCleanedAwayGoesOverWhole) {
  world_.CreateAll();
  const SenderPosition position = At(Cut());
  world_.AppendAll("r1", "f1");
  world_.AppendAll("r2", "f2");
  a().CleanLog();
  const GroupCut cut = Cut(position);
  EXPECT_THAT(Versions(cut), ElementsAre(3, 3));
  EXPECT_FALSE(cut.tables[0].scan.base);
  EXPECT_TRUE(cut.tables[1].scan.base);
  EXPECT_TRUE(world_.log.Has("commits after the last cut were cleaned away"));
}

TEST_F(CutMakerTest, RecreatedSourceWithACleanedLogIsDivergedByItsId) {
  world_.CreateAll();
  SenderPosition position = At(Cut());
  plan::ManifestTable other = *position.base.at("a");
  other.table_id = "the id it had";
  position.base.at("a") = std::make_shared<const plan::ManifestTable>(other);
  world_.AppendAll("r1", "f1");
  world_.AppendAll("r2", "f2");
  a().CleanLog();
  EXPECT_THAT(Make(position), FailedWith(ErrorCode::kDiverged, "its id is another"));
}

TEST_F(CutMakerTest, InCommitTimestampsDecideWhereTheyAreOn) {
  const std::string protocol = R"({"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["inCommitTimestamp"]})";
  const auto commit = [&](TestTable& table, const std::vector<std::string>& lines, TimeMs time) {
    std::string text = fmt::format(R"({{"commitInfo":{{"inCommitTimestamp":{}}}}})", ToEpochMs(time)) + "\n";
    for (const std::string& line : lines) text += line + "\n";
    table.store().Set(TestTable::LogName(table.next_++), text);
  };
  const TimeMs zero = world_.clock.WallTime();
  world_.InRun("r0", [&] {
    b().Create();
    const std::string metadata =
        R"({"metaData":{"id":"i","format":{"provider":"parquet","options":{}},"schemaString":"s",)"
        R"("partitionColumns":[],"configuration":{"delta.enableInCommitTimestamps":"true"}}})";
    commit(a(), {R"({"protocol":)" + protocol + "}", metadata}, zero + Millis(1'500));
    commit(a(), {a().Add("f0")}, zero + Millis(2'000));
  });
  // By the file's time this one belongs to the run, by its own it does not.
  const TimeMs end = *world_.workflows.runs["nightly"][0].end;
  world_.clock.Set(end - Millis(1));
  commit(a(), {a().Add("late")}, end + Millis(50'000));
  world_.clock.Set(end + Millis(60'000));
  EXPECT_THAT(Versions(Cut()), ElementsAre(1, 0));
}

// Where they come with a commit of the window, the commits are read once more.
TEST_F(CutMakerTest, CommitThatCannotBeReadOnceMoreIsNoCut) {
  world_.CreateAll();
  const SenderPosition position = At(Cut());
  world_.InRun("r1", [&] {
    a().Commit({R"({"protocol":{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["inCommitTimestamp"]}})",
                R"({"metaData":{"id":"id-of-mem://west/a","format":{"provider":"parquet","options":{}},)"
                R"("schemaString":"s","partitionColumns":[],"configuration":{)"
                R"("delta.enableInCommitTimestamps":"true","delta.inCommitTimestampEnablementVersion":"2",)"
                R"("delta.inCommitTimestampEnablementTimestamp":"1"}}})"});
    a().Commit({a().Add("f1")});
  });
  const std::string name = TestTable::LogName(3);
  const std::string good = world_.Text(world_.source("a"), name);
  int damaged = 0;
  for (int nth = 1;; ++nth) {
    int count = 0;
    world_.source("a").set_hooks(
        {.before_effect = [&](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
          const bool reads = at == StoreOperation::kOpen && path.text() == name;
          if (reads && ++count == nth) world_.source("a").Set(name, "{");
          co_return Status{};
        }});
    const auto outcome = Make(position);
    world_.source("a").set_hooks({});
    world_.source("a").Set(name, good);
    if (count < nth) break;
    ++damaged;
    EXPECT_THAT(outcome, FailedWith(ErrorCode::kCorruptLog, name)) << nth;
  }
  EXPECT_GE(damaged, 3) << "for its facts, with the table's state, and for its time";
}

}  // namespace
}  // namespace lakeferry::engine
