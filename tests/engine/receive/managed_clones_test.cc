// Managed tables that a warehouse clones from the replicas: what is cloned when, what is recorded of it, and what a
// crash, a refusal or a stop between two clones leaves.
#include "engine/inquire/warehouse_check.h"
#include "tests/engine/receive/receiver_fixture.h"
#include "tests/engine/warehouse_double.h"

namespace lakeferry::engine {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ManagedClonesTest : public GroupReceiverTest, public ::testing::WithParamInterface<delta::ReplicationMode> {
 protected:
  ManagedClonesTest() : GroupReceiverTest(GetParam()) {
    for (plan::TableSpec& table : world_.spec.tables.Edit()) {
      table.target_uri = "s3://dr/" + table.name;
      table.name = "m.r." + table.name;
    }
    world_.spec.sql_clone = true;
    world_.east.warehouses = &warehouse_;
    world_.Restart();
  }
  // A run that adds a file to each of these tables, sent.
  void Sent(int64_t epoch, const std::vector<std::string>& tables = {"a", "b"}) {
    const std::string run = "r" + std::to_string(epoch);
    if (epoch == 1) {
      world_.CreateAll(run);
    } else {
      world_.InRun(run, [&] {
        for (const std::string& table : tables) {
          world_.table(table).Commit({world_.table(table).Add("f" + std::to_string(epoch))}, run);
        }
      });
    }
    ExpectSent(epoch);
  }
  void First() {
    Sent(1);
    ExpectReceived(1);
    warehouse_.statements.clear();
  }
  GroupRecord Stored() { return world_.Run(world_.east_state.Group({}, Role::kReceiver, "orders")).value().value(); }
  EpochRecord Newest() { return Records().front(); }
  int64_t ReplicaVersion(const std::string& table) {
    int64_t version = -1;
    while (world_.stores.At("s3://dr/" + table).objects().contains(TestTable::LogName(version + 1))) ++version;
    return version;
  }
  // Every managed table is a clone of its replica as it is, and that is on record.
  void ExpectCloned(int64_t epoch) {
    const EpochRecord newest = Newest();
    EXPECT_EQ(newest.epoch, Epoch(epoch));
    EXPECT_EQ(newest.state, EpochState::kApplied);
    const auto receipt = world_.ReceiptOf(epoch);
    ASSERT_TRUE(receipt && receipt->applied);
    for (size_t i = 0; i < 2; ++i) {
      const std::string name = i == 0 ? "a" : "b";
      const auto managed = static_cast<int64_t>(warehouse_.tables["m.r." + name].size()) - 1;
      EXPECT_EQ(warehouse_.CloneOf("m.r." + name), ReplicaVersion(name)) << name;
      EXPECT_EQ(newest.tables[i].managed_version, Version(managed)) << name;
      EXPECT_EQ(receipt->tables[i].managed_version, Version(managed)) << name;
    }
    EXPECT_EQ(Journal(), "");
    EXPECT_EQ(Stored().torn_since, std::nullopt);
  }
  // The replicas stand at the epoch, and nothing says that it is applied.
  void ExpectNotApplied(int64_t epoch) {
    EXPECT_FALSE(world_.ReceiptOf(epoch));
    EXPECT_NE(Journal(), "");
    for (const EpochRecord& record : Records()) EXPECT_LT(record.epoch, Epoch(epoch));
    EXPECT_EQ(Stored().epoch, Epoch(epoch - 1));
  }
  // Fails the statements that have `text` in them.
  WarehouseDouble::Hook FailAll(const std::string& text, ErrorCode code) {
    return [text, code](std::string statement) -> Task<Status> {
      if (statement.find(text) == std::string::npos) co_return Status{};
      co_return Fail(code, "the warehouse is out of order");
    };
  }
  std::vector<plan::Finding> Check() { return world_.Run(CheckWarehouse({}, world_.east, world_.spec)); }
  static std::string Text(const std::vector<plan::Finding>& findings) {
    std::string text;
    for (const plan::Finding& finding : findings) {
      text += fmt::format("{} {}\n", finding.severity == plan::Severity::kError ? "error" : "info", finding.what);
    }
    return text;
  }

