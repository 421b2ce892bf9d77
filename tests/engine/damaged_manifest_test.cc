// Manifests and parts that no sender of this program writes, though their digests are right: each is refused by name,
// and nothing of the replica is touched.
#include <functional>
#include <string>

#include "base/digest.h"
#include "tests/engine/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

class DamagedManifest : public GroupReceiverTest {
 protected:
  explicit DamagedManifest(delta::ReplicationMode mode = delta::ReplicationMode::kClone) : GroupReceiverTest(mode) {}

  // Rewrites the first part of a table: `change` gives what stands instead of a line; nothing, for none.
  void Rewrite(int64_t epoch, size_t table, const std::function<std::string(std::string)>& change) {
    const plan::StagingLayout layout("orders");
    plan::Manifest manifest = world_.ManifestOf(epoch);
    plan::ManifestPart& part = manifest.tables[table].parts.at(0);
    std::string text = world_.Text(world_.staging(), layout.Part(Epoch(epoch), part.sha256).text());
    std::string out;
    part.lines = 0;
    for (size_t at = 0; at < text.size();) {
      const size_t end = text.find('\n', at);
      const std::string line = change(text.substr(at, end - at));
      at = end + 1;
      if (line.empty()) continue;
      out += line + "\n";
      ++part.lines;
    }
    part.bytes = static_cast<int64_t>(out.size());
    part.sha256 = Sha256Hex(out);
    world_.staging().Set(layout.Part(Epoch(epoch), part.sha256).text(), out);
    world_.staging().Set(layout.Manifest(Epoch(epoch)).text(), plan::WriteManifest(manifest));
  }
  static std::function<std::string(std::string)> Without(std::string begin) {
    return [=](std::string line) { return line.starts_with(begin) ? std::string() : line; };
  }
  static std::function<std::string(std::string)> Instead(std::string in, std::string what, std::string by) {
    return [=](std::string line) {
      const size_t at = line.starts_with(in) ? line.find(what) : std::string::npos;
      return at == std::string::npos ? line : line.replace(at, what.size(), by);
    };
  }
};

class DamagedManifestOfAMirror : public DamagedManifest {
 protected:
  DamagedManifestOfAMirror() : DamagedManifest(delta::ReplicationMode::kMirror) {}
};

TEST_F(DamagedManifest, WholeTableWithoutItsProtocolMakesNoReplica) {
  world_.CreateAll();
  ExpectSent(1);
  Rewrite(1, 1, Without(R"({"protocol")"));
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptLog, "holds no protocol or no metaData"));
  EXPECT_FALSE(world_.target("b").objects().contains(TestTable::LogName(0)));
}

TEST_F(DamagedManifest, WholeTableWithoutItsMetadataMakesNoReplica) {
  world_.CreateAll();
  ExpectSent(1);
  Rewrite(1, 1, Without(R"({"metaData")"));
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kCorruptLog, "holds no protocol or no metaData"));
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
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "names a data file inside a log"));
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
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "one staged elsewhere"));
  EXPECT_FALSE(world_.target("b").objects().contains("f1"));
}

TEST_F(DamagedManifestOfAMirror, CommitUnderAnotherNameIsRefused) {
  world_.FirstEpoch();
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  const std::string name = TestTable::LogName(2);
  Rewrite(2, 1, Instead(R"({"commit")", "\"path\":\"" + name, R"("path":"_delta_log/other.json)"));
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "places a commit under another name"));
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
    EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "places a log object outside the log"));
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
