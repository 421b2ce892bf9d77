#include "delta/action_batch.h"

#include <utility>

namespace lakeferry::delta {

Status ActionBatch::OnAdd(AddFile&& add) {
  if (adds_used_ == adds_.size()) adds_.emplace_back();
  // The reader gets an older add's memory for the next one.
  std::swap(adds_[adds_used_], add);
  ++adds_used_;
  is_add_.push_back(true);
  return {};
}

Status ActionBatch::GiveOne(Other& other, ActionSink& sink) {
  struct Giver {
    ActionSink& sink;
    Status operator()(RemoveFile& action) const { return sink.OnRemove(std::move(action)); }
    Status operator()(AddCdcFile& action) const { return sink.OnCdc(std::move(action)); }
    Status operator()(Metadata& action) const { return sink.OnMetadata(std::move(action)); }
    Status operator()(Protocol& action) const { return sink.OnProtocol(std::move(action)); }
    Status operator()(Txn& action) const { return sink.OnTxn(std::move(action)); }
    Status operator()(DomainMetadata& action) const { return sink.OnDomainMetadata(std::move(action)); }
    Status operator()(CommitInfo& action) const { return sink.OnCommitInfo(std::move(action)); }
    Status operator()(Sidecar& action) const { return sink.OnSidecar(std::move(action)); }
    Status operator()(CheckpointVersion& action) const { return sink.OnCheckpointMetadata(action.version); }
  };
  return std::visit(Giver{sink}, other);
}

Status ActionBatch::Give(ActionSink& sink) {
  Status given;
  size_t add = 0;
  size_t other = 0;
  for (const bool is_add : is_add_) {
    given = is_add ? sink.OnAdd(std::move(adds_[add++])) : GiveOne(others_[other++], sink);
    if (!given) break;
  }
  adds_used_ = 0;
  others_.clear();
  is_add_.clear();
  return given;
}

}  // namespace lakeferry::delta
