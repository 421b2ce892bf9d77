// What a cut comes to in a mirror: its commits and log files, and the files of each history.
#include "engine/change/mirror_change.h"

#include <fmt/format.h>

#include <tuple>

#include "tests/engine/change/table_change_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class MirrorChangeTest : public TableChangeTest {
 protected:
  // Each has the time that the source lists.
  std::vector<Version> Commits(const TableChange& change) {
    std::vector<Version> versions;
    for (const delta::CommitTime& commit : change.commits) {
      versions.push_back(commit.version);
      const std::string name = TestTable::LogName(commit.version.value());
      EXPECT_EQ(commit.time, world_.source().objects().at(name).modified) << name;
    }
    return versions;
  }
  static std::vector<std::string> LogFiles(const TableChange& change) {
    std::vector<std::string> files;
    for (const plan::FileToSend& file : change.log_files)
      files.push_back(file.path.text() + (file.required ? "!" : ""));
    return files;
  }
};

TEST_F(MirrorChangeTest, FileThatWasRemovedAndRestoredIsNotSentAgain) {
  Plain();
  t().Commit({TestTable::Remove("f0")});
  t().Commit({t().AddAgain("f0")});
  const auto change = Mirror(2);
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Files(*change), IsEmpty());
  EXPECT_THAT(Present(*change), ElementsAre("f0"));
  const auto later = Mirror(3);
  ASSERT_THAT(later, Succeeded());
  EXPECT_THAT(Files(*later), ElementsAre("f0")) << "it was not live at the base: the replica may have lost it";
}

TEST_F(MirrorChangeTest, CleanedLogSendsWhatItsCommitsRemove) {
  Plain();
  t().CleanLog();
  t().Commit({TestTable::Remove("f0"), t().Add("f2")});
  const auto change = Mirror({});
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Files(*change), ElementsAre("f0", "f1", "f2"));
  EXPECT_FALSE(IsRequired(*change, "f0")) << "the cut does not need it";
  EXPECT_TRUE(IsRequired(*change, "f1"));
  EXPECT_THAT(Present(*change), IsEmpty()) << "there is no replica yet";
}

TEST_F(MirrorChangeTest, TakesEveryCommitAndWhatAnyOfThemAdds) {
  Plain();
  t().Commit({t().Add("between")});
  t().Commit({TestTable::Remove("between"), t().Add("f2")});
  const auto change = Mirror(1);
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Commits(*change), ElementsAre(Version(2), Version(3), Version(4)));
  EXPECT_THAT(Files(*change), ElementsAre("between", "f1", "f2"));
  EXPECT_FALSE(IsRequired(*change, "between")) << "it may be vacuumed: the cut does not need it";
  EXPECT_TRUE(IsRequired(*change, "f1"));
  EXPECT_EQ(change->table.adds, 3);
  EXPECT_THAT(Adds(*change), IsEmpty());
}

// Writers break the protocol so: the source has the later one, and no version needs it any more.
TEST_F(MirrorChangeTest, OfTwoFilesOfOneNameInHistoryTheLaterOneGoesOver) {
  Plain();
  const auto add = [](int64_t size) {
    return fmt::format(R"({{"add":{{"path":"again","partitionValues":{{}},"size":{},"modificationTime":1,)"
                       R"("dataChange":true}}}})",
                       size);
  };
  for (const int64_t size : {7, 8}) {
    t().Commit({add(size)});
    t().Commit({TestTable::Remove("again")});
  }
  for (const std::optional<int64_t> base : {std::optional<int64_t>(2), std::optional<int64_t>()}) {
    const auto change = Mirror(base);
    ASSERT_THAT(change, Succeeded());
    const std::vector<plan::FileToSend> sent = Sent(*change);
    const auto again = std::ranges::find(sent, ObjectPath::Of("again"), &plan::FileToSend::path);
    ASSERT_NE(again, sent.end());
    EXPECT_EQ(again->size, 8) << "from version " << base.value_or(-1);
  }
}

