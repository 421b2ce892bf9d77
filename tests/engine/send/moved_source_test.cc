// A source folder that lies elsewhere now: its group goes on where the table there is the same, and only there.
#include "engine/send/moved_sources.h"

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kOld = "mem://west/t";
const std::string kNew = "mem://west/lake/t";

class MovedSourceTest : public ::testing::TestWithParam<delta::ReplicationMode> {
 protected:
  MemoryStore& moved() { return world_.stores.At(kNew); }
  TestTable& table() { return world_.table(); }

  // As `mv` does. What is written from then on is written there.
  void Move(bool configured = true) {
    for (auto& [name, object] : world_.source().objects()) moved().objects()[name] = object;
    world_.source().objects().clear();
    there_.emplace(&moved(), &world_.clock);
    there_->next_ = table().next_;
    world_.spec.tables.Edit()[0].source_uri = kNew;
    world_.spec.sources_moved = configured;
    world_.Restart();
  }
  void AppendThere(const std::string& path) {
    world_.InRun("after the move", [&] { there_->Commit({there_->Add(path)}); });
  }
  void ExpectRefused(ErrorCode code, std::string_view words) {
    EXPECT_THAT(world_.Send(), FailedWith(code, std::string(words)));
    EXPECT_EQ(world_.ManifestOf(1).tables[0].source_uri, kOld);
    EXPECT_THAT(world_.Staged("orders/epochs/00000000000000000002"), ::testing::IsEmpty());
  }
  void Rewrite(int64_t version, std::string_view from, std::string_view to) {
    std::string text = world_.Text(moved(), TestTable::LogName(version));
    const size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos);
    moved().Set(TestTable::LogName(version), text.replace(at, from.size(), to));
  }

  World world_{{"t"}, GetParam()};
  std::optional<TestTable> there_;
};

TEST_P(MovedSourceTest, GoesOnFromItsLastEpochAndSendsWhatIsNew) {
  world_.FirstEpoch();
  Move();
  AppendThere("f1");
  const auto sent = world_.Send();
  ASSERT_THAT(sent, Succeeded());
  const plan::ManifestTable table = world_.ManifestOf(2).tables[0];
  EXPECT_EQ(table.source_uri, kNew);
  EXPECT_EQ(table.base_version, Version(1)) << "not the whole table";
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_THAT(world_.Live(world_.target()), ElementsAre("f0", "f1"));
  EXPECT_THAT(world_.Staged("orders/data/00000000000000000002/t/f0"), ::testing::IsEmpty());
  // From now on it is where it was at the last epoch.
  world_.spec.sources_moved = false;
  world_.Restart();
  AppendThere("f2");
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_THAT(world_.Live(world_.target()), ElementsAre("f0", "f1", "f2"));
}

TEST_P(MovedSourceTest, IsRefusedWhereTheConfigurationDoesNotSayThatItMoved) {
  world_.FirstEpoch();
  Move(false);
  AppendThere("f1");
  const auto sent = world_.Send();
  ASSERT_THAT(sent, FailedWith(ErrorCode::kRefused, "table 't' changed from mem://west/t to mem://west/lake/t"));
  EXPECT_THAT(sent.error().remedy, HasSubstr("lakeferry relocate orders t"));
}

// The newest commit alone does not say what is live.
TEST_P(MovedSourceTest, AnOlderCommitThatIsAnotherThereIsFoundByTheLiveFiles) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ASSERT_THAT(world_.Send(), Succeeded());
  Move();
  Rewrite(1, "f0", "g0");
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kDiverged, "live set"));
}

TEST_P(MovedSourceTest, AnotherTableIsNamedByWhatDiffers) {
  world_.FirstEpoch();
  Move();
  AppendThere("f1");
  Rewrite(0, "id-of-mem://west/t", "id-of-another");
  ExpectRefused(ErrorCode::kDiverged, "the table's id is id-of-another, and was id-of-mem://west/t");
}

TEST_P(MovedSourceTest, AnotherCommitOfTheBaseIsNamed) {
  world_.FirstEpoch();
  Move();
  AppendThere("f1");
  Rewrite(1, "\"size\":10", "\"size\":11");
  ExpectRefused(ErrorCode::kDiverged, "commit 1, of the last epoch, has another content");
}

TEST_P(MovedSourceTest, LogWithoutTheCommitOfTheBaseIsNamed) {
  world_.FirstEpoch();
  Move();
  AppendThere("f1");
  moved().objects().erase(TestTable::LogName(1));
  ExpectRefused(ErrorCode::kDiverged, "commit 1, of the last epoch, is not there");
}

