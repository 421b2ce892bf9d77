// What an operator asks of a group: is the replica whole, and where does every side stand.
#include "engine/inquire/verifier.h"

#include "engine/inquire/version_survey.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class VerifierTest : public ::testing::Test {
 protected:
  Result<VerifyReport> Verify(bool deep = false, std::stop_token stop = {}) {
    Verifier verifier(world_.east, world_.spec);
    return world_.Run(verifier.Verify(Call{.stop = std::move(stop)}, deep));
  }
  // One problem must be found, of this object of table a.
  void ExpectProblem(bool deep, const std::string& path, const std::string& words) {
    const auto report = Verify(deep);
    ASSERT_THAT(report, Succeeded());
    EXPECT_FALSE(report->ok);
    ASSERT_EQ(report->problems.size(), 1U);
    EXPECT_EQ(report->problems[0].table, "a");
    EXPECT_EQ(report->problems[0].path, path);
    EXPECT_THAT(report->problems[0].problem, HasSubstr(words));
  }
  void Epochs() {
    world_.FirstEpoch();
    world_.AppendAll("r1", "f1");
    ASSERT_THAT(world_.Send(), Succeeded());
    ASSERT_THAT(world_.Receive(), Succeeded());
  }
  World world_{{"a", "b"}};
};

TEST_F(VerifierTest, WholeReplicaIsFoundWhole) {
  Epochs();
  for (const bool deep : {false, true}) {
    const auto report = Verify(deep);
    ASSERT_THAT(report, Succeeded());
    EXPECT_TRUE(report->ok);
    EXPECT_EQ(report->epoch, Epoch(2));
    EXPECT_EQ(report->files_checked, 4);
    EXPECT_EQ(report->bytes_checked, 40);
    EXPECT_THAT(report->problems, IsEmpty());
  }
}

TEST_F(VerifierTest, SaysHowManyEpochsThatWereNotRefusedAreStagedBeyond) {
  world_.FirstEpoch();
  const auto first = Verify();
  ASSERT_THAT(first, Succeeded());
  EXPECT_EQ(first->behind.epochs, 0);
  EXPECT_EQ(first->behind.newest, Epoch(1));
  EXPECT_EQ(first->cut_time, world_.ManifestOf(1).cut_time);

  world_.AppendAll("r1", "f1");
  ASSERT_THAT(world_.Send(), Succeeded());
  const auto behind = Verify();
  ASSERT_THAT(behind, Succeeded());
  EXPECT_TRUE(behind->ok) << "it is whole all the same";
  EXPECT_EQ(behind->epoch, Epoch(1));
  EXPECT_EQ(behind->behind.epochs, 1);
  EXPECT_EQ(behind->behind.newest, Epoch(2));
  EXPECT_EQ(behind->behind.cut_time, world_.ManifestOf(2).cut_time);

  const std::string part = world_.ManifestOf(2).tables[0].parts[0].sha256;
  world_.staging().objects().erase(plan::StagingLayout("orders").Part(Epoch(2), part).text());
  ASSERT_FALSE(world_.Receive()) << "it is refused";
  const auto refused = Verify();
  ASSERT_THAT(refused, Succeeded());
  EXPECT_EQ(refused->behind.epochs, 0);
}

TEST_F(VerifierTest, AManifestBeyondThatCannotBeReadCountsWithoutItsTime) {
  world_.FirstEpoch();
  world_.staging().Set(plan::StagingLayout("orders").Manifest(Epoch(2)).text(), "no manifest");
  const auto report = Verify();
  ASSERT_THAT(report, Succeeded());
  EXPECT_TRUE(report->ok);
  EXPECT_EQ(report->behind.epochs, 1);
  EXPECT_EQ(report->behind.cut_time, std::nullopt);
}

TEST_F(VerifierTest, ChecksumsOfReleasedEpochsAreStillKnown) {
  Epochs();
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Staged("orders/data/"), IsEmpty());
  EXPECT_TRUE(Verify(true)->ok);
}

TEST_F(VerifierTest, MissingFileIsFound) {
  Epochs();
  world_.target("a").objects().erase("f1");
  ExpectProblem(false, "f1", "missing");
  ExpectProblem(true, "f1", "missing");
}

TEST_F(VerifierTest, WrongSizeIsFound) {
  Epochs();
  world_.target("a").Set("f0", "short");
  ExpectProblem(false, "f0", "has 5 bytes, the log says 10");
}

TEST_F(VerifierTest, WrongContentIsFoundOnlyByTheDeepCheck) {
  Epochs();
  world_.target("a").Set("f0", "DATA OF f0");
  EXPECT_TRUE(Verify(false)->ok);
  ExpectProblem(true, "f0", "CRC-64");
}

