// KeptActions: actions in the order they were read, kept to be handed on later, on another thread than the one that
// reads; the files of adds are hashed where they are read. Its memory serves again and again.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "base/result.h"
#include "delta/commit_json.h"

namespace lakeferry::delta {

class KeptActions final : public ActionSink {
 public:
  // As the sink has them that will get the actions.
  explicit KeptActions(uint64_t file_seed, bool wants_files = true) : seed_(file_seed), wants_files_(wants_files) {}

  [[nodiscard]] bool wants_files() const override { return wants_files_; }

  AddFile& AddMemory(AddFile& offered) override;
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
  // So many adds, one after another.
  struct Adds {
    size_t count;
  };
  using Part = std::variant<Adds, RemoveFile, AddCdcFile, Metadata, Protocol, Txn, DomainMetadata, CommitInfo, Sidecar,
                            CheckpointVersion>;
  template <typename Action>
  Status Keep(Action&& action) {
    parts_.emplace_back(std::forward<Action>(action));
    return {};
  }
  Status GiveAll(ActionSink& sink);

  uint64_t seed_;
  bool wants_files_;
  std::vector<HashedAdd> adds_;  // the first `adds_used_` of them; the others are memory to use again
  size_t adds_used_ = 0;
  std::vector<Part> parts_;
};

}  // namespace lakeferry::delta
