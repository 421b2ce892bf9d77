#include "delta/kept_actions.h"

#include <span>
#include <utility>

namespace lakeferry::delta {

AddFile& KeptActions::AddMemory(AddFile& /*offered*/) {
  if (adds_used_ == adds_.size()) adds_.emplace_back();
  return adds_[adds_used_].add;
}

Status KeptActions::OnAdd(AddFile&& add) {
  AddFile& kept = AddMemory(add);
  if (&kept != &add) kept = std::move(add);
  const auto file = HashFile(kept.path, kept.deletion_vector, seed_);
  adds_[adds_used_].file = file ? std::optional(*file) : std::nullopt;
  ++adds_used_;
  if (parts_.empty() || !std::holds_alternative<Adds>(parts_.back())) parts_.emplace_back(Adds{0});
  ++std::get<Adds>(parts_.back()).count;
  return {};
}

Status KeptActions::Give(ActionSink& sink) {
  Status given = GiveAll(sink);
  adds_used_ = 0;
  parts_.clear();
  return given;
}

Status KeptActions::GiveAll(ActionSink& sink) {
  struct Giver {
    ActionSink& sink;
    std::span<HashedAdd> adds;
    Status operator()(const Adds& run) {
      const std::span<HashedAdd> these = adds.first(run.count);
      adds = adds.subspan(run.count);
      return sink.OnAdds(these);
    }
    Status operator()(RemoveFile& action) const { return sink.OnRemove(std::move(action)); }
    Status operator()(AddCdcFile& action) const { return sink.OnCdc(std::move(action)); }
    Status operator()(Metadata& action) const { return sink.OnMetadata(std::move(action)); }
    Status operator()(Protocol& action) const { return sink.OnProtocol(std::move(action)); }
    Status operator()(Txn& action) const { return sink.OnTxn(std::move(action)); }
    Status operator()(DomainMetadata& action) const { return sink.OnDomainMetadata(std::move(action)); }
    Status operator()(CommitInfo& action) const { return sink.OnCommitInfo(std::move(action)); }
    Status operator()(Sidecar& action) const { return sink.OnSidecar(std::move(action)); }
    Status operator()(const CheckpointVersion& action) const { return sink.OnCheckpointMetadata(action.version); }
  };
  Giver giver{.sink = sink, .adds = adds_};
  for (Part& part : parts_) LF_TRY_OK(std::visit(giver, part));
  return {};
}

}  // namespace lakeferry::delta
