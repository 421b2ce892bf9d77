// ActionBatch: actions in the order they were read, kept to be handed on later, on another thread than the one that
// reads. Its memory serves again, batch after batch.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "base/result.h"
#include "delta/commit_json.h"

namespace lakeferry::delta {

class ActionBatch final : public ActionSink {
 public:
  Status OnAdd(AddFile&& add) override;
  Status OnRemove(RemoveFile&& remove) override { return Keep(std::move(remove)); }
  Status OnCdc(AddCdcFile&& cdc) override { return Keep(std::move(cdc)); }
  Status OnMetadata(Metadata&& metadata) override { return Keep(std::move(metadata)); }
  Status OnProtocol(Protocol&& protocol) override { return Keep(std::move(protocol)); }
  Status OnTxn(Txn&& txn) override { return Keep(std::move(txn)); }
  Status OnDomainMetadata(DomainMetadata&& domain) override { return Keep(std::move(domain)); }
  Status OnCommitInfo(CommitInfo&& info) override { return Keep(std::move(info)); }
  Status OnSidecar(Sidecar&& sidecar) override { return Keep(std::move(sidecar)); }
  Status OnCheckpointMetadata(int64_t version) override { return Keep(CheckpointVersion{version}); }

  // Hands all of it on, in order, and is empty then. The sink's errors; what was not handed on is dropped.
  Status Give(ActionSink& sink);

 private:
  struct CheckpointVersion {
    int64_t version;
  };
  using Other = std::variant<RemoveFile, AddCdcFile, Metadata, Protocol, Txn, DomainMetadata, CommitInfo, Sidecar,
                             CheckpointVersion>;
  template <typename Action>
  Status Keep(Action&& action) {
    others_.emplace_back(std::forward<Action>(action));
    is_add_.push_back(false);
    return {};
  }
  static Status GiveOne(Other& other, ActionSink& sink);

  std::vector<AddFile> adds_;  // the first `adds_used_` of them; the others are memory to use again
  size_t adds_used_ = 0;
  std::vector<Other> others_;
  std::vector<bool> is_add_;  // of each action, in order
};

}  // namespace lakeferry::delta
