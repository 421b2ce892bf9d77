// What a cut comes to, in both modes, and its way into staging.
#include "engine/table_change.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "engine/table_stager.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A vector in a file of its own: the name is the z85 of this UUID.
constexpr std::string_view kVector = R"(,"deletionVector":{"storageType":"u","pathOrInlineDv":"vBn[lx{q8@P<9BNH/isA",)"
                                     R"("offset":1,"sizeInBytes":4,"cardinality":1})";
constexpr std::string_view kVectorFile = "deletion_vector_61d16c75-6994-46b7-a15b-8b538852e50e.bin";

const std::string kStagedF1 = "orders/data/00000000000000000001/t/f1";

class TableChangeTest : public ::testing::Test {
 protected:
  // The change from `base` (absent: whole) to the newest version.
  Result<TableChange> Read(std::optional<int64_t> base, delta::ReplicationMode mode = delta::ReplicationMode::kClone) {
    std::optional<plan::ManifestTable> known;
    if (base) {
      known = plan::ManifestTable{.name = "t",
                                  .source_version = Version(*base),
                                  .table_id = "id-of-mem://west/t",
                                  .commit_sha256 = Sha256Hex(world_.Text(world_.source(), TestTable::LogName(*base))),
                                  .parts = {}};
    }
    auto scan =
        world_.Run(ScanTable(world_.west, world_.spec.tables[0], std::move(known), {.run_ids = {}, .from = {}}));
    if (!scan) return std::unexpected(scan.error());
    return world_.Run(ReadChange(world_.west, {.scan = *std::move(scan), .version = t().newest()}, mode));
  }
  Result<TableChange> Mirror(std::optional<int64_t> base) { return Read(base, delta::ReplicationMode::kMirror); }
  Result<plan::ManifestTable> Stage(TableChange change, bool leftovers = false, std::stop_token stop = {}) {
    TableStager stager(world_.west, area_, world_.source(), Epoch(1), leftovers, std::move(stop));
    return world_.Run(stager.Stage(std::move(change)));
  }
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
  // Where the manifest says that an object is.
  std::string StagedName(const plan::ManifestTable& table, const std::string& path) {
    struct Finder : plan::PartSink {
      std::string path;
      std::string staged;
      Status OnFile(plan::StagedFile&& file) override {
        if (file.path.text() == path) staged = file.staged.text();
        return {};
      }
    };
    Finder finder;
    finder.path = path;
    for (const plan::ManifestPart& part : table.parts) {
      EXPECT_THAT(world_.Run(area_.ReadPart(Epoch(1), part, finder)), Succeeded());
    }
    return finder.staged;
  }
  static std::vector<std::string> Files(const TableChange& change) {
    std::vector<std::string> files;
    for (const FileToSend& file : change.files) files.push_back(file.path.text());
    return files;
  }
  static std::vector<std::string> LogFiles(const TableChange& change) {
    std::vector<std::string> files;
    for (const FileToSend& file : change.log_files) files.push_back(file.path.text() + (file.required ? "!" : ""));
    return files;
  }
  static std::vector<std::string> Present(const TableChange& change) {
    std::vector<std::string> files;
    for (const plan::PresentFile& file : change.present) files.push_back(file.path.text());
    return files;
  }
  // Plain table with files f0 and f1, versions 0 to 2.
  void Plain() {
    t().Create();
    t().Commit({t().Add("f0")});
    t().Commit({t().Add("f1")});
  }
  TestTable& t() { return world_.table(); }

  World world_;
  StagingArea area_{std::shared_ptr<ObjectStore>(&world_.staging(), [](ObjectStore*) {}), "orders", world_.west};
};

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

TEST_F(TableChangeTest, MirrorWhoseFileWasRemovedAndRestoredDoesNotSendItAgain) {
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

TEST_F(TableChangeTest, MirrorOfACleanedLogSendsWhatItsCommitsRemove) {
  Plain();
  t().CleanLog();
  t().Commit({TestTable::Remove("f0"), t().Add("f2")});
  const auto change = Mirror({});
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Files(*change), ElementsAre("f0", "f1", "f2"));
  EXPECT_FALSE(change->files[0].required) << "the cut does not need it";
  EXPECT_TRUE(change->files[1].required);
  EXPECT_THAT(Present(*change), IsEmpty()) << "there is no replica yet";
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

TEST_F(TableChangeTest, MirrorTakesEveryCommitAndWhatAnyOfThemAdds) {
  Plain();
  t().Commit({t().Add("between")});
  t().Commit({TestTable::Remove("between"), t().Add("f2")});
  const auto change = Mirror(1);
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Commits(*change), ElementsAre(Version(2), Version(3), Version(4)));
  EXPECT_THAT(Files(*change), ElementsAre("between", "f1", "f2"));
  EXPECT_FALSE(change->files[0].required) << "it may be vacuumed: the cut does not need it";
  EXPECT_TRUE(change->files[1].required);
  EXPECT_EQ(change->table.adds, 3);
  EXPECT_THAT(change->adds, IsEmpty());
}

TEST_F(TableChangeTest, MirrorOfCutsAloneTakesEveryCommitAndWhatTheCutNeeds) {
  world_.spec.tables[0].history = plan::History::kCutsOnly;
  Plain();
  t().Commit({t().Add("between")});
  t().Commit({TestTable::Remove("between"), t().Add("f2"),
              R"({"cdc":{"path":"_change_data/c","partitionValues":{},"size":1,"dataChange":false}})"});
  const auto change = Mirror(1);
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Commits(*change), ElementsAre(Version(2), Version(3), Version(4)));
  EXPECT_THAT(Files(*change), ElementsAre("f1", "f2"));
  EXPECT_TRUE(change->files[0].required && change->files[1].required);
  const auto whole = Mirror({});
  ASSERT_THAT(whole, Succeeded());
  EXPECT_THAT(whole->commits.size(), 5);
  EXPECT_THAT(Files(*whole), ElementsAre("f0", "f1", "f2"));
}

TEST_F(TableChangeTest, MirrorOfCutsAloneRefusesPathsOfFilesThatItDoesNotSend) {
  world_.spec.tables[0].history = plan::History::kCutsOnly;
  for (const char* path : {"../outside", "_delta_log/x", "file:///elsewhere/x"}) {
    Plain();
    t().Commit({t().AddAgain(path)});
    t().Commit({TestTable::Remove("f1")});
    EXPECT_FALSE(Mirror(2)) << path;
    world_.source().objects().clear();
    t().next_ = 0;
  }
}

TEST_F(TableChangeTest, MirrorOfCutsAloneSendsNewVectors) {
  world_.spec.tables[0].history = plan::History::kCutsOnly;
  Plain();
  t().Commit({TestTable::Remove("f1"), t().AddAgain("f1", std::string(kVector))});
  const auto change = Mirror(2);
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Files(*change), ElementsAre(std::string(kVectorFile)));
  EXPECT_TRUE(change->files[0].required);
  EXPECT_THAT(Present(*change), ElementsAre("f1"));
}

