// What the source removes after a cut: said beforehand, and copied first; and whether it keeps what was not sent.
#include "engine/change/table_change.h"

#include <fmt/format.h>

#include "engine/run/pass_runner.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using std::chrono::days;
using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class VanishForecastTest : public ::testing::Test {
 protected:
  explicit VanishForecastTest(std::vector<std::string> tables = {"a", "b"}) : world_(std::move(tables)) {
    world_.spec.clock_skew_margin = Millis(0);
  }
  std::string RemoveAt(const std::string& path, TimeMs at) {
    return fmt::format(R"({{"remove":{{"path":"{}","deletionTimestamp":{},"dataChange":true}}}})", path, ToEpochMs(at));
  }
  // A run that fills both tables with f1, f2 and f3; after it, commits of the next run, which has not ended.
  void Fill() {
    world_.CreateAll();
    world_.InRun("r1", [this] {
      for (const char* name : {"a", "b"}) {
        TestTable& table = world_.table(name);
        table.Commit({table.Add("f1"), table.Add("f2"), table.Add("f3")}, "r1");
      }
    });
    world_.clock.Advance(hours(1));
  }
  void RemoveInNextRun(const std::string& table, const std::string& path, TimeMs at) {
    if (!next_began_) {
      world_.workflows.runs["nightly"].push_back({.workflow = "nightly",
                                                  .run_id = "r2",
                                                  .start = world_.clock.WallTime(),
                                                  .end = {},
                                                  .state = RunState::kRunning});
      next_began_ = true;
    }
    world_.table(table).Commit({RemoveAt(path, at)}, "r2");
  }
  // What a pass copied out of the sources' data, in the order in which it did.
  std::vector<std::string> CopiedBySending() {
    std::vector<std::string> copied;
    world_.stores.set_hooks(
        {.before_effect = [&copied](std::string uri, StoreOperation operation, ObjectPath path) -> Task<Status> {
          const bool reads = operation == StoreOperation::kOpen || operation == StoreOperation::kGet;
          if (reads && uri.starts_with("mem://west/") && path.name()[0] == 'f') {
            copied.push_back(uri.substr(11) + "/" + path.text());
          }
          co_return Status{};
        }});
    const auto sent = world_.Send();
    EXPECT_THAT(sent, Succeeded());
    EXPECT_TRUE(sent && sent->epoch) << (sent ? sent->reason : "");
    world_.stores.set_hooks({});
    return copied;
  }
  const GroupRecord& record() { return world_.sender->book().record(); }

  World world_;
  bool next_began_ = false;
};

TEST_F(VanishForecastTest, FilesThatVanishFirstAreCopiedFirst) {
  Fill();
  const TimeMs now = world_.clock.WallTime();
  RemoveInNextRun("b", "f3", now - days(6));
  RemoveInNextRun("b", "f2", now - days(5));
  RemoveInNextRun("a", "f3", now - days(1));
  EXPECT_THAT(CopiedBySending(), ElementsAre("b/f3", "b/f2", "b/f1", "b/f0", "a/f3", "a/f1", "a/f2", "a/f0"));
  EXPECT_EQ(world_.ManifestOf(1).tables[0].name, "a");
  EXPECT_EQ(world_.ManifestOf(1).tables[1].name, "b");
  EXPECT_THAT(world_.Receive(), Succeeded());
}

// Newest commits first, as the log is read.
TEST_F(VanishForecastTest, WithoutRemovalsTheOrderOfEachTableIsItsLogs) {
  Fill();
  const std::vector<std::string> copied = CopiedBySending();
  std::map<char, std::vector<std::string>> of;
  for (const std::string& file : copied) of[file.front()].push_back(file);
  EXPECT_THAT(of['a'], ElementsAre("a/f1", "a/f2", "a/f3", "a/f0"));
  EXPECT_THAT(of['b'], ElementsAre("b/f1", "b/f2", "b/f3", "b/f0"));
  EXPECT_FALSE(world_.log.Has("may vanish"));
}