TEST_F(MirrorChangeTest, CutsAloneTakeEveryCommitAndWhatTheCutNeeds) {
  world_.spec.tables.Edit()[0].history = plan::History::kCutsOnly;
  Plain();
  t().Commit({t().Add("between")});
  t().Commit({TestTable::Remove("between"), t().Add("f2"),
              R"({"cdc":{"path":"_change_data/c","partitionValues":{},"size":1,"dataChange":false}})"});
  const auto change = Mirror(1);
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Commits(*change), ElementsAre(Version(2), Version(3), Version(4)));
  EXPECT_THAT(Files(*change), ElementsAre("f1", "f2"));
  EXPECT_TRUE(IsRequired(*change, "f1") && IsRequired(*change, "f2"));
  const auto whole = Mirror({});
  ASSERT_THAT(whole, Succeeded());
  EXPECT_THAT(whole->commits.size(), 5);
  EXPECT_THAT(Files(*whole), ElementsAre("f0", "f1", "f2"));
}

TEST_F(MirrorChangeTest, CutsAloneRefusePathsOfFilesThatTheyDoNotSend) {
  world_.spec.tables.Edit()[0].history = plan::History::kCutsOnly;
  for (const char* path : {"../outside", "_delta_log/x", "file:///elsewhere/x"}) {
    Plain();
    t().Commit({t().AddAgain(path)});
    t().Commit({TestTable::Remove("f1")});
    EXPECT_FALSE(Mirror(2)) << path;
    world_.source().objects().clear();
    t().next_ = 0;
  }
}

// The commit goes over, and with it the path.
TEST_F(MirrorChangeTest, CutsAloneRefusePathsOfFilesThatCameAndWent) {
  world_.spec.tables.Edit()[0].history = plan::History::kCutsOnly;
  Plain();
  t().Commit({t().AddAgain("_delta_log/x")});
  t().Commit({TestTable::Remove("_delta_log/x")});
  EXPECT_THAT(Mirror(2), FailedWith(ErrorCode::kRefused, "names an object of its own as a data file"));
}

// Versions in between name it: the mirror must not show the base's file for it.
TEST_F(MirrorChangeTest, TakesAnotherFileOfAnOldNameThatCameAndWent) {
  Plain();
  t().Commit({TestTable::Remove("f0")});
  t().written_["f0"] -= Millis(1);
  t().Commit({t().AddAgain("f0")});
  t().Commit({TestTable::Remove("f0")});
  const auto change = Read(2, delta::ReplicationMode::kMirror, ToEpochMs(world_.clock.WallTime()));
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Files(*change), ElementsAre("f0"));
}

// The commits go over, though nothing of it is live any more.
TEST_F(MirrorChangeTest, WholeMirrorOfCutsAloneRefusesPathsOfItsCommits) {
  world_.spec.tables.Edit()[0].history = plan::History::kCutsOnly;
  Plain();
  t().Commit({t().AddAgain("_delta_log/x")});
  t().Commit({TestTable::Remove("_delta_log/x")});
  EXPECT_THAT(Mirror({}), FailedWith(ErrorCode::kRefused, "_delta_log/x"));
  world_.source().objects().clear();
  t().next_ = 0;
  Plain();
  t().Commit({R"({"cdc":{"path":"_delta_log/c","partitionValues":{},"size":1,"dataChange":false}})"});
  EXPECT_THAT(Mirror({}), FailedWith(ErrorCode::kRefused, "_delta_log/c"));
}

TEST_F(MirrorChangeTest, CutsAloneSendNewVectors) {
  world_.spec.tables.Edit()[0].history = plan::History::kCutsOnly;
  Plain();
  t().Commit({TestTable::Remove("f1"), t().AddAgain("f1", std::string(kVector))});
  const auto change = Mirror(2);
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Files(*change), ElementsAre(std::string(kVectorFile)));
  EXPECT_TRUE(IsRequired(*change, kVectorFile));
  EXPECT_THAT(Present(*change), ElementsAre("f1"));
}

TEST_F(MirrorChangeTest, BeginsAtVersionZeroWhereItIsThere) {
  Plain();
  const auto change = Mirror({});
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Commits(*change), ElementsAre(Version(0), Version(1), Version(2)));
  EXPECT_THAT(change->log_files, IsEmpty());
}

