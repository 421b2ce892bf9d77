// A look at a whole table that cannot be answered, or only from an older checkpoint; and time travel in the store.
#include <fmt/format.h>

#include "base/digest.h"
#include "engine/apply/table_placer.h"
#include "engine/change/live_sets.h"
#include "engine/inquire/version_survey.h"
#include "engine/log/version_at.h"
#include "tests/engine/change/table_change_fixture.h"
#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string CheckpointOf(int64_t version) { return fmt::format("_delta_log/{:020}.checkpoint.parquet", version); }

class LogLook : public TableChangeTest {
 protected:
  TableLog Log() {
    return {std::shared_ptr<ObjectStore>(&world_.source(), [](ObjectStore*) {}), world_.west};
  }
  delta::LogListing Listed() {
    auto listing = world_.Run(Log().ListAll({}));
    EXPECT_THAT(listing, Succeeded());
    return listing.value_or(delta::LogListing());
  }
  Result<delta::Snapshot> Load(const delta::LogListing& listing) {
    const TableLog log = Log();
    return world_.Run(log.Load({}, listing, std::nullopt));
  }
  Result<delta::CommitTime> At(int64_t ms) {
    const TableLog log = Log();
    return world_.Run(VersionAt({}, log, Listed(), FromEpochMs(ms)));
  }
  plan::ManifestTable BaseAt(int64_t version) {
    return {.name = "t",
            .source_version = Version(version),
            .table_id = "id-of-mem://west/t",
            .commit_sha256 = Sha256Hex(world_.Text(world_.source(), TestTable::LogName(version))),
            .parts = {}};
  }
  Result<TableScan> Scan(const plan::ManifestTable& base) {
    return world_.Run(ScanTable({}, world_.west, world_.spec.tables[0], base, {.runs = {}, .from = {}}));
  }
  // Fails every read of an object.
  void FailReads(const std::string& path, Error error) {
    world_.source().set_hooks({.before_effect = [=](std::string, StoreOperation at, ObjectPath what) -> Task<Status> {
                                 const bool reads = at == StoreOperation::kOpen;
                                 if (reads && what.text() == path) co_return std::unexpected(error);
                                 co_return Status{};
                               },
                               .after_effect = {}});
  }
  // Checkpoints of versions 1 and 2, all commits beside them.
  void Checkpointed() {
    Plain();
    const std::string first = world_.Text(world_.source(), TestTable::LogName(0));
    const std::string second = world_.Text(world_.source(), TestTable::LogName(1));
    const std::string third = world_.Text(world_.source(), TestTable::LogName(2));
    world_.source().Set(CheckpointOf(1), first + second);
    world_.source().Set(CheckpointOf(2), first + second + third);
  }
};

TEST_F(LogLook, NameThatOnlySomeEnginesTakeForACommitIsRefused) {
  Plain();
  world_.source().Set("_delta_log/1.json", "{}");
  EXPECT_THAT(world_.Run(Log().ListAll({})), FailedWith(ErrorCode::kCorruptLog, "the log holds '1.json'"));
}

TEST_F(LogLook, LogOfACheckpointWithoutAllOfItsPartsHasNoVersion) {
  world_.source().Set("_delta_log/00000000000000000003.checkpoint.0000000001.0000000002.parquet", "half");
  const auto listing = delta::SortOut({{.name = "00000000000000000003.checkpoint.0000000001.0000000002.parquet",
                                        .size_bytes = 4,
                                        .modified = TimeMs()}});
  EXPECT_THAT(Load(listing), FailedWith(ErrorCode::kNotFound, "the log has no complete version"));
  const VersionsReport report = world_.Run(SurveyVersions({}, world_.west, world_.spec));
  EXPECT_EQ(report.tables[0].source_version, std::nullopt);
  EXPECT_THAT(report.tables[0].unreachable, Contains(HasSubstr("source: ")));
}

TEST_F(LogLook, CheckpointThatVanishesMeanwhileIsNoReasonWhereAnOlderOneIsThere) {
  Checkpointed();
  const delta::LogListing listing = Listed();
  world_.source().objects().erase(CheckpointOf(2));
  const auto snapshot = Load(listing);
  ASSERT_THAT(snapshot, Succeeded());
  EXPECT_EQ(snapshot->version, Version(2));
  EXPECT_TRUE(world_.log.Has("checkpoint unreadable, trying an older one"));
}

