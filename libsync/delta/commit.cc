#include <utility>

#include "delta/commit_json.h"
#include "delta/commit_rules.h"
#include "delta/file_path.h"

namespace lakeferry::delta {
namespace {

class CommitSink : public ActionSink {
 public:
  CommitSink(std::string_view text, std::string_view where) : rules_(where) { commit_.adds.reserve(AddsAtMost(text)); }

  Status OnAdd(AddFile&& add) override {
    LF_TRY_OK(rules_.Name(add.path, add.deletion_vector));
    commit_.adds.push_back(std::move(add));
    return {};
  }
  Status OnRemove(RemoveFile&& remove) override {
    LF_TRY_OK(rules_.Name(remove.path, remove.deletion_vector));
    commit_.removes.push_back(std::move(remove));
    return {};
  }
  Status OnCdc(AddCdcFile&& cdc) override {
    commit_.cdc.push_back(std::move(cdc));
    return {};
  }
  Status OnMetadata(Metadata&& metadata) override {
    return rules_.Once(commit_.metadata, std::move(metadata), "metaData");
  }
  Status OnProtocol(Protocol&& protocol) override {
    return rules_.Once(commit_.protocol, std::move(protocol), "protocol");
  }
  Status OnTxn(Txn&& txn) override {
    commit_.txns.push_back(std::move(txn));
    return {};
  }
  Status OnDomainMetadata(DomainMetadata&& domain) override {
    commit_.domains.push_back(std::move(domain));
    return {};
  }
  Status OnCommitInfo(CommitInfo&& info) override {
    return rules_.Once(commit_.commit_info, std::move(info), "commitInfo");
  }

  Result<Commit> Finish() && {
    if (rules_.MayRepeat()) LF_TRY_OK(rules_.RefuseRepeated(Keys()));
    return std::move(commit_);
  }

 private:
  [[nodiscard]] std::vector<std::string> Keys() const {
    std::vector<std::string> keys;
    keys.reserve(commit_.adds.size() + commit_.removes.size());
    for (const AddFile& add : commit_.adds) keys.push_back(FileKey(add.path, add.deletion_vector).value());
    for (const RemoveFile& remove : commit_.removes)
      keys.push_back(FileKey(remove.path, remove.deletion_vector).value());
    return keys;
  }

  CommitRules rules_;
  Commit commit_;
};

}  // namespace

Result<Commit> ParseCommit(std::string_view text, std::string_view where) {
  CommitSink sink(text, where);
  LF_TRY_OK(ReadActions(text, where, sink));
  return std::move(sink).Finish();
}

}  // namespace lakeferry::delta