  WarehouseDouble warehouse_{world_.stores, world_.clock};
};

TEST_P(ManagedClonesTest, WhatHasNoReplicaHereIsRefusedByName) {
  First();
  TablePosition unknown;
  unknown.table = "m.r.gone";
  unknown.replica_version = Version(1);
  TablePosition nowhere;
  nowhere.table = "m.r.a";
  for (const TablePosition& position : {unknown, nowhere}) {
    GroupBook book(world_.east, world_.spec, Role::kReceiver);
    book.SetStage(plan::GroupStage::kRecovering);
    book.SetStage(plan::GroupStage::kCommitting);
    BookMeter meter(world_.east, book);
    ManagedClones clones(world_.east, world_.spec, book, meter);
    EpochRecord record = Newest();
    record.tables = {position};
    EXPECT_THAT(world_.Run(clones.Refresh({}, {}, record)), FailedWith(ErrorCode::kRefused, position.table));
  }
  EXPECT_TRUE(warehouse_.statements.empty());
}

TEST_P(ManagedClonesTest, EveryEpochIsClonedOnceItIsInAllReplicas) {
  Sent(1);
  warehouse_.before = [this](std::string statement) -> Task<Status> {
    EXPECT_TRUE(ReplicaVersion("a") >= 0 && ReplicaVersion("b") >= 0) << statement;
    const std::string receipt = plan::StagingLayout("orders").Receipt(Epoch(1)).text();
    EXPECT_FALSE(world_.staging().objects().contains(receipt)) << statement;
    co_return Status{};
  };
  ExpectReceived(1);
  ExpectCloned(1);
  EXPECT_EQ(warehouse_.Count("DEEP CLONE"), 2);
  warehouse_.before = nullptr;
  warehouse_.statements.clear();
  Sent(2);
  ExpectReceived(2);
  ExpectCloned(2);
  EXPECT_EQ(warehouse_.Count("DEEP CLONE"), 2);
  EXPECT_TRUE(world_.log.Has("managed table cloned"));
  warehouse_.statements.clear();
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_THAT(warehouse_.statements, IsEmpty()) << "nothing new, nothing asked";
}

TEST_P(ManagedClonesTest, ATableThatTheEpochDoesNotChangeIsLeftAsItIs) {
  First();
  Sent(2, {"a"});
  ExpectReceived(2);
  ExpectCloned(2);
  EXPECT_EQ(warehouse_.Count("`m`.`r`.`b`"), 0);
  EXPECT_EQ(Newest().torn, Millis(0)) << "one table";
  EXPECT_EQ(Newest().tables[1].managed_version, Version(0));
}

TEST_P(ManagedClonesTest, AllAreLookedAtBeforeOneIsCloned) {
  First();
  Sent(2);
  ExpectReceived(2);
  ASSERT_EQ(warehouse_.statements.size(), 6U);
  for (size_t i = 0; i < 2; ++i) EXPECT_THAT(warehouse_.statements[i], HasSubstr("DESCRIBE HISTORY"));
}

TEST_P(ManagedClonesTest, TheTornTimeIsFromTheFirstCloneToTheLastByTheirHistories) {
  First();
  Sent(2);
  std::optional<TimeMs> seen;
  warehouse_.before = [&](std::string statement) -> Task<Status> {
    if (statement.find("DEEP CLONE") == std::string::npos) co_return Status{};
    const auto record = co_await world_.east_state.Group({}, Role::kReceiver, "orders");
    if (record && *record) seen = (*record)->torn_since;
    world_.clock.Advance(seconds(7));
    co_return Status{};
  };
  const TimeMs before = world_.clock.WallTime();
  ExpectReceived(2);
  EXPECT_EQ(Newest().torn, seconds(7)) << "neither what came before the first clone nor what came behind the last";
  EXPECT_EQ(Stored().torn, seconds(7));
  ASSERT_TRUE(seen) << "a crash there leaves it on record";
  EXPECT_GE(*seen, before);
  EXPECT_EQ(Stored().torn_since, std::nullopt);
}

TEST_P(ManagedClonesTest, ClonesThatTakeHoursAreWorkThatIsSeen) {
  First();
  Sent(2);
  std::vector<TimeMs> seen;
  warehouse_.before = [&](std::string) -> Task<Status> {
    const auto record = co_await world_.east_state.Group({}, Role::kReceiver, "orders");
    if (record && *record) seen.push_back((*record)->alive.value_or(TimeMs()));
    EXPECT_EQ(world_.receiver->book().stage(), plan::GroupStage::kCloning);
    world_.clock.Advance(hours(1));
    co_return Status{};
  };
  ExpectReceived(2);
  ASSERT_EQ(seen.size(), 6U);
  EXPECT_GT(seen.back(), seen.front() + hours(3));
}

TEST_P(ManagedClonesTest, ATableThatFailsHoldsTheReceiptAndNotTheOtherTables) {
  First();
  Sent(2);
  warehouse_.before = FailAll("TABLE `m`.`r`.`a` DEEP", ErrorCode::kUnavailable);
  const auto failed = world_.Receive();
  EXPECT_THAT(failed,
              FailedWith(ErrorCode::kUnavailable, "1 of 2 managed tables are not cloned: managed table 'm.r.a'"));
  EXPECT_THAT(failed.error().message, HasSubstr("epoch 2 is in the replicas"));
  NoteFailure();
  ExpectNotApplied(2);
  EXPECT_EQ(warehouse_.CloneOf("m.r.b"), ReplicaVersion("b"));
  EXPECT_TRUE(world_.receiver->book().record().torn_since) << "b is there, and a is not";
  warehouse_.before = nullptr;
  warehouse_.statements.clear();
  world_.clock.Advance(hours(3));
  ExpectReceived(2);
  ExpectCloned(2);
  EXPECT_EQ(warehouse_.Count("TABLE `m`.`r`.`b` DEEP"), 0) << "its history shows it";
  EXPECT_GE(Newest().torn, hours(3));
}

TEST_P(ManagedClonesTest, ACrashBetweenTwoClonesIsRolledForward) {
  First();
  Sent(2);
  // It is made, and nobody hears of it any more.
  warehouse_.after = FailAll("TABLE `m`.`r`.`a` DEEP", ErrorCode::kUnavailable);
  warehouse_.before = FailAll("TABLE `m`.`r`.`b` DEEP", ErrorCode::kUnavailable);
  ASSERT_FALSE(world_.Receive());
  world_.Restart();
  ExpectNotApplied(2);
  EXPECT_TRUE(Stored().torn_since);
  warehouse_.after = warehouse_.before = nullptr;
  warehouse_.statements.clear();
  world_.clock.Advance(hours(1));
  ExpectReceived(2);
  ExpectCloned(2);
  EXPECT_EQ(warehouse_.Count("TABLE `m`.`r`.`a` DEEP"), 0);
  EXPECT_GE(Newest().torn, hours(1));
}

TEST_P(ManagedClonesTest, WhatMayBeOfAnOlderReplicaIsClonedAgain) {
  Sent(1);
  warehouse_.after = FailAll("TABLE `m`.`r`.`a` DEEP", ErrorCode::kUnavailable);
  ASSERT_FALSE(world_.Receive());
  NoteFailure();
  warehouse_.after = nullptr;
  warehouse_.statements.clear();
  ExpectReceived(1);
  ExpectCloned(1);
  EXPECT_EQ(warehouse_.Count("TABLE `m`.`r`.`a` DEEP"), 1) << "no record says what was there before";
}

TEST_P(ManagedClonesTest, AWarehouseThatIsAwayHoldsTheNextEpochs) {
  First();
  Sent(2);
  warehouse_.before = FailAll("", ErrorCode::kUnavailable);
  ASSERT_FALSE(world_.Receive());
  NoteFailure();
  ExpectNotApplied(2);
  EXPECT_EQ(world_.receiver->book().record().torn_since, std::nullopt) << "no managed table is at the epoch";
  const int64_t at = ReplicaVersion("a");
  const auto again = world_.Receive();
  EXPECT_FALSE(again);
  EXPECT_EQ(ReplicaVersion("a"), at);
  NoteFailure();
  warehouse_.before = nullptr;
  ExpectReceived(2);
  ExpectCloned(2);
  Sent(3);
  ExpectReceived(3);
  ExpectCloned(3);
}

TEST_P(ManagedClonesTest, WhatWasNotClonedIsTornOnlyUntilTheHistoriesAreReadAgain) {
  First();
  Sent(2);
  warehouse_.before = FailAll("DEEP CLONE", ErrorCode::kUnauthorized);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnauthorized, "2 of 2 managed tables"));
  EXPECT_TRUE(world_.receiver->book().record().torn_since) << "an error does not say that nothing was done";
  NoteFailure();
  ExpectNotApplied(2);
  world_.clock.Advance(hours(3));
  const TimeMs later = world_.clock.WallTime();
  std::optional<TimeMs> seen;
  warehouse_.before = [&](std::string statement) -> Task<Status> {
    const auto record = co_await world_.east_state.Group({}, Role::kReceiver, "orders");
    if (statement.find("DEEP CLONE") != std::string::npos) seen = record.value().value().torn_since;
    co_return Status{};
  };
  ExpectReceived(2);
  EXPECT_GE(seen, later);
  EXPECT_LT(Newest().torn, seconds(1));
}

