#include "delta/snapshot_sinks.h"

#include <limits>
#include <string>

#include "delta/file_path.h"
#include "delta/log_path.h"

namespace lakeferry::delta {
namespace {

std::unexpected<Error> BadCheckpoint(std::string what, std::string where) {
  return Fail(ErrorCode::kCorruptLog, "damaged checkpoint: " + std::move(what), std::move(where),
              "remove the checkpoint, so that an older one is used, or restore it");
}

void Apply(TableState& table, DomainMetadata domain) {
  if (domain.removed) {
    table.domains.erase(domain.domain);
  } else {
    std::string name = domain.domain;
    table.domains.insert_or_assign(std::move(name), std::move(domain));
  }
}

void Apply(TableState& table, Txn txn) {
  std::string app_id = txn.app_id;
  table.txns.insert_or_assign(std::move(app_id), std::move(txn));
}

}  // namespace

Status CheckpointSink::OnAdd(AddFile&& add) {
  auto key = FileKey(add.path, add.deletion_vector);
  if (!key) return BadCheckpoint(key.error().message, key.error().where);
  const AddFile* known = table_.files.Find(*key);
  if (known != nullptr && *known != add) return BadCheckpoint("it holds one file twice, with other values", add.path);
  table_.files.Put(*std::move(key), std::move(add));
  return {};
}

Status CheckpointSink::OnMetadata(Metadata&& metadata) {
  if (table_.metadata) return BadCheckpoint("it holds two metaData actions", metadata.id);
  table_.metadata = std::move(metadata);
  return {};
}

Status CheckpointSink::OnProtocol(Protocol&& protocol) {
  if (table_.protocol) return BadCheckpoint("it holds two protocol actions", "");
  table_.protocol = std::move(protocol);
  return {};
}

Status CheckpointSink::OnTxn(Txn&& txn) {
  Apply(table_, std::move(txn));
  return {};
}

Status CheckpointSink::OnDomainMetadata(DomainMetadata&& domain) {
  Apply(table_, std::move(domain));
  return {};
}

Status CheckpointSink::OnSidecar(Sidecar&& sidecar) {
  table_.sidecars.push_back(std::move(sidecar));
  return {};
}

Status CheckpointSink::OnCheckpointMetadata(int64_t version) {
  if (table_.checkpoint_version) return BadCheckpoint("it holds two checkpointMetadata actions", "");
  if (version < 0 || version == std::numeric_limits<int64_t>::max()) {
    return BadCheckpoint("its checkpointMetadata names no possible version", std::to_string(version));
  }
  table_.checkpoint_version = Version(version);
  return {};
}

Status PendingCommit::Read(std::string_view text) {
  adds_.reserve(AddsAtMost(text));
  LF_TRY_OK(ReadActions(text, where_, *this));
  if (rules_.MayRepeat()) return rules_.RefuseRepeated(Keys());
  return {};
}

std::vector<std::string> PendingCommit::Keys() const {
  std::vector<std::string> keys = removed_keys_;
  for (const auto& [key, add] : adds_) keys.push_back(key);
  return keys;
}

Status PendingCommit::OnAdd(AddFile&& add) {
  LF_TRY(std::string key, rules_.Name(add.path, add.deletion_vector));
  adds_.emplace_back(std::move(key), std::move(add));
  return {};
}

Status PendingCommit::OnRemove(RemoveFile&& remove) {
  LF_TRY(std::string key, rules_.Name(remove.path, remove.deletion_vector));
  removed_keys_.push_back(std::move(key));
  return {};
}

Status PendingCommit::OnMetadata(Metadata&& metadata) {
  return rules_.Once(metadata_, std::move(metadata), "metaData");
}

Status PendingCommit::OnProtocol(Protocol&& protocol) {
  return rules_.Once(protocol_, std::move(protocol), "protocol");
}

Status PendingCommit::OnTxn(Txn&& txn) {
  txns_.push_back(std::move(txn));
  return {};
}

Status PendingCommit::OnDomainMetadata(DomainMetadata&& domain) {
  domains_.push_back(std::move(domain));
  return {};
}

Status PendingCommit::OnCommitInfo(CommitInfo&& info) {
  return rules_.Once(commit_info, std::move(info), "commitInfo");
}

void PendingCommit::ApplyTo(TableState& table) {
  for (const std::string& key : removed_keys_) table.files.Take(key);
  if (adds_.size() > table.files.size()) table.files.Reserve(table.files.size() + adds_.size());
  for (auto& [key, add] : adds_) table.files.Put(std::move(key), std::move(add));
  if (protocol_) table.protocol = std::move(protocol_);
  if (metadata_) table.metadata = std::move(metadata_);
  for (Txn& txn : txns_) Apply(table, std::move(txn));
  for (DomainMetadata& domain : domains_) Apply(table, std::move(domain));
  table.commit_info = std::move(commit_info);
}

std::string CommitPlace(Version version) { return std::string(kLogFolder) + "/" + CommitName(version); }

}  // namespace lakeferry::delta
