// Replay compared with the plain reference over many random small logs. LAKEFERRY_REPLAY_LOGS and LAKEFERRY_REPLAY_SEED
// choose how many and which; the seed of a log is its number, so that one failure can be run again alone.
#include <fmt/format.h>

#include <cstdlib>

#include "base/bytes_access.h"
#include "delta/checkpoint_hint.h"
#include "delta/commit_times.h"
#include "delta/log_segment.h"
#include "delta/snapshot.h"
#include "parquet/arrow_checkpoint_reader.h"
#include "tests/replay/dice.h"
#include "tests/replay/random_log.h"
#include "tests/support/snapshot_builder.h"

namespace lakeferry::delta {
namespace {

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

Status LoadCheckpoint(const RandomLog& log, const CheckpointFiles& checkpoint, SnapshotBuilder& builder) {
  for (const LogFile& file : checkpoint.files) {
    const std::string& bytes = log.objects.at(file.name);
    LF_TRY_OK(checkpoint.json
                  ? builder.AddCheckpointFile(bytes, file.name)
                  : parquet::ArrowCheckpointReader().Read(BytesAccess(bytes), file.name, builder.checkpoint_sink()));
  }
  return {};
}

Result<FullSnapshot> LoadSegment(const RandomLog& log, const LogSegment& segment) {
  SnapshotBuilder builder;
  if (segment.checkpoint) LF_TRY_OK(LoadCheckpoint(log, *segment.checkpoint, builder));
  if (segment.commits.empty()) {
    const std::string name = CommitName(segment.version);
    LF_TRY_OK(builder.ReadCommitInfo(log.objects.at(name), name));
  }
  for (const auto& [version, file] : segment.commits) {
    LF_TRY_OK(builder.ApplyCommit(version, log.objects.at(file.name), file.name));
  }
  return std::move(builder).Finish(segment.version, segment.last_commit.modified);
}

// The rest of the table's state, from the same objects.
Result<Snapshot> LoadWithoutFiles(const RandomLog& log, const LogSegment& segment) {
  NoFiles none;
  LogReplay replay(none, 1);
  for (auto commit = segment.commits.rbegin(); commit != segment.commits.rend(); ++commit) {
    const std::string& name = commit->second.name;
    LF_TRY_OK(ReadActions(log.objects.at(name), name, replay.BeginCommit(name)));
    replay.EndCommit();
  }
  if (segment.checkpoint) {
    ActionSink& sink = replay.BeginCheckpoint(segment.checkpoint->version);
    for (const LogFile& file : segment.checkpoint->files) {
      const std::string& bytes = log.objects.at(file.name);
      LF_TRY_OK(segment.checkpoint->json ? ReadActions(bytes, file.name, sink)
                                         : parquet::ArrowCheckpointReader().Read(BytesAccess(bytes), file.name, sink));
    }
  }
  if (segment.commits.empty()) {
    CommitInfoSink info;
    const std::string name = CommitName(segment.version);
    LF_TRY_OK(ReadActions(log.objects.at(name), name, info));
    replay.SetCommitInfo(std::move(info.found));
  }
  return std::move(replay).Finish(segment.version, segment.last_commit.modified);
}

void CheckWithoutFiles(const RandomLog& log, const LogSegment& segment, const Snapshot& whole) {
  const auto state = LoadWithoutFiles(log, segment);
  ASSERT_TRUE(state) << ToString(state.error());
  EXPECT_EQ(state->timestamp, whole.timestamp);
  EXPECT_EQ(state->protocol, whole.protocol);
  EXPECT_EQ(state->metadata, whole.metadata);
  EXPECT_EQ(state->txns, whole.txns);
  EXPECT_EQ(state->domains, whole.domains);
}

// As the engine does: a checkpoint that cannot be read gives way to the one before.
Result<FullSnapshot> Load(const RandomLog& log, Version version) {
  const LogListing listing = SortOut(log.Listing());
  for (int skip = 0;; ++skip) {
    LF_TRY(const LogSegment segment, LogSegment::Make(listing, version, skip));
    auto snapshot = LoadSegment(log, segment);
    if (snapshot) CheckWithoutFiles(log, segment, *snapshot);
    if (snapshot || !segment.checkpoint) return snapshot;
  }
}

// The number of the file that a path names, -1 for none.
int FileOf(const std::string& path) {
  const auto& spellings = Spellings();
  for (size_t file = 0; file < spellings.size(); ++file) {
    if (std::ranges::find(spellings[file], path) != spellings[file].end()) return static_cast<int>(file);
  }
  return -1;
}

std::map<FileName, AddFile> FilesOf(const FullSnapshot& snapshot) {
  std::map<FileName, AddFile> files;
  for (const auto* entry : snapshot.files.Sorted()) {
    AddFile add = entry->second;
    const FileName name{FileOf(add.path), VectorName(add.deletion_vector)};
    add.path.clear();
    add.data_change = true;
    files.emplace(name, std::move(add));
  }
  return files;
}

// What differs between a snapshot and the reference; empty for nothing.
std::string Difference(const FullSnapshot& snapshot, const TableModel& expected, TimeMs file_time) {
  if (snapshot.protocol != expected.protocol) return "protocol";
  if (snapshot.metadata != expected.metadata) return "metaData";
  if (snapshot.txns != expected.txns) return "txn";
  if (snapshot.domains != expected.domains) return "domainMetadata";
  if (snapshot.files.size() != expected.files.size() || FilesOf(snapshot) != expected.files) return "files";
  const bool own = InCommitTimestampsOn(snapshot.protocol, snapshot.metadata);
  return snapshot.timestamp == (own ? FromEpochMs(expected.own_time) : file_time) ? "" : "time";
}

struct Counts {
  int64_t loaded = 0;
  int64_t refused = 0;
};

void CheckVersion(const RandomLog& log, int64_t version, Counts& counts) {
  const auto snapshot = Load(log, Version(version));
  const bool rebuildable = log.Rebuildable(version);
  ++(rebuildable ? counts.loaded : counts.refused);
  if (!snapshot) {
    EXPECT_FALSE(rebuildable) << ToString(snapshot.error());
    return;
  }
  ASSERT_TRUE(rebuildable) << "it loads, with " << snapshot->files.size() << " files";
  EXPECT_EQ(Difference(*snapshot, log.states[static_cast<size_t>(version)], RandomLog::FileTime(version)), "");
}

void CheckHint(const RandomLog& log) {
  const auto hint = log.objects.find(std::string(kLastCheckpointName));
  if (hint != log.objects.end()) EXPECT_EQ(ReadCheckpointHint(hint->second), log.hint);
}

Counts CheckLogs(uint64_t first, uint64_t count, bool parquet) {
  Counts counts;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    const RandomLog log = MakeRandomLog(seed, parquet);
    const int64_t any = Dice(~seed).Below(log.newest() + 1);
    for (const int64_t version : {log.newest(), any}) {
      SCOPED_TRACE(fmt::format("log {}, version {}", seed, version));
      CheckVersion(log, version, counts);
      CheckHint(log);
    }
    if (testing::Test::HasFailure()) break;
  }
  return counts;
}

TEST(Replay, OfRandomLogsGivesWhatThePlainReferenceGives) {
  const uint64_t count = FromEnvironment("LAKEFERRY_REPLAY_LOGS", 10'000);
  const Counts counts = CheckLogs(FromEnvironment("LAKEFERRY_REPLAY_SEED", 1), count, false);
  RecordProperty("loaded", std::to_string(counts.loaded));
  EXPECT_GT(counts.loaded, static_cast<int64_t>(count));
  EXPECT_GT(counts.refused, static_cast<int64_t>(count) / 20);
}

TEST(Replay, OfRandomLogsWithParquetCheckpointsGivesWhatThePlainReferenceGives) {
  const uint64_t count = FromEnvironment("LAKEFERRY_REPLAY_LOGS", 10'000) / 50;
  const Counts counts = CheckLogs(FromEnvironment("LAKEFERRY_REPLAY_SEED", 1), count, true);
  EXPECT_GT(counts.loaded, static_cast<int64_t>(count));
  EXPECT_GT(counts.refused, static_cast<int64_t>(count) / 20);
}

}  // namespace
}  // namespace lakeferry::delta
