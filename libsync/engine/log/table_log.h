// TableLog: one table's _delta_log in its store: listing, snapshots, commits. Reads only.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "delta/log_replay.h"
#include "delta/log_segment.h"
#include "delta/snapshot.h"
#include "engine/environment.h"
#include "engine/log/commit_feed.h"
#include "engine/log/kept_commits.h"
#include "env/object_store.h"

namespace lakeferry::delta {
class ActionShelf;
}  // namespace lakeferry::delta

namespace lakeferry::engine {

// Listings of tables' logs, by table.
using LogListings = std::map<std::string, delta::LogListing>;

// The error as one that names the table it is about.
[[nodiscard]] std::unexpected<Error> FailOfTable(Error error, std::string_view table, std::string_view uri);

// `env` and the store must outlive its tasks. Errors of every method: the store's, each naming the table's URI.
class TableLog {
 public:
  TableLog(std::shared_ptr<ObjectStore> store, const Environment& env) : store_(std::move(store)), env_(env) {}

  [[nodiscard]] ObjectStore& store() const { return *store_; }
  [[nodiscard]] const std::shared_ptr<ObjectStore>& shared_store() const { return store_; }

  // From here on the texts of small commits after `after` are kept as they are read first, where the store is far.
  void KeepCommits(Version after);

  // Every log file of version `from` and later. An empty answer is not an error here.
  Task<Result<delta::LogListing>> ListFrom(Call call, Version from) const;
  // The whole log, sorted out. kNotFound, telling apart: nothing at all at the URI, objects but no _delta_log, a
  // _delta_log without any commit or checkpoint. kCorruptLog for names that engines would disagree on.
  Task<Result<delta::LogListing>> ListAll(Call call) const;

  // The table at `version` (default: the newest of the listing), its files handed to `files`, on a thread of the pool
  // at times. kNotFound for a version there is not, or no longer; kCorruptLog where no checkpoint and commits give it.
  // An unreadable checkpoint falls back to an older one. Memory: 21 to 32 bytes a file, and what `files` keeps.
  Task<Result<delta::Snapshot>> Load(Call call, const delta::LogListing& listing, std::optional<Version> version,
                                     delta::FileSink& files) const;
  // The same without the files. Those of a Parquet checkpoint are not read; of JSON every line is, and kept none.
  Task<Result<delta::Snapshot>> Load(Call call, const delta::LogListing& listing, std::optional<Version> version) const;

  // Opens one commit. kNotFound.
  Task<Result<OpenCommit>> Open(Call call, Version version) const;
  // One commit as a value; its text is read piece by piece. kNotFound, kCorruptLog.
  Task<Result<delta::Commit>> ReadCommit(Call call, Version version) const;
  // The same without what `shelf`, which must outlive the task, takes out of its file actions; the shelf's errors.
  Task<Result<delta::Commit>> ReadCommit(Call call, Version version, delta::ActionShelf* shelf) const;
  // The same of one that is open.
  Task<Result<delta::Commit>> ReadCommit(Call call, OpenCommit commit, delta::ActionShelf* shelf) const;
  // Its actions, handed on piece by piece, whatever its size. kNotFound, kCorruptLog; the sink's errors.
  Task<Status> Feed(Call call, Version version, delta::ActionSink& sink) const;
  // The same of one that is open.
  Task<Status> Feed(Call call, OpenCommit commit, delta::ActionSink& sink) const;
  // The SHA-256 of its text, in hex. kNotFound.
  Task<Result<std::string>> CommitDigest(Call call, Version version) const;
  // The same, with the etag of what was read; empty where the store has none.
  struct CommitName {
    std::string sha256;
    std::string etag;
  };
  Task<Result<CommitName>> NameCommit(Call call, Version version) const;

  // Every object of a checkpoint, sidecars before the files that refer to them, for a copy of it. kUnsupportedTable for
  // one that a copy would not hold: a sidecar that the checkpoint names by an absolute path.
  Task<Result<std::vector<ObjectPath>>> CheckpointObjects(Call call, delta::CheckpointFiles checkpoint) const;

  [[nodiscard]] static ObjectPath CommitPath(Version version);
  // What names a commit in errors.
  [[nodiscard]] std::string PlaceOf(Version version) const;

 private:
  Task<Result<OpenCommit>> OpenInStore(Call call, Version version) const;
  Task<Result<delta::Snapshot>> LoadSegment(Call call, delta::LogSegment segment, delta::FileSink& files) const;
  std::unexpected<Error> CommitGone(Version version) const;
  Task<Status> LoadCheckpoint(Call call, const delta::CheckpointFiles& checkpoint, delta::LogReplay& replay) const;
  Task<Status> ReadCheckpointFile(Call call, ObjectPath path, bool json, delta::ActionSink& sink) const;
  Result<ObjectPath> SidecarPath(const delta::Sidecar& sidecar) const;

  std::shared_ptr<ObjectStore> store_;
  const Environment& env_;
  std::shared_ptr<KeptCommits> kept_;  // null: none are
};

}  // namespace lakeferry::engine
