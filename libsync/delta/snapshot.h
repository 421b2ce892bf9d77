// Snapshot: the state of a table at one version (protocol: "Action Reconciliation").
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "delta/action.h"
#include "delta/commit_json.h"

namespace lakeferry::delta {

// Live files by logical key (path and deletion vector).
class LiveFiles {
 public:
  // A later add of the same key replaces the earlier one's metadata.
  void Put(std::string key, AddFile add) { files_.insert_or_assign(std::move(key), std::move(add)); }
  // Makes room for so many files in all, where their number is known before.
  void Reserve(size_t count) { files_.reserve(count); }
  // The file that was live under the key, if any.
  std::optional<AddFile> Take(const std::string& key);
  [[nodiscard]] const AddFile* Find(const std::string& key) const;
  [[nodiscard]] size_t size() const { return files_.size(); }
  [[nodiscard]] int64_t TotalBytes() const;
  // By key, so that two runs see the same order.
  [[nodiscard]] std::vector<const std::pair<const std::string, AddFile>*> Sorted() const;

 private:
  std::unordered_map<std::string, AddFile> files_;
};

struct Snapshot {
  Version version;
  TimeMs timestamp;  // in-commit timestamp where enabled, else the commit file's time
  Protocol protocol;
  Metadata metadata;
  LiveFiles files;
  std::map<std::string, Txn> txns;                // by appId
  std::map<std::string, DomainMetadata> domains;  // not removed ones, by domain
  std::optional<CommitInfo> commit_info;          // of this version's commit, where it was read
};

// Builds a snapshot from a checkpoint, if there is one, and the commits after it, oldest first.
class SnapshotBuilder {
 public:
  // Actions of a checkpoint file or sidecar; sidecar references are collected, not followed.
  Status AddCheckpointFile(std::string_view json_text, std::string_view where);
  // The sink for Parquet checkpoint files; valid as long as the builder.
  ActionSink& checkpoint_sink();
  [[nodiscard]] const std::vector<Sidecar>& sidecars() const;

  // Applies the commit of `version`, which must follow the one before. kCorruptLog as in ParseCommit.
  Status ApplyCommit(Version version, std::string_view text, std::string_view where);

  // Takes only the commitInfo of `version`'s own commit, for a version that a checkpoint alone rebuilds: its time may
  // stand there and nowhere else. kCorruptLog as in ReadActions.
  Status ReadCommitInfo(std::string_view text, std::string_view where);

  // kCorruptLog where protocol or metaData is missing, a sidecar was named without checkpointMetadata, two live files
  // share one path, or in-commit timestamps are on and the version's own commit (applied or read) has none.
  Result<Snapshot> Finish(Version version, TimeMs commit_file_time) &&;

  SnapshotBuilder();
  ~SnapshotBuilder();
  SnapshotBuilder(SnapshotBuilder&&) noexcept;
  SnapshotBuilder& operator=(SnapshotBuilder&&) noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lakeferry::delta