TEST_P(ManagedClonesTest, AStopBetweenTwoClonesIsNoFailureAndTheNextPassGoesOn) {
  First();
  Sent(2);
  world_.east.limits.clones_at_once_max = 1;
  world_.Restart();
  std::stop_source stop;
  warehouse_.after = [&](std::string statement) -> Task<Status> {
    if (statement.find("DEEP CLONE") != std::string::npos) stop.request_stop();
    co_return Status{};
  };
  EXPECT_THAT(world_.Receive(stop.get_token()), FailedWith(ErrorCode::kCancelled, ""));
  EXPECT_EQ(warehouse_.Count("DEEP CLONE"), 1);
  world_.Restart();
  ExpectNotApplied(2);
  EXPECT_TRUE(Stored().torn_since);
  ExpectReceived(2);
  ExpectCloned(2);
}

TEST_P(ManagedClonesTest, WhatSomebodyElseWroteIsNotWrittenOver) {
  First();
  warehouse_.Write("m.r.b", "WRITE");
  Sent(2);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "version 1 of the managed table 'm.r.b'"));
  EXPECT_EQ(warehouse_.Count("DEEP CLONE"), 0) << "nor is the other table cloned";
  NoteFailure();
  ExpectNotApplied(2);
  warehouse_.tables.erase("m.r.b");
  ExpectReceived(2);
  ExpectCloned(2);
}