TEST_F(MirrorChangeTest, CleanedLogBeginsAtItsCheckpoint) {
  Plain();
  const auto line = [&](int64_t version) {
    const std::string text = world_.Text(world_.source(), TestTable::LogName(version));
    return text.substr(text.find('\n') + 1);
  };
  const std::string checkpoint = "_delta_log/00000000000000000002.checkpoint.parquet";
  world_.source().Set(checkpoint, line(0) + line(1) + line(2));
  world_.source().Set("_delta_log/_last_checkpoint", R"({"version":2,"size":4})");
  for (const int64_t version : {0, 1}) world_.source().objects().erase(TestTable::LogName(version));
  t().Commit({t().Add("f2")});
  const auto change = Mirror({});
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Commits(*change), ElementsAre(Version(2), Version(3)));
  EXPECT_THAT(Files(*change), ElementsAre("f0", "f1", "f2"));
  ASSERT_THAT(LogFiles(*change), ElementsAre(checkpoint + "!", "_delta_log/_last_checkpoint"));
  EXPECT_EQ(change->log_files[0].modified, world_.source().objects().at(checkpoint).modified);
  EXPECT_EQ(change->log_files[1].modified, std::nullopt);
}

// A sidecar is there before the checkpoint that refers to it, and a cleaner takes what is old and not referred to.
TEST_F(MirrorChangeTest, SidecarsHaveTheTimeOfTheirArrival) {
  Plain();
  const std::string checkpoint = "_delta_log/00000000000000000002.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json";
  const std::string sidecar = "_delta_log/_sidecars/s.parquet";
  world_.source().Set(sidecar, "");
  world_.source().Set(checkpoint, R"({"sidecar":{"path":"s.parquet","sizeInBytes":0,"modificationTime":1}})");
  const auto change = Mirror(1);
  ASSERT_THAT(change, Succeeded());
  ASSERT_THAT(LogFiles(*change), ElementsAre(sidecar, checkpoint));
  EXPECT_EQ(change->log_files[0].modified, std::nullopt);
  EXPECT_EQ(change->log_files[1].modified, world_.source().objects().at(checkpoint).modified);
}

TEST_F(MirrorChangeTest, ProtectedCheckpointsGoOverBesideTheNewest) {
  t().Create(R"("delta.requireCheckpointProtectionBeforeVersion":"2")");
  std::string lines = world_.Text(world_.source(), TestTable::LogName(0));
  const auto name = [](int64_t version) { return fmt::format("_delta_log/{:020}.checkpoint.parquet", version); };
  for (int64_t version = 1; version <= 4; ++version) {
    t().Commit({t().Add(fmt::format("f{}", version))});
    const std::string text = world_.Text(world_.source(), TestTable::LogName(version));
    lines += text.substr(text.find('\n') + 1);
    world_.source().Set(name(version), lines);
  }
  const auto change = Mirror({});
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(LogFiles(*change), ElementsAre(name(1), name(2), name(4)));
}

// The commits are there: a checkpoint that cannot be read, or that a copy cannot hold, is none.
TEST_F(MirrorChangeTest, CheckpointThatCannotGoOverGivesWayToTheOneBefore) {
  Plain();
  const auto name = [](int64_t version) { return fmt::format("_delta_log/{:020}.checkpoint.parquet", version); };
  world_.source().Set(name(1), world_.Text(world_.source(), TestTable::LogName(0)));
  for (const char* unusable : {"torn", R"({"sidecar":{"path":"mem://west/t/_delta_log/_sidecars/s","sizeInBytes":0,)"
                                       R"("modificationTime":1}})"}) {
    world_.source().Set(name(2), unusable);
    const auto change = Mirror(0);
    ASSERT_THAT(change, Succeeded());
    EXPECT_THAT(LogFiles(*change), ElementsAre(name(1)));
    EXPECT_TRUE(world_.log.Has("left out of the mirror"));
  }
}

