#include "delta/snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/check.h"
#include "delta/commit_times.h"
#include "delta/file_path.h"
#include "delta/snapshot_sinks.h"

namespace lakeferry::delta {

std::optional<AddFile> LiveFiles::Take(const std::string& key) {
  auto node = files_.extract(key);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped());
}

const AddFile* LiveFiles::Find(const std::string& key) const {
  const auto at = files_.find(key);
  return at == files_.end() ? nullptr : &at->second;
}

int64_t LiveFiles::TotalBytes() const {
  int64_t total = 0;
  for (const auto& [key, add] : files_) total += add.size;
  return total;
}

std::vector<const std::pair<const std::string, AddFile>*> LiveFiles::Sorted() const {
  std::vector<const std::pair<const std::string, AddFile>*> sorted;
  sorted.reserve(files_.size());
  for (const auto& entry : files_) sorted.push_back(&entry);
  std::ranges::sort(sorted, {}, [](const auto* entry) -> const std::string& { return entry->first; });
  return sorted;
}

struct SnapshotBuilder::State {
  TableState table;
  CheckpointSink checkpoint{table};
};

SnapshotBuilder::SnapshotBuilder() : state_(std::make_unique<State>()) {}
SnapshotBuilder::~SnapshotBuilder() = default;
SnapshotBuilder::SnapshotBuilder(SnapshotBuilder&&) noexcept = default;
SnapshotBuilder& SnapshotBuilder::operator=(SnapshotBuilder&&) noexcept = default;

Status SnapshotBuilder::AddCheckpointFile(std::string_view json_text, std::string_view where) {
  return ReadActions(json_text, where, state_->checkpoint);
}

ActionSink& SnapshotBuilder::checkpoint_sink() { return state_->checkpoint; }

const std::vector<Sidecar>& SnapshotBuilder::sidecars() const { return state_->table.sidecars; }

Status SnapshotBuilder::ApplyCommit(Version version, std::string_view text, std::string_view where) {
  TableState& table = state_->table;
  if (table.last_applied) LF_CHECK(version == table.last_applied->Next(), "commits are applied one after another");
  const auto after = table.checkpoint_version;
  if (after && !table.last_applied && version != after->Next()) {
    return Fail(ErrorCode::kCorruptLog,
                fmt::format("checkpoint says that it is of version {}, but version {} follows it", after->value(),
                            version.value()),
                std::string(where), "remove the checkpoint, which is misnamed, or restore it");
  }
  PendingCommit commit(where);
  LF_TRY_OK(commit.Read(text));
  commit.ApplyTo(table);
  table.last_applied = version;
  return {};
}

Status SnapshotBuilder::ReadCommitInfo(std::string_view text, std::string_view where) {
  PendingCommit commit(where);
  LF_TRY_OK(commit.Read(text));
  state_->table.commit_info = std::move(commit.commit_info);
  return {};
}

namespace {

// Two live files of one path: nobody could say which deletion vector holds.
Status CheckOneFileAPath(const LiveFiles& files) {
  std::unordered_set<std::string> with_vector;
  for (const auto* entry : files.Sorted()) {
    if (!entry->second.deletion_vector) continue;
    const std::string path = entry->first.substr(0, entry->first.find('\n'));
    if (files.Find(path) == nullptr && with_vector.insert(path).second) continue;
    return Fail(ErrorCode::kCorruptLog, "damaged Delta log: two live files share one path", entry->second.path,
                "a writer broke the protocol: restore the table to an earlier version");
  }
  return {};
}

Result<TimeMs> TimeOf(const TableState& table, TimeMs file_time) {
  if (!InCommitTimestampsOn(*table.protocol, *table.metadata)) return file_time;
  if (!table.commit_info || !table.commit_info->in_commit_timestamp) {
    return Fail(ErrorCode::kCorruptLog, "the table has in-commit timestamps, but a commit holds none", "",
                "a writer broke the protocol: turn delta.enableInCommitTimestamps off, or restore an earlier version");
  }
  return FromEpochMs(*table.commit_info->in_commit_timestamp);
}

}  // namespace

Result<Snapshot> SnapshotBuilder::Finish(Version version, TimeMs commit_file_time) && {
  TableState& table = state_->table;
  const std::string where = CommitPlace(version);
  const auto damaged = [&](std::string what) {
    return Fail(ErrorCode::kCorruptLog, std::move(what), where, "restore the missing objects of _delta_log");
  };
  if (table.last_applied) LF_CHECK(version == *table.last_applied, "the last commit applied is the snapshot's version");
  if (!table.last_applied && table.checkpoint_version && version != *table.checkpoint_version) {
    return damaged(fmt::format("checkpoint says that it is of version {}", table.checkpoint_version->value()));
  }
  if (!table.protocol) return damaged("the log holds no protocol action");
  if (!table.metadata) return damaged("the log holds no metaData action");
  if (!table.sidecars.empty() && !table.checkpoint_version) {
    return damaged("the checkpoint names sidecars but has no checkpointMetadata");
  }
  LF_TRY_OK(CheckOneFileAPath(table.files));
  auto time = TimeOf(table, commit_file_time);
  if (!time) return FailAt(std::move(time.error()), where);
  return Snapshot{.version = version,
                  .timestamp = *time,
                  .protocol = *std::move(table.protocol),
                  .metadata = *std::move(table.metadata),
                  .files = std::move(table.files),
                  .txns = std::move(table.txns),
                  .domains = std::move(table.domains),
                  .commit_info = std::move(table.commit_info)};
}

}  // namespace lakeferry::delta
