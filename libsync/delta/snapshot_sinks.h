// How actions change the state of a table. Private to the snapshot builder.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "delta/commit_json.h"
#include "delta/commit_rules.h"
#include "delta/snapshot.h"

namespace lakeferry::delta {

struct TableState {
  std::optional<Protocol> protocol;
  std::optional<Metadata> metadata;
  LiveFiles files;
  std::map<std::string, Txn> txns;
  std::map<std::string, DomainMetadata> domains;
  std::vector<Sidecar> sidecars;
  std::optional<Version> checkpoint_version;  // as its checkpointMetadata says
  std::optional<Version> last_applied;
  std::optional<CommitInfo> commit_info;  // of last_applied
};

// Takes the actions of all files of one checkpoint.
class CheckpointSink : public ActionSink {
 public:
  explicit CheckpointSink(TableState& table) : table_(table) {}
  // kCorruptLog for two different adds of one file, or a second protocol, metaData or checkpointMetadata, or a version
  // that cannot be.
  Status OnAdd(AddFile&& add) override;
  Status OnMetadata(Metadata&& metadata) override;
  Status OnProtocol(Protocol&& protocol) override;
  Status OnTxn(Txn&& txn) override;
  Status OnDomainMetadata(DomainMetadata&& domain) override;
  Status OnSidecar(Sidecar&& sidecar) override;
  Status OnCheckpointMetadata(int64_t version) override;

 private:
  TableState& table_;
};

// Takes the actions of one commit and holds them back until all of it has been read.
class PendingCommit : public ActionSink {
 public:
  // Reads `text`; `where` must outlive this object. kCorruptLog as in ParseCommit; then nothing may be applied.
  explicit PendingCommit(std::string_view where) : where_(where), rules_(where) {}
  Status Read(std::string_view text);
  Status OnAdd(AddFile&& add) override;
  Status OnRemove(RemoveFile&& remove) override;
  Status OnMetadata(Metadata&& metadata) override;
  Status OnProtocol(Protocol&& protocol) override;
  Status OnTxn(Txn&& txn) override;
  Status OnDomainMetadata(DomainMetadata&& domain) override;
  Status OnCommitInfo(CommitInfo&& info) override;

  void ApplyTo(TableState& table);

  std::optional<CommitInfo> commit_info;

 private:
  [[nodiscard]] std::vector<std::string> Keys() const;

  std::string_view where_;
  CommitRules rules_;
  std::vector<std::pair<std::string, AddFile>> adds_;
  std::vector<std::string> removed_keys_;
  std::optional<Protocol> protocol_;
  std::optional<Metadata> metadata_;
  std::vector<Txn> txns_;
  std::vector<DomainMetadata> domains_;
};

// The name of a version's commit below the table's root, for error messages.
std::string CommitPlace(Version version);

}  // namespace lakeferry::delta