TEST_P(MovedSourceTest, CommitOfTheBaseThatCannotBeReadIsNoOther) {
  world_.FirstEpoch();
  Move();
  AppendThere("f1");
  moved().set_hooks({.before_effect = [](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
    const bool reads = at != StoreOperation::kList && path.text() == TestTable::LogName(1);
    if (reads) co_return Fail(ErrorCode::kUnavailable, "no answer");
    co_return Status{};
  }});
  ExpectRefused(ErrorCode::kUnavailable, "no answer");
}

TEST_P(MovedSourceTest, EpochThatDoesNotTellItsCommitProvesNothing) {
  world_.FirstEpoch();
  plan::Manifest manifest = world_.ManifestOf(1);
  manifest.tables[0].commit_sha256.clear();
  world_.staging().Set(plan::StagingLayout("orders").Manifest(Epoch(1)).text(), plan::WriteManifest(manifest));
  Move();
  AppendThere("f1");
  ExpectRefused(ErrorCode::kDiverged, "does not tell what commit 1 holds");
}

TEST_P(MovedSourceTest, NothingAtTheNewPlaceIsNoTable) {
  world_.FirstEpoch();
  Move();
  moved().objects().clear();
  ExpectRefused(ErrorCode::kNotFound, "'t'");
}

TEST_P(MovedSourceTest, TableThatGoesOverWholeAgainIsProvenAsWell) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ASSERT_THAT(world_.Send(), Succeeded());
  const plan::Receipt refused{
      .group = "orders", .epoch = Epoch(2), .applied = false, .reason = "lost", .asks = {.restage_whole = {"t"}}};
  world_.staging().Set(plan::StagingLayout("orders").Receipt(Epoch(2)).text(), plan::WriteReceipt(refused));
  Move();
  Rewrite(0, "id-of-mem://west/t", "id-of-another");
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kDiverged, "the table's id is id-of-another"));
}

INSTANTIATE_TEST_SUITE_P(Modes, MovedSourceTest,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror),
                         [](const auto& mode) { return std::string(delta::ReplicationModeName(mode.param)); });

// A clone names files by their place below the source, or by their path where that leads elsewhere.
class MovedCloneTest : public MovedSourceTest {};

TEST_P(MovedCloneTest, PathIntoTheOldFolderIsAnotherFileNow) {
  world_.CreateAll();
  world_.source().Set("f9", "data of " + kOld + "/f9");
  world_.InRun("r1", [&] { table().Commit({table().AddAgain(kOld + "/f9")}); });
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Receive(), Succeeded());
  ASSERT_THAT(world_.Live(world_.target()), ElementsAre("f0", "f9"));
  Move();
  ExpectRefused(ErrorCode::kDiverged, "names mem://west/t/f9 by an absolute path");
}

TEST_P(MovedCloneTest, PathIntoTheNewFolderIsAnotherFileNow) {
  world_.spec.tables.Edit()[0].import_roots = {kNew};
  world_.Restart();
  world_.CreateAll();
  moved().Set("f9", "data of " + kNew + "/f9");
  world_.InRun("r1", [&] { table().Commit({table().AddAgain(kNew + "/f9")}); });
  ASSERT_THAT(world_.Send(), Succeeded());
  Move();
  ExpectRefused(ErrorCode::kDiverged, "names mem://west/lake/t/f9 by an absolute path");
}

TEST_P(MovedCloneTest, PathElsewhereStaysTheImportItWas) {
  const std::string elsewhere = "mem://west/landing";
  world_.spec.tables.Edit()[0].import_roots = {elsewhere};
  world_.Restart();
  world_.CreateAll();
  world_.stores.At(elsewhere).Set("f9", "data of " + elsewhere + "/f9");
  world_.InRun("r1", [&] { table().Commit({table().AddAgain(elsewhere + "/f9")}); });
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Receive(), Succeeded());
  Move();
  world_.InRun("r2", [&] { there_->Commit({TestTable::Remove(elsewhere + "/f9"), there_->Add("f1")}); });
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_THAT(world_.Live(world_.target()), ElementsAre("f0", "f1"));
}

INSTANTIATE_TEST_SUITE_P(Clone, MovedCloneTest, ::testing::Values(delta::ReplicationMode::kClone));

}  // namespace
}  // namespace lakeferry::engine
