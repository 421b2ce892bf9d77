// What another writer left in a replica's log beside a commit that was deleted again: a version checksum or a
// checkpoint that readers would take for what the next commit of ours holds.
#include "engine/log/log_leftover.h"

#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string InLog(const std::string& name) { return "_delta_log/" + name; }

TEST(LogLeftoverTest, FilesBeyondAVersionAreThoseThatReadersUseAlone) {
  std::vector<delta::LogFile> files;
  for (const auto* name :
       {"00000000000000000004.crc", "00000000000000000004.checkpoint.parquet",
        "00000000000000000003.00000000000000000004.compacted.json", "00000000000000000005.json",
        ".00000000000000000005.json.crc", ".00000000000000000005.crc.crc", "00000000000000000005.tmp",
        "_last_checkpoint", "00000000000000000005.crc", "00000000000000000005.checkpoint.parquet",
        "00000000000000000006.checkpoint.0000000001.0000000002.parquet",
        "00000000000000000007.checkpoint.0b3f2bd3-6a3c-4a5e-9f0a-0123456789ab.json",
        "00000000000000000003.00000000000000000008.compacted.json"}) {
    files.push_back({.name = name, .size_bytes = 1, .modified = {}});
  }
  files.push_back({.name = "00000000000000000009.checkpoint.parquet", .size_bytes = 0, .modified = {}});
  const delta::LogListing listing = delta::SortOut(files);
  EXPECT_THAT(
      FilesBeyond(listing, Version(4)),
      ElementsAre("00000000000000000003.00000000000000000008.compacted.json", "00000000000000000005.checkpoint.parquet",
                  "00000000000000000005.crc", "00000000000000000006.checkpoint.0000000001.0000000002.parquet",
                  "00000000000000000007.checkpoint.0b3f2bd3-6a3c-4a5e-9f0a-0123456789ab.json",
                  "00000000000000000009.checkpoint.parquet"));
  EXPECT_THAT(FilesBeyond(listing, Version(9)), IsEmpty());
  EXPECT_EQ(FilesBeyond(listing, std::nullopt).size(), 9U);
}

TEST(LogLeftoverTest, ManyFilesAreNamedInPart) {
  const std::vector<std::string> names = {"1", "2", "3", "4", "5", "6", "7"};
  EXPECT_THAT(NamesOf(names), HasSubstr("'4'"));
  EXPECT_THAT(NamesOf(names), HasSubstr("and 2 more"));
  EXPECT_EQ(NamesOf({"1", "2"}), "'1', '2'");
}

// Parameter: the file that is left of the foreign version, the next of either replica.
class LeftoverTest : public GroupReceiverTest, public ::testing::WithParamInterface<const char*> {
 protected:
  using GroupReceiverTest::GroupReceiverTest;

  // Table b holds it, and the epoch before the second is applied.
  void Leave(const std::string& file) {
    world_.FirstEpoch();
    world_.target("b").Set(InLog(file), "{}");
    world_.AppendAll("r1", "f1");
    ExpectSent(2);
  }
  void ExpectStoppedUntouched(const std::string& file) {
    const auto before = Targets();
    const auto received = world_.Receive();
    EXPECT_THAT(received, FailedWith(ErrorCode::kDiverged, "'" + file + "'"));
    EXPECT_THAT(received, FailedWith(ErrorCode::kDiverged, "and _last_checkpoint if it names one of them"));
    EXPECT_EQ(Targets(), before);
    NoteFailure();
  }
  void ExpectWellWithout(const std::string& file) {
    world_.target("b").objects().erase(InLog(file));
    ExpectReceived(2);
    ExpectAllSame();
  }
};

class CloneLeftoverTest : public LeftoverTest {};