TEST_F(LogLook, CheckpointThatCannotBeReadForAMomentIsNoDamage) {
  Checkpointed();
  FailReads(CheckpointOf(2), Error{.code = ErrorCode::kUnavailable, .message = "not now", .where = {}, .remedy = {}});
  EXPECT_THAT(Load(Listed()), FailedWith(ErrorCode::kUnavailable, "not now"));
  EXPECT_FALSE(world_.log.Has("checkpoint unreadable"));
}

TEST_F(LogLook, CommitThatACheckpointTakesItsTimeFromHasToBeRead) {
  Checkpointed();
  FailReads(TestTable::LogName(2),
            Error{.code = ErrorCode::kUnavailable, .message = "not now", .where = {}, .remedy = {}});
  EXPECT_THAT(Load(Listed()), FailedWith(ErrorCode::kUnavailable, "not now"));
}

TEST_F(LogLook, VersionAtATimeIsTheNewestUpToIt) {
  Plain();
  const auto listed = [&](int64_t version) {
    return ToEpochMs(world_.source().objects().at(TestTable::LogName(version)).modified);
  };
  const auto exactly = At(listed(1));
  ASSERT_THAT(exactly, Succeeded());
  EXPECT_EQ(exactly->version, Version(1));
  const auto before = At(listed(1) - 1);
  ASSERT_THAT(before, Succeeded());
  EXPECT_EQ(before->version, Version(0));
  EXPECT_THAT(At(listed(0) - 1), FailedWith(ErrorCode::kNotFound, "no version at or before"));
}

class OwnTimesAt : public LogLook {
 protected:
  void Create() {
    t().Create(R"("delta.enableInCommitTimestamps":"true")",
               R"({"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["inCommitTimestamp"]})");
    t().Commit({t().Add("f0")});
    t().Commit({t().Add("f1")});
  }
};

TEST_F(OwnTimesAt, AreWhatVersionsGoBy) {
  Create();
  const std::string text = world_.Text(world_.source(), TestTable::LogName(1));
  const size_t at = text.find(R"("inCommitTimestamp":)") + 20;
  const int64_t own = std::strtoll(text.c_str() + at, nullptr, 10);
  const auto found = At(own);
  ASSERT_THAT(found, Succeeded());
  EXPECT_EQ(found->version, Version(1));
  EXPECT_EQ(ToEpochMs(found->time), own);
}

TEST_F(OwnTimesAt, OfATableThatDoesNotTellSinceWhenAreAnError) {
  t().Create(R"("delta.enableInCommitTimestamps":"true","delta.inCommitTimestampEnablementVersion":"x")",
             R"({"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["inCommitTimestamp"]})");
  EXPECT_THAT(At(ToEpochMs(world_.clock.WallTime())), FailedWith(ErrorCode::kCorruptLog, "is missing or no number"));
}

TEST_F(OwnTimesAt, ThatACommitLacksOrThatCannotBeReadAreAnError) {
  Create();
  const std::string text = world_.Text(world_.source(), TestTable::LogName(1));
  const int64_t own = ToEpochMs(world_.source().objects().at(TestTable::LogName(1)).modified);
  FailReads(TestTable::LogName(1),
            Error{.code = ErrorCode::kUnavailable, .message = "not now", .where = {}, .remedy = {}});
  EXPECT_THAT(At(own), FailedWith(ErrorCode::kUnavailable, "not now"));
  world_.source().set_hooks({});
  world_.source().Set(TestTable::LogName(1), text.substr(text.find('\n') + 1), FromEpochMs(own));
  EXPECT_THAT(At(own), FailedWith(ErrorCode::kCorruptLog, "a commit holds none"));
}

TEST_F(LogLook, FilesOfSidecarsAreRead) {
  Plain();
  const std::string first = world_.Text(world_.source(), TestTable::LogName(0));
  const std::string add = world_.Text(world_.source(), TestTable::LogName(1));
  const std::string head = "{\"checkpointMetadata\":{\"version\":1}}\n" + first.substr(first.find('\n') + 1);
  world_.source().Set("_delta_log/00000000000000000001.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json",
                      head + R"({"sidecar":{"path":"s.parquet","sizeInBytes":9,"modificationTime":1}})" + "\n");
  world_.source().Set("_delta_log/_sidecars/s.parquet", add.substr(add.find('\n') + 1));
  world_.source().objects().erase(TestTable::LogName(0));
  const TableLog log = Log();
  delta::AllAdds live;
  ASSERT_THAT(world_.Run(log.Load({}, Listed(), Version(2), live)), Succeeded());
  EXPECT_EQ(live.adds.size(), 2U);
}

