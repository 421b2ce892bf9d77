// What the source removes after a cut: said beforehand, and copied first; and whether it keeps what was not sent.
#include "engine/vanish_forecast.h"

#include <fmt/format.h>

#include "engine/pass_runner.h"
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
          if (operation == StoreOperation::kOpenRead && uri.starts_with("mem://west/") && path.name()[0] == 'f') {
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
  EXPECT_THAT(CopiedBySending(), ElementsAre("b/f3", "b/f2", "b/f0", "b/f1", "a/f3", "a/f0", "a/f1", "a/f2"));
  EXPECT_EQ(world_.ManifestOf(1).tables[0].name, "a");
  EXPECT_EQ(world_.ManifestOf(1).tables[1].name, "b");
  EXPECT_THAT(world_.Receive(), Succeeded());
}

TEST_F(VanishForecastTest, WithoutRemovalsTheOrderIsTheTables) {
  Fill();
  EXPECT_THAT(CopiedBySending(), ElementsAre("a/f0", "a/f1", "a/f2", "a/f3", "b/f0", "b/f1", "b/f2", "b/f3"));
  EXPECT_FALSE(world_.log.Has("may vanish"));
}

TEST_F(VanishForecastTest, PlanSaysFromWhenOnFilesMayVanish) {
  Fill();
  const TimeMs now = world_.clock.WallTime();
  RemoveInNextRun("b", "f3", now - days(6));
  RemoveInNextRun("b", "f2", now - days(5));
  const auto plan = world_.Run(world_.sender->Plan());
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
  const auto plan = world_.Run(world_.sender->Plan());
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
  const auto plan = world_.Run(world_.sender->Plan());
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

TEST_F(VanishForecastTest, ACopyThatFailedLeavesTheTimeInTheStateAndSuccessTakesItAway) {
  Fill();
  const TimeMs now = world_.clock.WallTime();
  RemoveInNextRun("b", "f3", now - days(7) + hours(1));
  world_.staging().set_hooks({.before_effect = [](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
    if (operation == StoreOperation::kCommit) co_return Fail(ErrorCode::kOutOfSpace, "full");
    co_return Status{};
  }});
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kOutOfSpace, "full"));
  EXPECT_EQ(record().files_may_vanish, now + hours(1));
  EXPECT_EQ(world_.Run(world_.west_state.Group(Role::kSender, "orders")).value()->files_may_vanish, now + hours(1));
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
  const auto plan = mirror.Run(mirror.sender->Plan());
  ASSERT_THAT(plan, Succeeded());
  ASSERT_THAT(plan->tables, SizeIs(1));
  EXPECT_EQ(plan->tables[0].files, 2);
  EXPECT_EQ(plan->tables[0].files_may_vanish, std::nullopt);
}

// One table that keeps removed files for 8 days, epoch 1 staged; passes through the runner that mails.
class RetentionWatchTest : public VanishForecastTest {
 protected:
  RetentionWatchTest() : VanishForecastTest({"t"}) {
    world_.spec.failure_mail_to = {"ops@example.org"};
    world_.Restart();
    world_.InRun("r0", [this] {
      world_.table().Create(R"("delta.deletedFileRetentionDuration":"interval 8 days")");
      world_.table().Commit({world_.table().Add("f0")});
    });
    Pass();
  }
  void Pass() {
    EXPECT_THAT(world_.Run(runner_.Run(*world_.sender, {})).result, Succeeded());
    world_.Run(mails_.Join());
  }
  std::vector<std::string> Subjects() {
    std::vector<std::string> subjects;
    for (const Message& message : world_.notifier.sent) subjects.push_back(message.subject);
    return subjects;
  }

  TaskGroup mails_{world_.loop.get_executor()};
  PassRunner runner_{world_.west, mails_};
};

TEST_F(RetentionWatchTest, ALagWarnsFromHalfOfTheRetentionOnAndIsAnErrorFromTheWholeOn) {
  ASSERT_EQ(world_.ManifestOf(1).tables[0].retention, (plan::Retention{.deleted_files = days(8), .log = days(30)}));
  world_.table().Commit({world_.table().Add("f1")});
  world_.clock.Advance(days(3));
  Pass();
  EXPECT_EQ(record().risk, Risk::kNone);
  world_.clock.Advance(days(1));
  Pass();
  EXPECT_EQ(record().risk, Risk::kWarning);
  EXPECT_THAT(record().risk_text, HasSubstr("table 't': removed files are kept for 8d"));
  Pass();
  EXPECT_THAT(Subjects(), ElementsAre(HasSubstr("is at risk")));
  world_.clock.Advance(days(4));
  Pass();
  EXPECT_EQ(record().risk, Risk::kError);
  world_.Restart();  // the mail is out, whatever process looks
  Pass();
  EXPECT_THAT(Subjects(), ElementsAre(HasSubstr("is at risk"), HasSubstr("may have lost files")));
  // A run ends, the epoch goes out, and nothing threatens any more.
  world_.AppendAll("r1", "f2");
  Pass();
  EXPECT_EQ(record().risk, Risk::kNone);
  EXPECT_EQ(record().risk_notified, Risk::kNone);
  EXPECT_THAT(Subjects(), SizeIs(2));
}

TEST_F(RetentionWatchTest, ATableWithoutNewCommitsHasNoLag) {
  world_.clock.Advance(days(100));
  Pass();
  EXPECT_EQ(record().risk, Risk::kNone);
  world_.table().Commit({world_.table().Add("f1")});
  Pass();
  EXPECT_EQ(record().risk, Risk::kNone);
}

TEST_F(RetentionWatchTest, WhileTheCutIsYoungNoSourceIsRead) {
  world_.table().Commit({world_.table().Add("f1")});
  world_.clock.Advance(days(1));
  int reads = 0;
  world_.source().set_hooks({.before_effect = [&reads](std::string, StoreOperation, ObjectPath) -> Task<Status> {
    ++reads;
    co_return Status{};
  }});
  Pass();
  EXPECT_EQ(reads, 0);
  world_.clock.Advance(days(9));
  Pass();
  EXPECT_EQ(reads, 1);
}

TEST_F(RetentionWatchTest, ASourceThatCannotBeListedDoesNotFailThePass) {
  world_.clock.Advance(days(9));
  world_.source().set_hooks({.before_effect = [](std::string, StoreOperation, ObjectPath) -> Task<Status> {
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
  world_.InRun("r1", [this] {
    world_.table().Commit(
        {R"({"metaData":{"id":"id-of-mem://west/t","format":{"provider":"parquet","options":{}},"schemaString":"s",)"
         R"("partitionColumns":[],"configuration":{"delta.logRetentionDuration":"interval 1 minute"}}})"},
        "r1");
  });
  Pass();
  EXPECT_THAT(record().risk_text, HasSubstr("commits are kept for 1m"));
}

}  // namespace
}  // namespace lakeferry::engine
