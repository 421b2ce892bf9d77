#include "delta/replay_sinks.h"

#include <fmt/format.h>

#include <algorithm>

namespace lakeferry::delta {
namespace {

std::unexpected<Error> BadCheckpoint(std::string what, std::string where) {
  return Fail(ErrorCode::kCorruptLog, "damaged checkpoint: " + std::move(what), std::move(where),
              "remove the checkpoint, so that an older one is used, or restore it");
}

// So many files are on their way from memory at a time.
constexpr size_t kExpected = 32;

// Adds all, each with the verdict of `judge` on what FileReplay::Add said.
template <typename Judge>
Status AddAll(FileReplay& files, std::span<HashedAdd> adds, const Judge& judge) {
  while (!adds.empty()) {
    const std::span<HashedAdd> group = adds.first(std::min(adds.size(), kExpected));
    adds = adds.subspan(group.size());
    for (const HashedAdd& each : group) {
      if (each.file) files.Expect(*each.file);
    }
    for (HashedAdd& each : group) {
      LF_TRY_OK(judge(each.file ? files.Add(each.add, *each.file) : files.Add(each.add), each.add.path));
    }
  }
  return {};
}

}  // namespace

Result<bool> FileReplay::Add(AddFile& add) {
  LF_TRY(const FileHash file, HashFile(add.path, add.deletion_vector, seed_));
  return Add(add, file);
}

Result<bool> FileReplay::Add(AddFile& add, const FileHash& file) {
  const SeenFiles::Met met = seen_.Meet(file);
  if (met != SeenFiles::Met::kFirst) return met == SeenFiles::Met::kBefore;
  return HandedOn(sink_.OnLive(std::move(add)));
}

Result<bool> FileReplay::Remove(RemoveFile& remove) {
  LF_TRY(const FileHash file, HashFile(remove.path, remove.deletion_vector, seed_));
  const SeenFiles::Met met = seen_.Meet(file);
  if (met != SeenFiles::Met::kFirst) return met == SeenFiles::Met::kBefore;
  return HandedOn(sink_.OnTombstone(std::move(remove)));
}

Result<bool> FileReplay::HandedOn(Status answer) {
  refused_ = !answer;
  LF_TRY_OK(std::move(answer));
  return true;
}

Status CommitSink::Judge(const Result<bool>& first, std::string_view path) const {
  if (first) return *first ? Status{} : rules_.Repeated(path);
  if (table_.files.refused()) return std::unexpected(first.error());
  return rules_.BadPath(first.error());
}

Status CommitSink::OnAdd(AddFile&& add) { return Judge(table_.files.Add(add), add.path); }
Status CommitSink::OnAdds(std::span<HashedAdd> adds) {
  return AddAll(table_.files, adds, [this](const auto& first, const std::string& path) { return Judge(first, path); });
}
Status CommitSink::OnRemove(RemoveFile&& remove) { return Judge(table_.files.Remove(remove), remove.path); }

Status CommitSink::OnMetadata(Metadata&& metadata) { return rules_.Once(metadata_, std::move(metadata), "metaData"); }
Status CommitSink::OnProtocol(Protocol&& protocol) { return rules_.Once(protocol_, std::move(protocol), "protocol"); }
Status CommitSink::OnCommitInfo(CommitInfo&& info) { return rules_.Once(commit_info_, std::move(info), "commitInfo"); }

Status CommitSink::OnTxn(Txn&& txn) {
  // The newest commit has had its word already.
  if (table_.txns.contains(txn.app_id)) return {};
  std::string app_id = txn.app_id;
  return KeepNewest(table_.room, txns_, std::move(app_id), std::move(txn));
}

Status CommitSink::OnDomainMetadata(DomainMetadata&& domain) {
  if (table_.domains.contains(domain.domain)) return {};
  std::string name = domain.domain;
  return KeepNewest(table_.room, domains_, std::move(name), std::move(domain));
}

void CommitSink::End() {
  if (!table_.has_commit) table_.commit_info = std::move(commit_info_);
  table_.has_commit = true;
  if (!table_.protocol) table_.protocol = std::move(protocol_);
  if (!table_.metadata) table_.metadata = std::move(metadata_);
  table_.txns.merge(txns_);
  table_.domains.merge(domains_);
}

Status CheckpointSink::Judge(const Result<bool>& first, std::string_view path) const {
  if (first) return *first ? Status{} : BadCheckpoint("it names one file twice", std::string(path));
  if (table_.files.refused()) return std::unexpected(first.error());
  return BadCheckpoint(first.error().message, first.error().where.text());
}

Status CheckpointSink::OnAdd(AddFile&& add) { return Judge(table_.files.Add(add), add.path); }
Status CheckpointSink::OnAdds(std::span<HashedAdd> adds) {
  return AddAll(table_.files, adds, [this](const auto& first, const std::string& path) { return Judge(first, path); });
}
Status CheckpointSink::OnRemove(RemoveFile&& remove) { return Judge(table_.files.Remove(remove), remove.path); }

Status CheckpointSink::OnMetadata(Metadata&& metadata) {
  if (std::exchange(has_table_metadata_, true)) return BadCheckpoint("it holds two metaData actions", metadata.id);
  if (!table_.metadata) table_.metadata = std::move(metadata);
  return {};
}

Status CheckpointSink::OnProtocol(Protocol&& protocol) {
  if (std::exchange(has_protocol_, true)) return BadCheckpoint("it holds two protocol actions", "");
  if (!table_.protocol) table_.protocol = std::move(protocol);
  return {};
}

Status CheckpointSink::OnTxn(Txn&& txn) {
  if (table_.txns.contains(txn.app_id)) return {};
  std::string app_id = txn.app_id;
  return KeepNewest(table_.room, table_.txns, std::move(app_id), std::move(txn));
}

Status CheckpointSink::OnDomainMetadata(DomainMetadata&& domain) {
  if (table_.domains.contains(domain.domain)) return {};
  std::string name = domain.domain;
  return KeepNewest(table_.room, table_.domains, std::move(name), std::move(domain));
}

Status CheckpointSink::OnSidecar(Sidecar&& sidecar) {
  sidecars_.push_back(std::move(sidecar));
  return {};
}

Status CheckpointSink::OnCheckpointMetadata(int64_t version) {
  if (std::exchange(has_metadata_, true)) return BadCheckpoint("it holds two checkpointMetadata actions", "");
  if (version == version_.value()) return {};
  return BadCheckpoint(fmt::format("it says that it is of version {}", version),
                       fmt::format("checkpoint of version {}", version_.value()));
}

}  // namespace lakeferry::delta
