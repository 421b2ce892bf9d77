// How actions, newest first, become the state of a table. Private to the log replay.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "delta/commit_json.h"
#include "delta/commit_rules.h"
#include "delta/seen_files.h"
#include "delta/snapshot.h"
#include "delta/state_room.h"

namespace lakeferry::delta {

// Hands on the files of the table, each by its newest action. Two live files of one path with different deletion
// vectors are two, as Spark reads them.
class FileReplay {
 public:
  FileReplay(FileSink& sink, uint64_t seed) : sink_(sink), seed_(seed) {}

  void NextSource() { seen_.NextSource(); }
  [[nodiscard]] uint64_t seed() const { return seed_; }
  [[nodiscard]] bool wanted() const { return sink_.wants_files(); }
  // Add will ask for this file soon: what it looks at is fetched.
  void Expect(const FileHash& file) const { seen_.Expect(file); }
  // Each returns false for a file that this source has named before, and moves from the action only if it hands it on.
  // kInvalidArgument for a path without a key; the sink's errors.
  Result<bool> Add(AddFile& add);
  Result<bool> Add(AddFile& add, const FileHash& file);
  Result<bool> Remove(RemoveFile& remove);
  // Whether the error that a call returned is the sink's.
  [[nodiscard]] bool refused() const { return refused_; }

 private:
  // What the sink answered.
  Result<bool> HandedOn(Status answer);

  FileSink& sink_;
  uint64_t seed_;
  SeenFiles seen_;
  bool refused_ = false;
};

struct ReplayedTable {
  ReplayedTable(FileSink& sink, uint64_t seed) : files(sink, seed) {}
  FileReplay files;
  std::optional<Protocol> protocol;
  std::optional<Metadata> metadata;
  std::map<std::string, Txn> txns;
  std::map<std::string, DomainMetadata> domains;  // removed ones too
  StateRoom room;                                 // of both, and of those of the commit that is read
  bool has_commit = false;
  std::optional<CommitInfo> commit_info;  // of the newest commit
};

// Takes the actions of one commit. Within it the last txn of an application and the last domainMetadata of a domain
// hold; they are told to the table at its end.
class CommitSink final : public ActionSink {
 public:
  CommitSink(ReplayedTable& table, std::string where) : table_(table), where_(std::move(where)), rules_(where_) {}
  Status OnAdd(AddFile&& add) override;
  Status OnAdds(std::span<HashedAdd> adds) override;
  [[nodiscard]] uint64_t file_seed() const override { return table_.files.seed(); }
  [[nodiscard]] bool wants_files() const override { return table_.files.wanted(); }
  Status OnRemove(RemoveFile&& remove) override;
  Status OnMetadata(Metadata&& metadata) override;
  Status OnProtocol(Protocol&& protocol) override;
  Status OnTxn(Txn&& txn) override;
  Status OnDomainMetadata(DomainMetadata&& domain) override;
  Status OnCommitInfo(CommitInfo&& info) override;
  void End();

 private:
  // The verdict on a file action of this commit.
  Status Judge(const Result<bool>& first, std::string_view path) const;

  ReplayedTable& table_;
  std::string where_;
  CommitRules rules_;
  std::optional<Protocol> protocol_;
  std::optional<Metadata> metadata_;
  std::optional<CommitInfo> commit_info_;
  std::map<std::string, Txn> txns_;
  std::map<std::string, DomainMetadata> domains_;
};

// Takes the actions of all files of the checkpoint.
class CheckpointSink final : public ActionSink {
 public:
  CheckpointSink(ReplayedTable& table, Version version) : table_(table), version_(version) {}
  Status OnAdd(AddFile&& add) override;
  Status OnAdds(std::span<HashedAdd> adds) override;
  [[nodiscard]] uint64_t file_seed() const override { return table_.files.seed(); }
  [[nodiscard]] bool wants_files() const override { return table_.files.wanted(); }
  Status OnRemove(RemoveFile&& remove) override;
  Status OnMetadata(Metadata&& metadata) override;
  Status OnProtocol(Protocol&& protocol) override;
  Status OnTxn(Txn&& txn) override;
  Status OnDomainMetadata(DomainMetadata&& domain) override;
  Status OnSidecar(Sidecar&& sidecar) override;
  Status OnCheckpointMetadata(int64_t version) override;

  [[nodiscard]] const std::vector<Sidecar>& sidecars() const { return sidecars_; }
  [[nodiscard]] bool has_metadata() const { return has_metadata_; }

 private:
  Status Judge(const Result<bool>& first, std::string_view path) const;

  ReplayedTable& table_;
  Version version_;
  bool has_protocol_ = false;
  bool has_table_metadata_ = false;
  bool has_metadata_ = false;
  std::vector<Sidecar> sidecars_;
};

}  // namespace lakeferry::delta