TEST_P(CloneLeftoverTest, StopsTheGroupUntilItIsDeleted) {
  Leave(GetParam());
  ExpectStoppedUntouched(GetParam());
  ExpectWellWithout(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Files, CloneLeftoverTest,
                         ::testing::Values("00000000000000000001.crc", "00000000000000000001.checkpoint.parquet",
                                           "00000000000000000003.checkpoint.0000000001.0000000002.parquet",
                                           "00000000000000000000.00000000000000000001.compacted.json",
                                           ".00000000000000000001.json.crc"));

class MirrorLeftoverTest : public LeftoverTest {
 protected:
  MirrorLeftoverTest() : LeftoverTest(delta::ReplicationMode::kMirror) {}
};

TEST_P(MirrorLeftoverTest, StopsTheGroupUntilItIsDeleted) {
  Leave(GetParam());
  ExpectStoppedUntouched(GetParam());
  ExpectWellWithout(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Files, MirrorLeftoverTest,
                         ::testing::Values("00000000000000000002.crc", "00000000000000000002.checkpoint.parquet",
                                           "00000000000000000003.checkpoint.parquet",
                                           "00000000000000000001.00000000000000000002.compacted.json",
                                           ".00000000000000000002.json.crc"));

using CloneLogFilesTest = GroupReceiverTest;

TEST_F(CloneLogFilesTest, FilesOfVersionsThatAreThereAreNoDivergence) {
  world_.FirstEpoch();
  TestTable vacuum(&world_.target("a"), &world_.clock);
  vacuum.next_ = 1;
  vacuum.Commit({});
  for (const auto* name : {"00000000000000000000.crc", "00000000000000000001.crc", ".00000000000000000001.json.crc"}) {
    world_.target("a").Set(InLog(name), "{}");
  }
  world_.AppendAll("r1", "f1");
  ExpectSent(2);
  ExpectReceived(2);
  ExpectAllSame();
}

// Of a replica that the metadata store does not know yet, the log alone tells where it stands.
TEST_F(CloneLogFilesTest, LeftoverIsFoundInTheMiddleOfTheFirstEpoch) {
  world_.CreateAll();
  ExpectSent(1);
  CrashAt("b", StoreOperation::kCommit, 1);
  ASSERT_FALSE(world_.Receive());
  Repair("b");
  for (const auto* name : {"00000000000000000001.crc", "00000000000000000001.checkpoint.parquet"}) {
    world_.target("a").Set(InLog(name), "{}");
    world_.Restart();
    EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, name));
    world_.target("a").objects().erase(InLog(name));
  }
  world_.Restart();
  ExpectReceived(1);
  ExpectAllSame();
}

TEST_F(CloneLogFilesTest, ForeignVersionsAreDeletedFromTheFirstOn) {
  world_.CreateAll();
  ExpectSent(1);
  CrashAt("b", StoreOperation::kCommit, 1);
  ASSERT_FALSE(world_.Receive());
  Repair("b");
  TestTable foreign(&world_.target("a"), &world_.clock);
  foreign.next_ = 1;
  foreign.Commit({foreign.Add("mine")});
  foreign.Commit({foreign.Add("mine too")});
  world_.Restart();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "every log file of version 1 and later"));
}

TEST_F(CloneLogFilesTest, LogOfAnEmptyTargetMustBeEmpty) {
  world_.CreateAll();
  ExpectSent(1);
  for (const std::string name : {"00000000000000000000.crc", ".00000000000000000000.json.crc"}) {
    world_.target("b").Set(InLog(name), "{}");
    EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "its log holds '" + name + "'"));
    EXPECT_THAT(world_.target("a").objects(), IsEmpty());
    world_.target("b").objects().erase(InLog(name));
    NoteFailure();
  }
}

class MirrorLogFilesTest : public GroupReceiverTest {
 protected:
  MirrorLogFilesTest() : GroupReceiverTest(delta::ReplicationMode::kMirror) {}

  static constexpr const char* kCheckpoint = "_delta_log/00000000000000000002.checkpoint.parquet";

  // The second epoch brings a checkpoint of version 2 of table a.
  void SendACheckpoint() {
    world_.FirstEpoch();
    world_.AppendAll("r1", "f1");
    a().CleanLog();
    ExpectSent(2);
  }
};

TEST_F(MirrorLogFilesTest, LogOfAnEmptyTargetMustBeEmpty) {
  world_.CreateAll();
  ExpectSent(1);
  world_.target("b").Set(InLog("00000000000000000003.crc"), "{}");
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "its log holds '00000000000000000003.crc'"));
  EXPECT_THAT(world_.target("a").objects(), IsEmpty());
}

TEST_F(MirrorLogFilesTest, CheckpointThatACrashLeftIsTaken) {
  SendACheckpoint();
  CrashAt("a", StoreOperation::kCommit, 2, true);
  ASSERT_FALSE(world_.Receive());
  Repair("a");
  ASSERT_EQ(world_.Text(world_.target("a"), kCheckpoint), world_.Text(world_.source("a"), kCheckpoint));
  world_.Restart();
  ExpectReceived(2);
  ExpectAllSame();
}