TEST_F(LogLook, SourceThatIsGoneWholeIsNoTableAnyMore) {
  Plain();
  const auto base = BaseAt(2);
  world_.source().objects().clear();
  EXPECT_THAT(Scan(base), FailedWith(ErrorCode::kNotFound, "mem://west/t"));
}

TEST_F(LogLook, SourceWithNothingButACheckpointIsNotTakenForAnother) {
  Plain();
  const auto base = BaseAt(2);
  t().CleanLog();
  world_.source().objects().erase(TestTable::LogName(2));
  const auto scan = Scan(base);
  EXPECT_TRUE(scan || scan.error().code != ErrorCode::kDiverged) << scan.error().message;
}

TEST_F(LogLook, StopEndsTheReplayOfALiveSet) {
  Plain();
  const TableLog log = Log();
  std::stop_source stop;
  EXPECT_THAT(world_.Run(ReplayLiveSet(Call{.stop = stop.get_token()}, log, Version(2), std::nullopt)), Succeeded());
  stop.request_stop();
  EXPECT_THAT(world_.Run(ReplayLiveSet(Call{.stop = stop.get_token()}, log, Version(2), std::nullopt)),
              FailedWith(ErrorCode::kCancelled, "stopped"));
}

TEST_F(LogLook, TableThatAsksForMoreSinceTheBaseIsRefused) {
  Plain();
  t().Commit({R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["nobodyKnows"],)"
              R"("writerFeatures":["nobodyKnows"]}})"});
  EXPECT_THAT(Read(2), FailedWith(ErrorCode::kUnsupportedTable, "nobodyKnows"));
}

// A stop that comes while an epoch is placed, by what the table's part holds.
class StoppedPlacing : public GroupReceiverTest {
 protected:
  explicit StoppedPlacing(delta::ReplicationMode mode = delta::ReplicationMode::kClone)
      : GroupReceiverTest(mode), mode_(mode) {}
  Result<Placed> Place(int64_t epoch) {
    const StagingArea staging(std::shared_ptr<ObjectStore>(&world_.staging(), [](ObjectStore*) {}),
                              plan::StagingOf(world_.spec), world_.east);
    std::stop_source stop;
    stop.request_stop();
    const TableLog log(std::shared_ptr<ObjectStore>(&world_.target("b"), [](ObjectStore*) {}), world_.east);
    FileNames names;
    TablePlacer placer(world_.east, staging, log, mode_ == delta::ReplicationMode::kClone ? &names : nullptr);
    const auto head = epoch == 1 ? std::optional<Version>() : Version(epoch - 2);
    return world_.Run(
        placer.Place({.stop = stop.get_token()}, Epoch(epoch), world_.ManifestOf(epoch).tables.at(1), head));
  }

 private:
  delta::ReplicationMode mode_;
};

class StoppedMirror : public StoppedPlacing {
 protected:
  StoppedMirror() : StoppedPlacing(delta::ReplicationMode::kMirror) {}
};

TEST_F(StoppedPlacing, BringsNoFile) {
  world_.CreateAll();
  ExpectSent(1);
  EXPECT_THAT(Place(1), FailedWith(ErrorCode::kCancelled, "stopped"));
  EXPECT_THAT(world_.target("b").objects(), IsEmpty());
}

TEST_F(StoppedPlacing, LooksForNoFileOfAnEpochBefore) {
  world_.FirstEpoch();
  world_.InRun("r1", [&] { world_.table("b").Commit({world_.table("b").AddAgain("f0", R"(,"tags":{"x":"y"})")}); });
  ExpectSent(2);
  EXPECT_THAT(Place(2), FailedWith(ErrorCode::kCancelled, "stopped"));
}

TEST_F(StoppedMirror, ComparesNoCommit) {
  world_.FirstEpoch();
  world_.InRun("r1", [&] { world_.table("b").Commit({R"({"txn":{"appId":"stream","version":7}})"}); });
  ExpectSent(2);
  EXPECT_THAT(Place(2), FailedWith(ErrorCode::kCancelled, "stopped"));
}

}  // namespace
}  // namespace lakeferry::engine