TEST_P(ManagedClonesTest, ATableThatWasThereBeforeIsTakenOnlyWhereItIsEmpty) {
  warehouse_.Write("m.r.a", "CREATE TABLE");
  warehouse_.Write("m.r.b", "CREATE TABLE AS SELECT");
  Sent(1);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "'m.r.b'"));
  NoteFailure();
  warehouse_.tables.erase("m.r.b");
  ExpectReceived(1);
  ExpectCloned(1);
}

TEST_P(ManagedClonesTest, UpkeepOfTheCatalogIsNobodysWriting) {
  First();
  warehouse_.Write("m.r.a", "OPTIMIZE");
  warehouse_.Write("m.r.a", "VACUUM START");
  Sent(2);
  ExpectReceived(2);
  ExpectCloned(2);
}

TEST_P(ManagedClonesTest, AHistoryThatDoesNotShowTheCloneIsNoProof) {
  First();
  Sent(2);
  warehouse_.after = [this](std::string statement) -> Task<Status> {
    if (statement.find("TABLE `m`.`r`.`a` DEEP") != std::string::npos) warehouse_.tables["m.r.a"].pop_back();
    co_return Status{};
  };
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kUnavailable, "its history shows a clone of version"));
  NoteFailure();
  ExpectNotApplied(2);
}

