#include "engine/mirror_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "delta/checkpoint_hint.h"
#include "delta/commit_times.h"
#include "delta/file_path.h"
#include "delta/table_features.h"
#include "engine/file_set.h"

namespace lakeferry::engine {
namespace {

struct Start {
  Version first_commit;
  std::optional<delta::CheckpointFiles> checkpoint;  // of first_commit's version, where version 0 is gone
};

bool HasCommit(const delta::LogListing& listing, Version version) {
  return std::ranges::any_of(listing.commits, [&](const auto& commit) { return commit.first == version; });
}

bool WholeFrom(const delta::LogListing& listing, Version from, Version to) {
  for (Version version = from; version <= to; version = version.Next()) {
    if (!HasCommit(listing, version)) return false;
  }
  return true;
}

Result<Start> FindStart(const TableCut& cut) {
  const delta::LogListing& listing = cut.scan.listing;
  if (cut.scan.base) return Start{.first_commit = cut.scan.base->source_version.Next(), .checkpoint = {}};
  if (WholeFrom(listing, Version(0), cut.version)) return Start{.first_commit = Version(0), .checkpoint = {}};
  for (const delta::CheckpointFiles& checkpoint : listing.checkpoints) {
    if (checkpoint.version > cut.version || !WholeFrom(listing, checkpoint.version, cut.version)) continue;
    return Start{.first_commit = checkpoint.version, .checkpoint = checkpoint};
  }
  return Fail(ErrorCode::kCorruptLog, "the log has neither version 0 nor a checkpoint that later commits follow",
              cut.scan.spec.source_uri);
}

// Log objects of one checkpoint, sidecars first, because the top-level file refers to them.
Task<Result<std::vector<std::string>>> CheckpointObjects(const TableCut& cut, const delta::CheckpointFiles& checkpoint,
                                                         const Environment& env) {
  std::vector<std::string> names;
  delta::SnapshotBuilder builder;
  for (const delta::LogFile& file : checkpoint.files) {
    const ObjectPath path = ObjectPath::Of(delta::kLogFolder) / file.name;
    LF_CO_TRY(std::string bytes, co_await cut.scan.log->store().Get(path, env.limits.checkpoint_bytes_max));
    if (checkpoint.json) {
      LF_CO_TRY_OK(builder.AddCheckpointFile(bytes, path.text()));
    } else {
      LF_CO_TRY_OK(env.checkpoints.Read(std::move(bytes), path.text(), builder.checkpoint_sink()));
    }
  }
  for (const delta::Sidecar& sidecar : builder.sidecars()) {
    LF_CO_TRY(const ObjectPath name, delta::ResolveInTable(sidecar.path, std::string_view()));
    names.push_back((ObjectPath::Of(delta::kSidecarFolder) / name).text());
  }
  for (const delta::LogFile& file : checkpoint.files) {
    names.push_back((ObjectPath::Of(delta::kLogFolder) / file.name).text());
  }
  co_return names;
}

// The newest complete checkpoint within the range, so that readers of the mirror need not replay from the start.
const delta::CheckpointFiles* NewestCheckpoint(const TableCut& cut, Version from) {
  const delta::CheckpointFiles* newest = nullptr;
  for (const delta::CheckpointFiles& checkpoint : cut.scan.listing.checkpoints) {
    if (checkpoint.version >= from && checkpoint.version <= cut.version) newest = &checkpoint;
  }
  return newest;
}

Task<Status> AddLogFiles(const Environment& env, const TableCut& cut, const Start& start, TableChange& change) {
  const delta::CheckpointFiles* newest = NewestCheckpoint(cut, start.first_commit);
  if (start.checkpoint && (newest == nullptr || newest->version != start.checkpoint->version)) {
    LF_CO_TRY(change.log_files, co_await CheckpointObjects(cut, *start.checkpoint, env));
  }
  if (newest == nullptr) co_return Status{};
  LF_CO_TRY(const std::vector<std::string> names, co_await CheckpointObjects(cut, *newest, env));
  change.log_files.insert(change.log_files.end(), names.begin(), names.end());
  // The hint goes over only if it names what goes over.
  const ObjectPath hint_path = ObjectPath::Of(delta::kLogFolder) / delta::kLastCheckpointName;
  Result<std::string> hint = co_await cut.scan.log->store().Get(hint_path, size_t{16} << 20);
  if (!hint) co_return Status{};
  const auto named = delta::ReadCheckpointHint(*hint);
  if (named && *named == newest->version) change.log_files.push_back(hint_path.text());
  co_return Status{};
}

// Paths whose objects the table needs at the cut: those may not be missing.
struct Needed {
  std::set<std::string> add_paths;
  std::set<std::string> vectors;

