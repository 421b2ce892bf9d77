#include "delta/commit_collector.h"

#include <utility>

#include "delta/file_path.h"

namespace lakeferry::delta {

Status CommitCollector::OnAdd(AddFile&& add) {
  LF_TRY_OK(rules_.Name(add.path, add.deletion_vector));
  if (shelf_ != nullptr) {
    LF_TRY(const int64_t place, shelf_->Put(add));
    commit_.add_places.push_back(place);
  }
  commit_.adds.push_back(std::move(add));
  return {};
}

Status CommitCollector::OnRemove(RemoveFile&& remove) {
  LF_TRY_OK(rules_.Name(remove.path, remove.deletion_vector));
  if (shelf_ != nullptr) {
    LF_TRY(const int64_t place, shelf_->Put(remove));
    commit_.remove_places.push_back(place);
  }
  commit_.removes.push_back(std::move(remove));
  return {};
}

Status CommitCollector::OnCdc(AddCdcFile&& cdc) {
  if (shelf_ != nullptr) {
    LF_TRY(const bool wanted, shelf_->Wants(cdc));
    if (!wanted) return {};
  }
  commit_.cdc.push_back(std::move(cdc));
  return {};
}

Status CommitCollector::OnMetadata(Metadata&& metadata) {
  return rules_.Once(commit_.metadata, std::move(metadata), "metaData");
}

Status CommitCollector::OnProtocol(Protocol&& protocol) {
  return rules_.Once(commit_.protocol, std::move(protocol), "protocol");
}

Status CommitCollector::OnTxn(Txn&& txn) {
  LF_TRY_OK(room_.Take(txn));
  commit_.txns.push_back(std::move(txn));
  return {};
}

Status CommitCollector::OnDomainMetadata(DomainMetadata&& domain) {
  LF_TRY_OK(room_.Take(domain));
  commit_.domains.push_back(std::move(domain));
  return {};
}

Status CommitCollector::OnCommitInfo(CommitInfo&& info) {
  return rules_.Once(commit_.commit_info, std::move(info), "commitInfo");
}

Result<Commit> CommitCollector::Finish() && {
  if (rules_.MayRepeat()) LF_TRY_OK(rules_.RefuseRepeated(Keys()));
  return std::move(commit_);
}

std::vector<std::string> CommitCollector::Keys() const {
  std::vector<std::string> keys;
  keys.reserve(commit_.adds.size() + commit_.removes.size());
  for (const AddFile& add : commit_.adds) keys.push_back(FileKey(add.path, add.deletion_vector).value());
  for (const RemoveFile& remove : commit_.removes) keys.push_back(FileKey(remove.path, remove.deletion_vector).value());
  return keys;
}

Result<Commit> ParseCommit(std::string_view text, std::string_view where) {
  CommitCollector collector(where);
  LF_TRY_OK(ReadActions(text, where, collector));
  return std::move(collector).Finish();
}

}  // namespace lakeferry::delta