TEST_F(VanishForecastTest, PlanSaysFromWhenOnFilesMayVanish) {
  Fill();
  const TimeMs now = world_.clock.WallTime();
  RemoveInNextRun("b", "f3", now - days(6));
  RemoveInNextRun("b", "f2", now - days(5));
  const auto plan = world_.Run(world_.sender->Plan({}));
  ASSERT_THAT(plan, Succeeded());
  ASSERT_THAT(plan->tables, SizeIs(2));
  EXPECT_EQ(plan->tables[0].files_may_vanish, std::nullopt);
  EXPECT_EQ(plan->tables[1].files_may_vanish, now + days(1));
  EXPECT_EQ(plan->tables[1].vanishing_files, 2);
}

TEST_F(VanishForecastTest, TheTablesOwnRetentionCounts) {
  world_.InRun("r0", [this] {
    world_.table("a").Create(R"("delta.deletedFileRetentionDuration":"interval 2 days")");
    world_.table("b").Create();
    world_.table("a").Commit({world_.table("a").Add("f0")});
  });
  world_.clock.Advance(hours(1));
  const TimeMs now = world_.clock.WallTime();
  RemoveInNextRun("a", "f0", now);
  const auto plan = world_.Run(world_.sender->Plan({}));
  ASSERT_THAT(plan, Succeeded());
  ASSERT_THAT(plan->tables, SizeIs(2));
  EXPECT_EQ(plan->tables[0].files_may_vanish, now + days(2));
}

TEST_F(VanishForecastTest, WhatIsKeptForEverNeverVanishes) {
  world_.InRun("r0", [this] {
    world_.table("a").Create(R"("delta.deletedFileRetentionDuration":"interval 99999999 days")");
    world_.table("b").Create();
    world_.table("a").Commit({world_.table("a").Add("f0")});
  });
  world_.clock.Advance(hours(1));
  RemoveInNextRun("a", "f0", world_.clock.WallTime() - days(3'000));
  const auto plan = world_.Run(world_.sender->Plan({}));
  ASSERT_THAT(plan, Succeeded());
  EXPECT_EQ(plan->tables[0].files_may_vanish, std::nullopt);
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(world_.ManifestOf(1).tables[0].retention,
            (plan::Retention{.deleted_files = days(99'999'999), .log = days(30)}));
}

TEST_F(VanishForecastTest, APropertyThatCannotBeReadCountsAsTheDefaultAndTheOtherAsItSays) {
  world_.InRun("r0", [this] {
    world_.table("a").Create(
        R"("delta.deletedFileRetentionDuration":"interval 2 days","delta.logRetentionDuration":"interval 1 month")");
    world_.table("b").Create(
        R"("delta.deletedFileRetentionDuration":"soon","delta.logRetentionDuration":"interval 60 days")");
  });
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(world_.ManifestOf(1).tables[0].retention, (plan::Retention{.deleted_files = days(2), .log = days(30)}));
  EXPECT_EQ(world_.ManifestOf(1).tables[1].retention, (plan::Retention{.deleted_files = days(7), .log = days(60)}));
  EXPECT_TRUE(world_.log.Has("a retention property cannot be read, and counts as Delta's default table=b"));
}

// The error passes when the copy succeeds, and is there after one that failed.
TEST_F(VanishForecastTest, ACutWhoseFilesMayBeGoneIsAnErrorUntilItIsCopied) {
  Fill();
  const TimeMs now = world_.clock.WallTime();
  RemoveInNextRun("b", "f3", now - days(5));
  world_.staging().set_hooks({.before_effect = [](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
    if (operation == StoreOperation::kPutIfAbsent) co_return Fail(ErrorCode::kOutOfSpace, "full");
    co_return Status{};
  }});
  const auto fail = [this] {
    EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kOutOfSpace, "full"));
    world_.sender->book().SetStage(plan::GroupStage::kFailed);
  };
  fail();
  EXPECT_EQ(record().risk, Risk::kWarning);
  EXPECT_THAT(record().risk_text,
              HasSubstr("table 'b': removed files are kept for 7d, and files that the cut under way"));
  world_.clock.Advance(days(3));
  fail();
  EXPECT_EQ(record().risk, Risk::kError);
  world_.staging().set_hooks({});
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(record().risk, Risk::kNone);
}