TEST_F(MirrorChangeTest, CleanedLogBeginsAtACheckpointThatCanBeRead) {
  Plain();
  t().CleanLog();
  t().Commit({t().Add("f2")});
  const auto name = [](int64_t version) { return fmt::format("_delta_log/{:020}.checkpoint.parquet", version); };
  const std::string whole = world_.Text(world_.source(), name(2));
  world_.source().Set(name(2), "torn");
  EXPECT_THAT(Mirror({}), FailedWith(ErrorCode::kCorruptLog, name(2)));
  const std::string last = world_.Text(world_.source(), TestTable::LogName(3));
  world_.source().Set(name(3), whole + last.substr(last.find('\n') + 1));
  const auto change = Mirror({});
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Commits(*change), ElementsAre(Version(3)));
  EXPECT_THAT(LogFiles(*change), ElementsAre(name(3) + "!"));
}

// Its file can be read, and still the table cannot be rebuilt from it.
TEST_F(MirrorChangeTest, CleanedLogBeginsAtACheckpointWhoseSidecarsAreThere) {
  Plain();
  t().CleanLog();
  t().Commit({t().Add("f2")});
  const auto name = [](int64_t version) { return fmt::format("_delta_log/{:020}.checkpoint.parquet", version); };
  const std::string whole = world_.Text(world_.source(), name(2));
  world_.source().Set(name(2), whole + R"({"checkpointMetadata":{"version":2}})" + "\n" +
                                   R"({"sidecar":{"path":"lost","sizeInBytes":1,"modificationTime":1}})");
  EXPECT_THAT(Mirror({}), FailedWith(ErrorCode::kCorruptLog, "mem://west/t/_delta_log/_sidecars/lost"));
  const std::string last = world_.Text(world_.source(), TestTable::LogName(3));
  world_.source().Set(name(3), whole + last.substr(last.find('\n') + 1));
  const auto change = Mirror({});
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Commits(*change), ElementsAre(Version(3)));
}

// By nightly maintenance. Once it went over, it does not go again.
TEST_F(MirrorChangeTest, CheckpointThatIsWrittenAfterTheCutGoesWithTheNext) {
  Plain();
  const std::string checkpoint = "_delta_log/00000000000000000001.checkpoint.parquet";
  world_.source().Set(checkpoint, world_.Text(world_.source(), TestTable::LogName(0)));
  const auto change = Mirror(1);
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(LogFiles(*change), ElementsAre(checkpoint));
  EXPECT_EQ(change->table.checkpoint_version, Version(1));
  base_checkpoint_ = Version(1);
  const auto next = Mirror(1);
  ASSERT_THAT(next, Succeeded());
  EXPECT_THAT(LogFiles(*next), IsEmpty());
  EXPECT_EQ(next->table.checkpoint_version, Version(1));
}

TEST_F(MirrorChangeTest, HintThatNamesAnotherCheckpointStays) {
  Plain();
  world_.source().Set("_delta_log/00000000000000000002.checkpoint.parquet",
                      world_.Text(world_.source(), TestTable::LogName(0)));
  world_.source().Set("_delta_log/_last_checkpoint", R"({"version":9,"size":4})");
  const auto change = Mirror(1);
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(LogFiles(*change), ElementsAre("_delta_log/00000000000000000002.checkpoint.parquet"));
}

// A mirror would read the source's region: whichever action holds the path, and whether or not the cut still names it.
using Named = std::tuple<plan::History, std::string>;
class AbsolutePath : public MirrorChangeTest, public ::testing::WithParamInterface<Named> {};

TEST_P(AbsolutePath, IsRefusedInEveryActionAndHistory) {
  const auto& [history, line] = GetParam();
  world_.spec.tables.Edit()[0].history = history;
  Plain();
  t().Commit({line});
  EXPECT_THAT(Mirror(2), FailedWith(ErrorCode::kUnsupportedTable, "by an absolute path: mem://far/x"));
}

std::vector<std::string> LinesOfX() {
  return {R"({"add":{"path":"mem://far/x","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true}})",
          R"({"cdc":{"path":"mem://far/x","partitionValues":{},"size":1,"dataChange":false}})",
          TestTable::Remove("mem://far/x")};
}

INSTANTIATE_TEST_SUITE_P(Lines, AbsolutePath,
                         ::testing::Combine(::testing::Values(plan::History::kFull, plan::History::kCutsOnly),
                                            ::testing::ValuesIn(LinesOfX())));

}  // namespace
}  // namespace lakeferry::engine
