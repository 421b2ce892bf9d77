#include "delta/log_replay.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "base/check.h"
#include "delta/commit_times.h"
#include "delta/log_path.h"
#include "delta/replay_sinks.h"

namespace lakeferry::delta {

struct LogReplay::State {
  State(FileSink& files, uint64_t seed) : table(files, seed) {}
  ReplayedTable table;
  std::optional<CommitSink> commit;
  std::optional<CheckpointSink> checkpoint;
};

LogReplay::LogReplay(FileSink& files, uint64_t seed) : state_(std::make_unique<State>(files, seed)) {}
LogReplay::~LogReplay() = default;
LogReplay::LogReplay(LogReplay&&) noexcept = default;
LogReplay& LogReplay::operator=(LogReplay&&) noexcept = default;

uint64_t LogReplay::file_seed() const { return state_->table.files.seed(); }
bool LogReplay::wants_files() const { return state_->table.files.wanted(); }

ActionSink& LogReplay::BeginCommit(std::string where) {
  LF_CHECK(!state_->commit && !state_->checkpoint, "commits come one after another, before the checkpoint");
  state_->table.files.NextSource();
  return state_->commit.emplace(state_->table, std::move(where));
}

void LogReplay::EndCommit() {
  LF_CHECK(state_->commit.has_value(), "a commit was begun");
  state_->commit->End();
  state_->commit.reset();
}

ActionSink& LogReplay::BeginCheckpoint(Version version) {
  LF_CHECK(!state_->commit && !state_->checkpoint, "one checkpoint, after the commits");
  state_->table.files.NextSource();
  return state_->checkpoint.emplace(state_->table, version);
}

const std::vector<Sidecar>& LogReplay::sidecars() const { return state_->checkpoint->sidecars(); }

void LogReplay::SetCommitInfo(std::optional<CommitInfo> info) { state_->table.commit_info = std::move(info); }

namespace {

Result<TimeMs> TimeOf(const ReplayedTable& table, TimeMs file_time) {
  if (!InCommitTimestampsOn(*table.protocol, *table.metadata)) return file_time;
  if (!table.commit_info || !table.commit_info->in_commit_timestamp) {
    return Fail(ErrorCode::kCorruptLog, "the table has in-commit timestamps, but a commit holds none", "",
                "a writer broke the protocol: turn delta.enableInCommitTimestamps off, or restore an earlier version");
  }
  return FromEpochMs(*table.commit_info->in_commit_timestamp);
}

}  // namespace

Result<Snapshot> LogReplay::Finish(Version version, TimeMs commit_file_time) && {
  LF_CHECK(!state_->commit, "the last commit was ended");
  ReplayedTable& table = state_->table;
  const std::string where = std::string(kLogFolder) + "/" + CommitName(version);
  const auto damaged = [&](std::string what) {
    return Fail(ErrorCode::kCorruptLog, std::move(what), where, "restore the missing objects of _delta_log");
  };
  if (!table.protocol) return damaged("the log holds no protocol action");
  if (!table.metadata) return damaged("the log holds no metaData action");
  if (state_->checkpoint && !state_->checkpoint->sidecars().empty() && !state_->checkpoint->has_metadata()) {
    return damaged("the checkpoint names sidecars but has no checkpointMetadata");
  }
  auto time = TimeOf(table, commit_file_time);
  if (!time) return FailAt(std::move(time.error()), where);
  std::erase_if(table.domains, [](const auto& entry) { return entry.second.removed; });
  return Snapshot{.version = version,
                  .timestamp = *time,
                  .protocol = *std::move(table.protocol),
                  .metadata = *std::move(table.metadata),
                  .txns = std::move(table.txns),
                  .domains = std::move(table.domains),
                  .commit_info = std::move(table.commit_info)};
}

}  // namespace lakeferry::delta
