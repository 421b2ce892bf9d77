// What a cut comes to.
#include "engine/table_change.h"

#include "tests/engine/table_change_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(TableChangeTest, WholeTableHoldsWhatIsLive) {
  Plain();
  t().Commit({TestTable::Remove("f0"), t().Add("f2")});
  const auto change = Read({});
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Files(*change), ElementsAre("f1", "f2"));
  EXPECT_EQ(change->adds.size(), 2U);
  EXPECT_THAT(change->removes, IsEmpty());
  EXPECT_TRUE(change->protocol && change->metadata);
  EXPECT_EQ(change->table.base_version, std::nullopt);
  EXPECT_EQ(change->table.source_version, Version(3));
  EXPECT_EQ(change->table.table_id, "id-of-mem://west/t");
  EXPECT_EQ(change->table.commit_sha256, Sha256Hex(world_.Text(world_.source(), TestTable::LogName(3))));
}

TEST_F(TableChangeTest, SinceABaseItIsTheNetOfTheCommits) {
  Plain();
  t().Commit({t().Add("between")});
  t().Commit({TestTable::Remove("between"), TestTable::Remove("f0"), t().Add("f2")});
  const auto change = Read(2);
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Files(*change), ElementsAre("f2"));
  EXPECT_EQ(change->table.adds, 1);
  EXPECT_EQ(change->table.removes, 1);
  EXPECT_FALSE(change->protocol || change->metadata);
  EXPECT_EQ(change->table.base_version, Version(2));
  EXPECT_FALSE(change->Empty());
}

TEST_F(TableChangeTest, NothingSinceTheBaseIsEmpty) {
  Plain();
  const auto change = Read(2);
  ASSERT_THAT(change, Succeeded());
  EXPECT_TRUE(change->Empty());
  EXPECT_THAT(Files(*change), IsEmpty());
}

TEST_F(TableChangeTest, NewVectorSendsItsFileAndNotTheDataFile) {
  Plain();
  world_.source().Set(kVectorFile, "vector");
  t().Commit({TestTable::Remove("f0"), t().AddAgain("f0", std::string(kVector))});
  const auto change = Read(2);
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Files(*change), ElementsAre(kVectorFile));
  EXPECT_THAT(Present(*change), ElementsAre("f0")) << "the receiver looks for it before it commits";
  const auto mirror = Mirror(2);
  ASSERT_THAT(mirror, Succeeded());
  EXPECT_THAT(Files(*mirror), ElementsAre(kVectorFile));
  EXPECT_TRUE(mirror->files[0].required);
  EXPECT_THAT(Present(*mirror), ElementsAre("f0"));
  const auto whole = Read({});
  ASSERT_THAT(whole, Succeeded());
  EXPECT_THAT(Files(*whole), ElementsAre(kVectorFile, "f0", "f1"));
}

TEST_F(TableChangeTest, FileThatIsNamedAgainIsNotSentAgain) {
  Plain();
  std::string again = t().AddAgain("f0");
  const size_t flag = again.find("\"dataChange\":true");
  ASSERT_NE(flag, std::string::npos);
  again.replace(flag, 17, "\"dataChange\":false");
  t().Commit({again});
  for (const auto mode : {delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror}) {
    const auto change = Read(2, mode);
    ASSERT_THAT(change, Succeeded());
    EXPECT_THAT(Files(*change), IsEmpty());
    EXPECT_THAT(Present(*change), ElementsAre("f0"));
  }
}

TEST_F(TableChangeTest, AbsolutePathBelowTheRootIsMadeRelativeInAClone) {
  t().Create();
  world_.source().Set("abs", "data of mem://west/t/abs");
  t().Commit({t().AddAgain("mem://west/t/abs")});
  const auto change = Read({});
  ASSERT_THAT(change, Succeeded());
  ASSERT_EQ(change->adds.size(), 1U);
  EXPECT_EQ(change->adds[0].path, "abs");
  EXPECT_THAT(Mirror({}), FailedWith(ErrorCode::kUnsupportedTable, "absolute path"));
}

TEST_F(TableChangeTest, PathsThatCannotBeCarriedAreRefused) {
  const auto refused = [&](const std::string& path, ErrorCode code) {
    world_.source().objects().clear();
    t().next_ = 0;
    t().Create();
    t().Commit({t().AddAgain(path)});
    for (const auto mode : {delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror}) {
      const auto change = Read({}, mode);
      EXPECT_THAT(change, FailedWith(code, path));
    }
  };
  refused("mem://elsewhere/f", ErrorCode::kUnsupportedTable);
  refused("_delta_log/00000000000000000000.json", ErrorCode::kRefused);
}

TEST_F(TableChangeTest, UnknownFeatureIsRefusedByName) {
  t().Create(
      "",
      R"({"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["warpDrive"],"writerFeatures":["warpDrive"]})");
  EXPECT_THAT(Read({}), FailedWith(ErrorCode::kUnsupportedTable, "warpDrive"));
  EXPECT_THAT(Mirror({}), FailedWith(ErrorCode::kUnsupportedTable, "warpDrive"));
}

TEST_F(TableChangeTest, FeatureThatComesLaterIsRefusedWhenItComes) {
  Plain();
  t().Commit({R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7,)"
              R"("readerFeatures":["warpDrive"],"writerFeatures":["warpDrive"]}})"});
  EXPECT_THAT(Read(2), FailedWith(ErrorCode::kUnsupportedTable, "warpDrive"));
  EXPECT_THAT(Mirror(2), FailedWith(ErrorCode::kUnsupportedTable, "warpDrive"));
}

TEST_F(TableChangeTest, CommitThatVanishesMeanwhileMeansTheSourceMovedOn) {
  Plain();
  auto scan = world_.Run(ScanTable(world_.west, world_.spec.tables[0], {}, {.run_ids = {}, .from = {}}));
  ASSERT_THAT(scan, Succeeded());
  world_.source().objects().erase(TestTable::LogName(1));
  const auto change = world_.Run(
      ReadChange(world_.west, {.scan = *std::move(scan), .version = Version(2)}, delta::ReplicationMode::kClone));
  EXPECT_THAT(change, FailedWith(ErrorCode::kSourceMovedOn, "version 1 of the table is gone"));
}

}  // namespace
}  // namespace lakeferry::engine