TEST_F(VanishForecastTest, ACopyThatFailedLeavesTheTimeInTheStateAndSuccessTakesItAway) {
  Fill();
  const TimeMs now = world_.clock.WallTime();
  RemoveInNextRun("b", "f3", now - days(7) + hours(1));
  world_.staging().set_hooks({.before_effect = [](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
    if (operation == StoreOperation::kPutIfAbsent) co_return Fail(ErrorCode::kOutOfSpace, "full");
    co_return Status{};
  }});
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kOutOfSpace, "full"));
  EXPECT_EQ(record().files_may_vanish, now + hours(1));
  EXPECT_EQ(world_.Run(world_.west_state.Group({}, Role::kSender, "orders")).value()->files_may_vanish, now + hours(1));
  EXPECT_TRUE(world_.log.Has("files of this cut may vanish from the source group=orders table=b files=1"));
  world_.staging().set_hooks({});
  world_.sender->book().SetStage(plan::GroupStage::kFailed);
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(record().files_may_vanish, std::nullopt);
}

TEST_F(VanishForecastTest, OfAMirrorFilesBetweenCutsGoFirstAndForecastNothing) {
  World mirror({"t"}, delta::ReplicationMode::kMirror);
  mirror.FirstEpoch();
  mirror.InRun("r1", [&mirror] {
    TestTable& table = mirror.table();
    table.Commit({table.Add("f1"), table.Add("f2")}, "r1");
    table.Commit({TestTable::Remove("f2")}, "r1");
  });
  const auto plan = mirror.Run(mirror.sender->Plan({}));
  ASSERT_THAT(plan, Succeeded());
  ASSERT_THAT(plan->tables, SizeIs(1));
  EXPECT_EQ(plan->tables[0].files, 2);
  EXPECT_EQ(plan->tables[0].files_may_vanish, std::nullopt);
}

// One table that keeps removed files for 2 days and commits for 8, epoch 1 staged; passes through the runner that
// mails.
class RetentionWatchTest : public VanishForecastTest {
 protected:
  static constexpr std::string_view kRetention =
      R"("delta.deletedFileRetentionDuration":"interval 2 days","delta.logRetentionDuration":"interval 8 days")";

  RetentionWatchTest() : VanishForecastTest({"t"}) {
    world_.spec.failure_mail_to = {"ops@example.org"};
    world_.spec.rpo = days(365);  // nobody answers, and that is no matter here
    world_.Restart();
    world_.InRun("r0", [this] {
      world_.table().Create(kRetention);
      world_.table().Commit({world_.table().Add("f0")});
    });
    Pass();
  }
  void CommitProperties(std::string_view properties, const std::string& run = {}) {
    constexpr std::string_view kBefore =
        R"({"metaData":{"id":"id-of-mem://west/t","format":{"provider":"parquet","options":{}},)"
        R"("schemaString":"s","partitionColumns":[],"configuration":{)";
    world_.table().Commit({fmt::format("{}{}{}", kBefore, properties, "}}}")}, run);
  }
  void Pass() {
    EXPECT_THAT(world_.Run(runner_.Run({}, *world_.sender)).result, Succeeded());
    world_.Run(mails_.Join());
  }
  std::vector<std::string> Subjects() {
    std::vector<std::string> subjects;
    for (const TestNotifier::Told& message : world_.notifier.sent) subjects.push_back(message.subject);
    return subjects;
  }

  TaskGroup mails_{world_.loop.get_executor()};
  PassRunner runner_{world_.west, mails_};
};