TEST_F(VerifierTest, FileThatNoManifestKnowsIsAProblemOfTheDeepCheck) {
  Epochs();
  TestTable foreign(&world_.target("a"), &world_.clock);
  const std::string name = TestTable::LogName(1);
  world_.target("a").Set(name, world_.Text(world_.target("a"), name) + foreign.Add("stranger") + "\n");
  ExpectProblem(false, "_delta_log", "its live files are not those that were sent");
  const auto deep = Verify(true);
  ASSERT_THAT(deep, Succeeded());
  ASSERT_EQ(deep->problems.size(), 2U);
  EXPECT_EQ(deep->problems[1].path, "stranger");
  EXPECT_THAT(deep->problems[1].problem, HasSubstr("no manifest holds its checksum"));
}

TEST_F(VerifierTest, LostPartOfAManifestIsAProblemOfTheFilesItNames) {
  Epochs();
  const std::string part = world_.ManifestOf(2).tables[0].parts[0].sha256;
  world_.staging().objects().erase(plan::StagingLayout("orders").Part(Epoch(2), part).text());
  EXPECT_TRUE(Verify(false)->ok);
  ExpectProblem(true, "f1", "no manifest holds its checksum");
}

TEST_F(VerifierTest, LostPartOfARefusedEpochIsNoProblem) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ASSERT_THAT(world_.Send(), Succeeded());
  const std::string part = world_.ManifestOf(2).tables[0].parts[0].sha256;
  world_.staging().objects().erase(plan::StagingLayout("orders").Part(Epoch(2), part).text());
  ASSERT_FALSE(world_.Receive());
  world_.receiver->book().SetStage(plan::GroupStage::kFailed);
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Receive(), Succeeded());
  const auto report = Verify(true);
  ASSERT_THAT(report, Succeeded());
  EXPECT_EQ(report->epoch, Epoch(3));
  EXPECT_TRUE(report->ok);
}

TEST_F(VerifierTest, LaterVersionsOfTheReplicaAreNotWhatIsVerified) {
  Epochs();
  TestTable foreign(&world_.target("a"), &world_.clock);
  foreign.next_ = 2;
  foreign.Commit({foreign.AddAgain("not there")});
  EXPECT_TRUE(Verify(true)->ok);
}

TEST_F(VerifierTest, LogFileOfAVersionThatIsNotThereIsFound) {
  Epochs();
  for (const auto* name : {"_delta_log/00000000000000000002.crc", "_delta_log/00000000000000000002.checkpoint.parquet",
                           "_delta_log/.00000000000000000002.json.crc"}) {
    world_.target("a").Set(name, "somebody's");
    ExpectProblem(false, name, "somebody else has left it");
    world_.target("a").objects().erase(name);
  }
  world_.target("a").Set("_delta_log/_last_checkpoint", R"({"version":2,"size":1})");
  ExpectProblem(false, "_delta_log/_last_checkpoint", "leads readers astray");
}

TEST_F(VerifierTest, ChecksumOfAVersionIsNotAMirrorsOwn) {
  World mirror({"t"}, delta::ReplicationMode::kMirror);
  mirror.FirstEpoch();
  mirror.target().Set("_delta_log/00000000000000000001.crc", "{}");
  const auto report = mirror.Run(Verifier(mirror.east, mirror.spec).Verify({}, true));
  ASSERT_THAT(report, Succeeded());
  ASSERT_EQ(report->problems.size(), 1U);
  EXPECT_EQ(report->problems[0].path, "_delta_log/00000000000000000001.crc");
}

TEST_F(VerifierTest, ReplicaThatIsGoneIsAProblemAndNoError) {
  Epochs();
  world_.target("a").objects().clear();
  ExpectProblem(false, "_delta_log", "there is no table here");
}

TEST_F(VerifierTest, TableThatIsNotConfiguredAnyMoreIsAProblem) {
  Epochs();
  std::vector<plan::TableSpec>& tables = world_.spec.tables.Edit();
  tables.erase(tables.begin());
  ExpectProblem(false, "", "not configured here");
}

TEST_F(VerifierTest, BeforeTheFirstEpochThereIsNothingToVerify) {
  EXPECT_THAT(Verify(), FailedWith(ErrorCode::kNotFound, "'orders' has no applied epoch yet"));
}