TEST_P(ManagedClonesTest, AnAnswerThatIsNoneIsTriedAgainAndNoDamageOfTheEpoch) {
  First();
  Sent(2);
  warehouse_.before = FailAll("DEEP CLONE", ErrorCode::kCorruptData);
  const auto failed = world_.Receive();
  EXPECT_THAT(failed, FailedWith(ErrorCode::kUnavailable, "out of order"));
  EXPECT_THAT(failed.error().remedy, Not(HasSubstr("restore what is named")));
}

TEST_P(ManagedClonesTest, AGroupThatIsToBeClonedFromNowOnHasAllItsTablesClonedWithTheNextEpoch) {
  world_.spec.sql_clone = false;
  world_.Restart();
  First();
  EXPECT_THAT(warehouse_.tables, IsEmpty());
  EXPECT_EQ(Newest().tables[0].managed_version, std::nullopt);
  world_.spec.sql_clone = true;
  world_.Restart();
  Sent(2, {"a"});
  ExpectReceived(2);
  ExpectCloned(2);
}

TEST_P(ManagedClonesTest, WhatWasClonedIsLearntFromTheReceiptAfterTheMetadataStoreIsLost) {
  First();
  world_.east_state.Clear();
  world_.Restart();
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(Newest().tables[0].managed_version, Version(0));
  warehouse_.statements.clear();
  Sent(2, {"a"});
  ExpectReceived(2);
  ExpectCloned(2);
  EXPECT_EQ(warehouse_.Count("`m`.`r`.`b`"), 0);
}

TEST_P(ManagedClonesTest, WithoutAWarehouseNothingIsAppliedAndItIsSaid) {
  Sent(1);
  warehouse_.configured = false;
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kInvalidArgument, "which warehouse clones the tables"));
  EXPECT_FALSE(world_.ReceiptOf(1));
  EXPECT_THAT(Text(Check()), HasSubstr("error nothing says which warehouse"));
  world_.spec.sql_clone = false;
  EXPECT_THAT(Check(), IsEmpty());
}

TEST_P(ManagedClonesTest, CheckTellsTheWarehouseAndWhatItCanRead) {
  EXPECT_THAT(Text(Check()), AllOf(HasSubstr("info the test's warehouse ('dr') was RUNNING and runs statements"),
                                   HasSubstr("reads 0 of 2 replicas"), HasSubstr("is not known: m.r.a, m.r.b"),
                                   Not(HasSubstr("error"))));
  First();
  EXPECT_THAT(Text(Check()),
              AllOf(HasSubstr("reads 2 of 2 replicas"), Not(HasSubstr("not known")), Not(HasSubstr("error"))));
  EXPECT_EQ(warehouse_.Count("CLONE"), 0);
}

TEST_P(ManagedClonesTest, CheckNamesWhatWouldStandInTheWay) {
  First();
  warehouse_.Write("m.r.b", "DELETE");
  EXPECT_THAT(Text(Check()), HasSubstr("error managed table 'm.r.b': version 1 of the managed table"));
  warehouse_.before = FailAll("delta.`s3://dr/a`", ErrorCode::kUnauthorized);
  EXPECT_THAT(Text(Check()), AllOf(HasSubstr("error managed table 'm.r.a': the warehouse is out of order"),
                                   HasSubstr("reads 1 of 2 replicas")));
  warehouse_.before = FailAll("SELECT 1", ErrorCode::kUnavailable);
  EXPECT_THAT(Text(Check()), AllOf(HasSubstr("error the test's warehouse: the warehouse is out of order"),
                                   Not(HasSubstr("replicas"))));
  warehouse_.missing = Error{.code = ErrorCode::kNotFound, .message = "no such warehouse"};
  EXPECT_THAT(Text(Check()), HasSubstr("error the test's warehouse: no such warehouse"));
}

INSTANTIATE_TEST_SUITE_P(Modes, ManagedClonesTest,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror),
                         [](const auto& mode) { return std::string(delta::ReplicationModeName(mode.param)); });

}  // namespace
}  // namespace lakeferry::engine
