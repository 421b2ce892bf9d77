// Manifests and parts that no sender of this program writes, though their digests are right: each is refused by name,
// and nothing of the replica is touched.
#include "tests/engine/receive/damaged_fixture.h"

namespace lakeferry::engine {
namespace {

TEST_F(DamagedManifest, WholeTableWithoutItsProtocolMakesNoReplica) {
  world_.CreateAll();
  ExpectSent(1);
  Rewrite(1, 1, Without(R"({"protocol")"));
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "holds no protocol or no metaData"));
  EXPECT_FALSE(world_.target("b").objects().contains(TestTable::LogName(0)));
}

TEST_F(DamagedManifest, WholeTableWithoutItsMetadataMakesNoReplica) {
  world_.CreateAll();
  ExpectSent(1);
  Rewrite(1, 1, Without(R"({"metaData")"));
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "holds no protocol or no metaData"));
  EXPECT_FALSE(world_.target("b").objects().contains(TestTable::LogName(0)));
}

// There the replica's own stay.
TEST_F(DamagedManifest, WholeTableOverAReplicaNeedsNone) {
  world_.FirstEpoch();
  world_.target("b").objects().erase("f0");
  world_.InRun("r1", [&] { world_.table("b").Commit({world_.table("b").AddAgain("f0", R"(,"tags":{"x":"y"})")}); });
  ExpectSent(2);
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "lost an object"));
  NoteFailure();
  world_.AppendAll("r2", "f2");
  ExpectSent(3);
  ASSERT_FALSE(world_.ManifestOf(3).tables[1].base_version);
  Rewrite(3, 1, Without(R"({"protocol")"));
  Rewrite(3, 1, Without(R"({"metaData")"));
  ExpectReceived(3);
  ExpectAllSame();
}

TEST_F(DamagedManifest, EpochThatBuildsUponNothingFollowsAnyThatIsApplied) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  plan::Manifest manifest = world_.ManifestOf(2);
  manifest.base_epoch = Epoch(0);
  world_.staging().Set(plan::StagingLayout("orders").Manifest(Epoch(2)).text(), plan::WriteManifest(manifest));
  ExpectReceived(2);
  ExpectAllSame();
}

TEST_F(DamagedManifest, FileInsideALogIsRefused) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  Rewrite(2, 1, Instead(R"({"file")", R"("path":"f1")", R"("path":"_delta_log/f1")"));
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "to be placed in the log"));
  EXPECT_FALSE(world_.target("b").objects().contains("_delta_log/f1"));
}

TEST_F(DamagedManifest, FileThatIsStagedElsewhereIsRefused) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  world_.staging().Set("orders/other/f1", "data of f1");
  Rewrite(2, 1, [](std::string line) {
    const size_t at = line.find(R"("staged":")");
    return at == std::string::npos ? line : line.substr(0, at) + R"("staged":"orders/other/f1"}})";
  });
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "is not below orders/data/00000000000000000002/b"));
  EXPECT_FALSE(world_.target("b").objects().contains("f1"));
}

TEST_F(DamagedManifestOfAMirror, CommitUnderAnotherNameIsRefused) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  const std::string name = TestTable::LogName(2);
  Rewrite(2, 1, Instead(R"({"commit")", "\"path\":\"" + name, R"("path":"_delta_log/other.json)"));
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "is to be placed under another name"));
  EXPECT_FALSE(world_.target("b").objects().contains("_delta_log/other.json"));
  EXPECT_FALSE(world_.target("b").objects().contains(name));
}

class LogObjectOfAMirror : public DamagedManifestOfAMirror {
 protected:
  // Epoch 2 brings a checkpoint of b, which the manifest places at `path`.
  void ExpectRefusedAt(const std::string& path) {
    world_.FirstEpoch();
    world_.AppendAll("r1", "f1");
    world_.source("b").Set("_delta_log/00000000000000000002.checkpoint.parquet",
                           world_.Text(world_.source("b"), TestTable::LogName(0)));
    ExpectSent(2);
    Rewrite(2, 1,
            Instead(R"({"logFile")", R"("path":"_delta_log/00000000000000000002.checkpoint.parquet")",
                    "\"path\":\"" + path + "\""));
    EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "is no checkpoint up to version 2"));
    EXPECT_FALSE(world_.target("b").objects().contains(path));
  }
};

TEST_F(LogObjectOfAMirror, OutsideOfTheLogIsRefused) { ExpectRefusedAt("00000000000000000002.checkpoint.parquet"); }

TEST_F(LogObjectOfAMirror, InThePlaceOfTheLogIsRefused) { ExpectRefusedAt("_delta_log"); }

// The record of a refusal does not wait for the next pass.
TEST_F(DamagedManifest, RefusalIsOnRecordWithTheReceipt) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  for (auto& [path, object] : world_.staging().objects()) {
    if (path.ends_with("/f1")) object.bytes = std::make_shared<const std::string>("x");
  }
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptData, "not what left"));
  ASSERT_EQ(Records().size(), 2U);
  EXPECT_EQ(Records()[0].epoch, Epoch(2));
  EXPECT_EQ(Records()[0].state, EpochState::kRefused);
  EXPECT_THAT(Records()[0].error, ::testing::HasSubstr("not what left"));
}

}  // namespace
}  // namespace lakeferry::engine