TEST_F(VerifierTest, RefusedEpochIsNotWhatIsVerified) {
  world_.FirstEpoch();
  const plan::Receipt refusal{.group = "orders", .epoch = Epoch(2), .applied = false};
  world_.staging().Set("orders/receipts/00000000000000000002", plan::WriteReceipt(refusal));
  EXPECT_EQ(Verify()->epoch, Epoch(1));
}

TEST_F(VerifierTest, UnreachableStoreIsAnError) {
  Epochs();
  world_.target("a").set_hooks({.before_effect = [](std::string, StoreOperation, ObjectPath) -> Task<Status> {
    co_return Fail(ErrorCode::kUnavailable, "down");
  }});
  EXPECT_THAT(Verify(), FailedWith(ErrorCode::kUnavailable, "down"));
}

TEST_F(VerifierTest, StopIsAnError) {
  Epochs();
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THAT(Verify(true, stop.get_token()), FailedWith(ErrorCode::kCancelled, "stopped"));
}

TEST_F(VerifierTest, StopAmongTheFilesIsAnErrorToo) {
  Epochs();
  std::stop_source stop;
  world_.target("b").set_hooks({.before_effect = [&](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
    if (at == StoreOperation::kHead && path.text() == "f0") stop.request_stop();
    co_return Status{};
  }});
  EXPECT_THAT(Verify(false, stop.get_token()), FailedWith(ErrorCode::kCancelled, "stopped"));
  EXPECT_TRUE(stop.stop_requested());
}

class VersionSurveyTest : public VerifierTest {
 protected:
  // The line of table a.
  TableVersions Survey() {
    const VersionsReport report = world_.Run(SurveyVersions({}, world_.east, world_.spec));
    EXPECT_EQ(report.group, "orders");
    EXPECT_EQ(report.tables.size(), 2U);
    return report.tables.empty() ? TableVersions() : report.tables[0];
  }
  void TakeDown(MemoryStore& store) {
    store.set_hooks({.before_effect = [](std::string, StoreOperation, ObjectPath) -> Task<Status> {
      co_return Fail(ErrorCode::kUnavailable, "down");
    }});
  }
};

TEST_F(VersionSurveyTest, EverySideIsShown) {
  Epochs();
  world_.AppendAll("r2", "f2");
  ASSERT_THAT(world_.Send(), Succeeded());
  world_.table("a").Commit({});
  const TableVersions line = Survey();
  EXPECT_EQ(line.table, "a");
  EXPECT_EQ(line.source_version, Version(4));
  EXPECT_EQ(line.staged_version, Version(3));
  EXPECT_EQ(line.applied_version, Version(2));
  EXPECT_EQ(line.replica_version, Version(1));
  EXPECT_THAT(line.unreachable, IsEmpty());
}

TEST_F(VersionSurveyTest, UnreachableSideIsAnAnswer) {
  Epochs();
  TakeDown(world_.source("a"));
  TableVersions line = Survey();
  EXPECT_EQ(line.source_version, std::nullopt);
  EXPECT_EQ(line.replica_version, Version(1));
  EXPECT_THAT(line.unreachable, ElementsAre(HasSubstr("source: down")));
  TakeDown(world_.staging());
  line = Survey();
  EXPECT_EQ(line.staged_version, std::nullopt);
  EXPECT_EQ(line.applied_version, std::nullopt);
  EXPECT_THAT(line.unreachable, ElementsAre(HasSubstr("source"), HasSubstr("staging: down")));
}

TEST_F(VersionSurveyTest, NewestManifestThatCannotBeReadIsAnAnswer) {
  Epochs();
  world_.staging().Set(plan::StagingLayout("orders").Manifest(Epoch(2)).text(), "no manifest");
  const TableVersions line = Survey();
  EXPECT_EQ(line.staged_version, std::nullopt);
  EXPECT_EQ(line.replica_version, Version(1));
  EXPECT_THAT(line.unreachable, ElementsAre(HasSubstr("staging: ")));
}

TEST_F(VersionSurveyTest, BeforeTheFirstEpochOnlyTheSourceIsThere) {
  world_.CreateAll();
  const TableVersions line = Survey();
  EXPECT_EQ(line.source_version, Version(1));
  EXPECT_EQ(line.staged_version, std::nullopt);
  EXPECT_EQ(line.replica_version, std::nullopt);
  EXPECT_THAT(line.unreachable, IsEmpty()) << "a replica that was never written is nothing to complain of";
}

TEST_F(VersionSurveyTest, ReplicaThatIsGoneIsNamed) {
  Epochs();
  world_.target("a").objects().clear();
  EXPECT_THAT(Survey().unreachable, ElementsAre(HasSubstr("replica: there is no table here")));
}

}  // namespace
}  // namespace lakeferry::engine