TEST_F(RetentionWatchTest, ALagWarnsFromHalfOfTheLogsRetentionOnAndIsAnErrorFromTheWholeOn) {
  ASSERT_EQ(world_.ManifestOf(1).tables[0].retention, (plan::Retention{.deleted_files = days(2), .log = days(8)}));
  world_.table().Commit({world_.table().Add("f1")});
  world_.clock.Advance(days(3));
  Pass();
  EXPECT_EQ(record().risk, Risk::kNone);
  world_.clock.Advance(days(1));
  Pass();
  EXPECT_EQ(record().risk, Risk::kWarning);
  EXPECT_THAT(record().risk_text, HasSubstr("table 't': commits are kept for 8d"));
  Pass();
  EXPECT_THAT(Subjects(), ElementsAre(HasSubstr("is at risk")));
  world_.clock.Advance(days(4));
  Pass();
  EXPECT_EQ(record().risk, Risk::kError);
  world_.Restart();  // the mail is out, whatever process looks
  Pass();
  EXPECT_THAT(Subjects(), ElementsAre(HasSubstr("is at risk"), HasSubstr("may lack what its source has deleted")));
  // A run ends, the epoch goes out, and nothing threatens any more.
  world_.AppendAll("r1", "f2");
  Pass();
  EXPECT_EQ(record().risk, Risk::kNone);
  EXPECT_EQ(record().risk_notified, Risk::kNone);
  EXPECT_THAT(Subjects(), SizeIs(2));
}

TEST_F(RetentionWatchTest, WhatWasRemovedBeforeACutThatLiesAheadIsNoMatter) {
  TestTable& table = world_.table();
  table.Commit({R"({"commitInfo":{"operation":"VACUUM START"}})"});
  table.Commit({table.Add("f1")});
  table.Commit({TestTable::Remove("f0"), TestTable::Remove("f1")});
  world_.clock.Advance(days(3));
  Pass();
  EXPECT_EQ(record().risk, Risk::kNone) << record().risk_text;
}

TEST_F(RetentionWatchTest, ALengthenedRetentionEndsTheRiskOfAGroupThatIsHeld) {
  world_.table().Commit({world_.table().Add("f1")});
  world_.clock.Advance(days(9));
  Pass();
  EXPECT_EQ(record().risk, Risk::kError);
  EXPECT_THAT(record().risk_remedy, HasSubstr("lengthen the table property delta.logRetentionDuration"));
  CommitProperties(R"("delta.logRetentionDuration":"interval 60 days")");
  Pass();
  EXPECT_EQ(record().risk, Risk::kNone) << record().risk_text;
}

TEST_F(RetentionWatchTest, AShortenedRetentionIsNoticedInAGroupThatIsHeld) {
  world_.table().Commit({world_.table().Add("f1")});
  CommitProperties(R"("delta.logRetentionDuration":"interval 2 days")");
  world_.clock.Advance(hours(30));
  Pass();
  EXPECT_EQ(record().risk, Risk::kWarning);
  EXPECT_THAT(record().risk_text, HasSubstr("commits are kept for 2d, and commits since"));
}

TEST_F(RetentionWatchTest, CommitsThatWereCleanedAwayLeaveTheError) {
  world_.table().Commit({world_.table().Add("f1")});
  world_.table().Commit({world_.table().Add("f2")});
  world_.table().CleanLog();
  world_.clock.Advance(days(9));
  Pass();
  EXPECT_EQ(record().risk, Risk::kError);
}

TEST_F(RetentionWatchTest, ATableWithoutNewCommitsHasNoLag) {
  world_.clock.Advance(days(100));
  Pass();
  EXPECT_EQ(record().risk, Risk::kNone);
  world_.table().Commit({world_.table().Add("f1")});
  Pass();
  EXPECT_EQ(record().risk, Risk::kNone);
}