  [[nodiscard]] bool HasVector(const std::optional<delta::DeletionVector>& dv) const {
    return dv && vectors.contains(dv->storage_type + dv->path_or_inline_dv);
  }
};

Status AddActions(const delta::Commit& commit, const Needed* live, FileSet& files) {
  for (const delta::AddFile& add : commit.adds) {
    const bool required = live == nullptr || live->add_paths.contains(add.path);
    LF_TRY_OK(files.Add(add.path, add.size, required));
    // A file may have had another vector before, which may be gone.
    LF_TRY_OK(files.AddVector(add.deletion_vector, live == nullptr || live->HasVector(add.deletion_vector)));
  }
  for (const delta::RemoveFile& remove : commit.removes) {
    // The vector a removed file had is part of what changed; it may be gone.
    if (delta::IsAbsolutePath(remove.path)) LF_TRY_OK(files.Resolve(remove.path));
  }
  for (const delta::AddCdcFile& cdc : commit.cdc) LF_TRY_OK(files.Add(cdc.path, cdc.size, false));
  return {};
}

Needed NeededAt(const delta::Snapshot& snapshot) {
  Needed needed;
  for (const auto* entry : snapshot.files.Sorted()) {
    const delta::AddFile& add = entry->second;
    needed.add_paths.insert(add.path);
    if (add.deletion_vector) {
      needed.vectors.insert(add.deletion_vector->storage_type + add.deletion_vector->path_or_inline_dv);
    }
  }
  return needed;
}

}  // namespace

Task<Result<TableChange>> ReadMirrorChange(const Environment& env, const TableCut& cut) {
  LF_CO_TRY(const Start start, FindStart(cut));
  TableChange change;
  FileSet files(cut.scan.spec.source_uri, false);
  LF_CO_TRY(const delta::LogListing whole, co_await cut.scan.log->ListAll());
  LF_CO_TRY(const delta::Snapshot at_cut, co_await cut.scan.log->Load(whole, cut.version));
  LF_CO_TRY_OK(delta::CheckSupported(at_cut.protocol, at_cut.metadata, delta::ReplicationMode::kMirror));
  const Needed needed = NeededAt(at_cut);
  if (start.checkpoint) {
    LF_CO_TRY(const delta::Snapshot at_start, co_await cut.scan.log->Load(whole, start.first_commit));
    for (const auto* entry : at_start.files.Sorted()) {
      const bool required = needed.add_paths.contains(entry->second.path);
      LF_CO_TRY_OK(files.Add(entry->second.path, entry->second.size, required));
      LF_CO_TRY_OK(files.AddVector(entry->second.deletion_vector, needed.HasVector(entry->second.deletion_vector)));
    }
  }
  for (Version version = start.first_commit; version <= cut.version; version = version.Next()) {
    LF_CO_TRY(const delta::Commit commit, co_await cut.scan.log->ReadCommit(version));
    if (commit.protocol) {
      LF_CO_TRY_OK(delta::CheckSupported(*commit.protocol, at_cut.metadata, delta::ReplicationMode::kMirror));
    }
    LF_CO_TRY_OK(AddActions(commit, &needed, files));
    change.commits.push_back(version);
  }
  LF_CO_TRY_OK(co_await AddLogFiles(env, cut, start, change));
  change.files = std::move(files).Take();
  change.table.table_id = at_cut.metadata.id;
  change.table.in_commit_timestamps = delta::InCommitTimestampsOn(at_cut.protocol, at_cut.metadata);
  co_return change;
}

}  // namespace lakeferry::engine