// Readers need it before the first commit, so that it is there alone for a moment.
TEST_F(MirrorLogFilesTest, CheckpointThatACrashLeftBeforeTheFirstCommitIsTaken) {
  world_.CreateAll();
  a().CleanLog();
  ExpectSent(1);
  CrashAt("a", StoreOperation::kCommit, 1, true);
  ASSERT_FALSE(world_.Receive());
  Repair("a");
  ASSERT_NE(world_.Text(world_.target("a"), InLog("00000000000000000001.checkpoint.parquet")), "(missing)");
  ASSERT_EQ(world_.Text(world_.target("a"), TestTable::LogName(1)), "(missing)");
  world_.Restart();
  ExpectReceived(1);
  ExpectAllSame();
}

TEST_F(MirrorLogFilesTest, CheckpointOfTheEpochWithOtherBytesIsDiverged) {
  SendACheckpoint();
  world_.target("a").Set(kCheckpoint, "somebody's");
  const auto before = Targets();
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "'00000000000000000002.checkpoint.parquet'"));
  EXPECT_EQ(Targets(), before);
  NoteFailure();
  world_.target("a").objects().erase(kCheckpoint);
  ExpectReceived(2);
  ExpectAllSame();
  EXPECT_EQ(world_.Text(world_.target("a"), kCheckpoint), world_.Text(world_.source("a"), kCheckpoint));
}

TEST_F(MirrorLogFilesTest, ForeignFilesBesideCommitsOfAHalfAppliedEpochAreDiverged) {
  SendACheckpoint();
  CrashAt("b", StoreOperation::kCommit, 1);
  ASSERT_FALSE(world_.Receive());
  Repair("b");
  world_.target("a").Set(kCheckpoint, "somebody's");
  world_.target("a").Set(InLog("00000000000000000002.crc"), "{}");
  world_.Restart();
  const auto received = world_.Receive();
  EXPECT_THAT(received, FailedWith(ErrorCode::kDiverged, "'00000000000000000002.checkpoint.parquet'"));
  EXPECT_THAT(received, FailedWith(ErrorCode::kDiverged, "'00000000000000000002.crc'"));
}

// An epoch that was half applied and then refused, because its journal was lost, may have brought another one.
TEST_F(MirrorLogFilesTest, OtherCheckpointBesideCommitsOfAHalfAppliedEpochStays) {
  SendACheckpoint();
  CrashAt("b", StoreOperation::kCommit, 1);
  ASSERT_FALSE(world_.Receive());
  Repair("b");
  world_.target("a").Set(InLog("00000000000000000002.checkpoint.0b3f2bd3-6a3c-4a5e-9f0a-0123456789ab.json"), "older");
  world_.Restart();
  ExpectReceived(2);
}

TEST_F(MirrorLogFilesTest, CheckpointThatComesInBetweenWithOtherBytesIsDiverged) {
  SendACheckpoint();
  world_.target("a").set_hooks(
      {.before_effect = [this](std::string, StoreOperation at, ObjectPath path) -> Task<Status> {
        if (at == StoreOperation::kCommit && path.text() == kCheckpoint)
          world_.target("a").Set(kCheckpoint, "somebody's");
        co_return Status{};
      }});
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kDiverged, "'00000000000000000002.checkpoint.parquet'"));
}

// A source may write a checkpoint of a version again; the one before serves readers as well.
TEST_F(MirrorLogFilesTest, CheckpointOfAnEpochBeforeMayDiffer) {
  world_.CreateAll();
  world_.table("b").CleanLog();
  ExpectSent(1);
  ExpectReceived(1);
  const std::string checkpoint = InLog("00000000000000000001.checkpoint.parquet");
  const std::string there = world_.Text(world_.target("b"), checkpoint) + "\n";
  world_.target("b").Set(checkpoint, there);
  world_.target("b").objects().erase("f0");
  const std::string vector =
      R"(,"deletionVector":{"storageType":"i","pathOrInlineDv":"wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L",)"
      R"("sizeInBytes":40,"cardinality":6})";
  world_.InRun("r1",
               [&] { world_.table("b").Commit({TestTable::Remove("f0"), world_.table("b").AddAgain("f0", vector)}); });
  ExpectSent(2);
  ASSERT_FALSE(world_.Receive());
  NoteFailure();
  ExpectSent(3);
  ASSERT_EQ(world_.ManifestOf(3).tables[1].base_version, std::nullopt);
  ExpectReceived(3);
  EXPECT_EQ(world_.Text(world_.target("b"), checkpoint), there);
}

}  // namespace
}  // namespace lakeferry::engine