TEST_F(RetentionWatchTest, WhileTheCutIsYoungNoCommitIsReadAndLaterEachOnce) {
  world_.table().Commit({world_.table().Add("f1")});
  world_.clock.Advance(hours(11));
  int lists = 0;
  int reads = 0;
  world_.source().set_hooks({.before_effect = [&](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
    ++(operation == StoreOperation::kList ? lists : reads);
    co_return Status{};
  }});
  Pass();
  EXPECT_EQ(lists, 1) << "that it is there at all";
  EXPECT_EQ(reads, 0);
  world_.clock.Advance(hours(2));
  Pass();
  const int reads_once = reads;
  EXPECT_GT(reads_once, 0);
  lists = 0;
  Pass();
  EXPECT_EQ(lists, 1) << "that it is there, and how far it is ahead";
  EXPECT_EQ(reads, reads_once);
}

TEST_F(RetentionWatchTest, ThatItCannotReadASourceDoesNotFailThePass) {
  world_.table().Commit({world_.table().Add("f1")});
  world_.clock.Advance(days(9));
  world_.source().set_hooks({.before_effect = [](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
    if (operation == StoreOperation::kList) co_return Status{};  // it is in its place
    co_return Fail(ErrorCode::kUnavailable, "down");
  }});
  Pass();
  EXPECT_EQ(record().risk, Risk::kNone);
  EXPECT_TRUE(world_.log.Has("cannot be compared with its retention"));
}

TEST_F(RetentionWatchTest, ARetentionBelowTwiceTheIntervalIsAWarning) {
  world_.spec.sync_interval = days(5);
  world_.Restart();
  Pass();
  EXPECT_EQ(record().risk, Risk::kWarning);
  EXPECT_THAT(record().risk_text, HasSubstr("the group is looked at every 5d"));
}

TEST_F(RetentionWatchTest, ARetentionThatIsShortenedLaterCounts) {
  world_.InRun("r1", [this] { CommitProperties(R"("delta.logRetentionDuration":"interval 1 minute")", "r1"); });
  Pass();
  EXPECT_THAT(record().risk_text, HasSubstr("commits are kept for 1m"));
}

// A mirror of every version that keeps removed files for a week: what came and went since the last cut.
class VersionsBetweenTest : public ::testing::Test {
 protected:
  VersionsBetweenTest() : world_({"t"}, delta::ReplicationMode::kMirror) { world_.FirstEpoch(); }
  void ComeAndGo() {
    TestTable& table = world_.table();
    table.Commit({table.Add("f1")});
    const int64_t now = ToEpochMs(world_.clock.WallTime());
    table.Commit({fmt::format(R"({{"remove":{{"path":"f1","deletionTimestamp":{},"dataChange":true}}}})", now)});
  }
  const GroupRecord& record() { return world_.sender->book().record(); }

  World world_;
};

TEST_F(VersionsBetweenTest, MayBeLostWithAWarning) {
  ComeAndGo();
  world_.clock.Advance(days(3));
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(record().risk, Risk::kNone);
  world_.clock.Advance(days(1));
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(record().risk, Risk::kWarning);
  EXPECT_THAT(record().risk_text, HasSubstr("files of versions between the last cut and now may vanish from"));
  world_.clock.Advance(days(4));
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(record().risk, Risk::kWarning) << "the next cut has all it needs";
  EXPECT_THAT(record().risk_text, HasSubstr("may be gone since"));
}

TEST_F(VersionsBetweenTest, AreNoMatterWhereOnlyCutsGoOver) {
  world_.spec.tables.Edit()[0].history = plan::History::kCutsOnly;
  world_.Restart();
  ComeAndGo();
  world_.clock.Advance(days(8));
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(record().risk, Risk::kNone) << record().risk_text;
}

TEST_F(VersionsBetweenTest, AFileThatWasThereAtTheLastCutIsAtTheReplica) {
  world_.table().Commit({TestTable::Remove("f0")});
  world_.clock.Advance(days(8));
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(record().risk, Risk::kNone) << record().risk_text;
}

}  // namespace
}  // namespace lakeferry::engine