TEST_F(TableChangeTest, MirrorBeginsAtVersionZeroWhereItIsThere) {
  Plain();
  const auto change = Mirror({});
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(Commits(*change), ElementsAre(Version(0), Version(1), Version(2)));
  EXPECT_THAT(change->log_files, IsEmpty());
}

TEST_F(TableChangeTest, MirrorOfACleanedLogBeginsAtItsCheckpoint) {
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
TEST_F(TableChangeTest, SidecarsHaveTheTimeOfTheirArrival) {
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

TEST_F(TableChangeTest, ProtectedCheckpointsGoOverBesideTheNewest) {
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

TEST_F(TableChangeTest, HintThatNamesAnotherCheckpointStays) {
  Plain();
  world_.source().Set("_delta_log/00000000000000000002.checkpoint.parquet",
                      world_.Text(world_.source(), TestTable::LogName(0)));
  world_.source().Set("_delta_log/_last_checkpoint", R"({"version":9,"size":4})");
  const auto change = Mirror(1);
  ASSERT_THAT(change, Succeeded());
  EXPECT_THAT(LogFiles(*change), ElementsAre("_delta_log/00000000000000000002.checkpoint.parquet"));
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

TEST_F(TableChangeTest, StagedTableNamesEveryObjectWithItsChecksum) {
  Plain();
  const auto table = Stage(*Read({}));
  ASSERT_THAT(table, Succeeded());
  EXPECT_EQ(table->files, 2);
  EXPECT_EQ(table->bytes, 20);
  EXPECT_THAT(world_.Staged("orders/data/"),
              ElementsAre("orders/data/00000000000000000001/t/f0", "orders/data/00000000000000000001/t/f1"));
  ASSERT_EQ(table->parts.size(), 1U);
  EXPECT_EQ(table->parts[0].lines, 6) << "protocol, metaData, two adds, two files";
}

TEST_F(TableChangeTest, PartsAreClosedAtTheirSize) {
  Plain();
  Environment env = world_.west;
  env.limits.manifest_part_bytes = 100;
  TableStager stager(env, area_, world_.source(), Epoch(1), false, {});
  const auto table = world_.Run(stager.Stage(*Read({})));
  ASSERT_THAT(table, Succeeded());
  EXPECT_GT(table->parts.size(), 3U);
  int64_t lines = 0;
  for (const plan::ManifestPart& part : table->parts) lines += part.lines;
  EXPECT_EQ(lines, 6);
}

TEST_F(TableChangeTest, FileThatTheCutNeedsAndThatIsGoneIsNamed) {
  Plain();
  world_.source().objects().erase("f1");
  EXPECT_THAT(Stage(*Read({})), FailedWith(ErrorCode::kSourceMovedOn, "mem://west/t/f1"));
}

TEST_F(TableChangeTest, FileBetweenTwoCutsThatIsGoneIsLeftOut) {
  Plain();
  t().Commit({t().Add("between")});
  t().Commit({TestTable::Remove("between")});
  world_.source().objects().erase("between");
  const auto table = Stage(*Mirror(2));
  ASSERT_THAT(table, Succeeded());
  EXPECT_EQ(table->files, 0);
  EXPECT_TRUE(world_.log.Has("object between two cuts is gone"));
}

TEST_F(TableChangeTest, FileOfAnotherSizeThanTheLogSaysIsCorrupt) {
  Plain();
  world_.source().Set("f1", "short");
  EXPECT_THAT(Stage(*Read({})), FailedWith(ErrorCode::kCorruptData, "5 bytes where 10"));
  EXPECT_THAT(world_.Staged("orders/data/00000000000000000001/t/f1"), IsEmpty());
}

TEST_F(TableChangeTest, LeftoversOfAnEarlierAttemptAreNotCopiedAgain) {
  Plain();
  const auto first = Stage(*Read({}));
  ASSERT_THAT(first, Succeeded());
  int writes = 0;
  world_.staging().set_hooks(
      {.before_effect = [&writes](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
        if (operation == StoreOperation::kOpenWrite) ++writes;
        co_return Status{};
      }});
  const auto second = Stage(*Read({}), true);
  ASSERT_THAT(second, Succeeded());
  EXPECT_EQ(writes, 0);
  EXPECT_EQ(*second, *first);
}

// A leftover that is not what the source holds is neither named nor deleted: another sender may name it meanwhile.
TEST_F(TableChangeTest, LeftoverOfAnotherSizeIsLeftAndAvoided) {
  Plain();
  world_.staging().Set(kStagedF1, "half");
  const auto table = Stage(*Read({}), true);
  ASSERT_THAT(table, Succeeded());
  EXPECT_EQ(world_.Text(world_.staging(), kStagedF1), "half");
  EXPECT_EQ(StagedName(*table, "f1"), kStagedF1 + ".1");
  EXPECT_EQ(world_.Text(world_.staging(), kStagedF1 + ".1"), "data of f1");
}

TEST_F(TableChangeTest, LeftoverOfEqualSizeWithOtherBytesIsNotNamed) {
  Plain();
  world_.staging().Set(kStagedF1, "DATA of f1");
  const auto table = Stage(*Read({}), true);
  ASSERT_THAT(table, Succeeded());
  EXPECT_EQ(StagedName(*table, "f1"), kStagedF1 + ".1");
  EXPECT_EQ(world_.Text(world_.staging(), kStagedF1 + ".1"), "data of f1");
}

TEST_F(TableChangeTest, WhatWasPutBesideALeftoverIsKeptByTheNextAttempt) {
  Plain();
  world_.staging().Set(kStagedF1, "half");
  const auto first = Stage(*Read({}), true);
  ASSERT_THAT(first, Succeeded());
  const auto names = world_.Staged("");
  const auto second = Stage(*Read({}), true);
  ASSERT_THAT(second, Succeeded());
  EXPECT_EQ(*second, *first);
  EXPECT_EQ(world_.Staged(""), names);
}

TEST_F(TableChangeTest, SourceFileNamedLikeTheObjectBesideAnotherHasAPlaceToo) {
  Plain();
  t().Commit({t().Add("f1.1")});
  world_.staging().Set(kStagedF1, "half");
  const auto table = Stage(*Read({}), true);
  ASSERT_THAT(table, Succeeded());
  EXPECT_EQ(world_.Text(world_.staging(), StagedName(*table, "f1")), "data of f1");
  EXPECT_EQ(world_.Text(world_.staging(), StagedName(*table, "f1.1")), "data of f1.1");
}

TEST_F(TableChangeTest, ObjectWithoutAFreeNameIsRefused) {
  Plain();
  world_.staging().Set(kStagedF1, "of another");
  for (int n = 1; n < 8; ++n) world_.staging().Set(fmt::format("{}.{}", kStagedF1, n), "of another");
  EXPECT_THAT(Stage(*Read({}), true), FailedWith(ErrorCode::kRefused, "other bytes are staged already"));
}

TEST_F(TableChangeTest, LeftoverOfASourceFileThatIsNotWhatTheLogSaysIsCorrupt) {
  Plain();
  world_.source().Set("f1", "short");
  world_.staging().Set("orders/data/00000000000000000001/t/f1", "short");
  EXPECT_THAT(Stage(*Read({}), true), FailedWith(ErrorCode::kCorruptData, "5 bytes where 10"));
}

TEST_F(TableChangeTest, ObjectOfAnotherSenderIsNotOverwritten) {
  Plain();
  world_.staging().Set(kStagedF1, "of another");
  const auto table = Stage(*Read({}));
  ASSERT_THAT(table, Succeeded());
  EXPECT_EQ(world_.Text(world_.staging(), kStagedF1), "of another");
  EXPECT_EQ(world_.Text(world_.staging(), StagedName(*table, "f1")), "data of f1");
}

TEST_F(TableChangeTest, PathThatIsTooLongBelowStagingIsAnErrorAndNoCrash) {
  t().Create();
  t().Commit({t().Add(std::string(1'000, 'x'))});
  EXPECT_THAT(Stage(*Read({})), FailedWith(ErrorCode::kInvalidArgument, "longer than 1024 bytes"));
}

TEST_F(TableChangeTest, StopEndsTheCopying) {
  Plain();
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THAT(Stage(*Read({}), false, stop.get_token()), FailedWith(ErrorCode::kCancelled, "stopped"));
}

}  // namespace
}  // namespace lakeferry::engine
