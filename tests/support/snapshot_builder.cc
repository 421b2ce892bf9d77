#include "tests/support/snapshot_builder.h"

#include <utility>

namespace lakeferry::delta {
namespace {

class Collector final : public FileSink {
 public:
  Status OnLive(AddFile&& add) override { return found.files.OnLive(std::move(add)); }
  Status OnTombstone(RemoveFile&& remove) override {
    found.tombstones.push_back(std::move(remove));
    return {};
  }
  void Restart() override { found = {}; }
  FullSnapshot found;
};

}  // namespace

// Keeps actions, to give them again as often as wanted.
class SnapshotBuilder::Recorder final : public ActionSink {
 public:
  Status OnAdd(AddFile&& add) override { return Keep(&ActionSink::OnAdd, std::move(add)); }
  Status OnRemove(RemoveFile&& remove) override { return Keep(&ActionSink::OnRemove, std::move(remove)); }
  Status OnMetadata(Metadata&& metadata) override { return Keep(&ActionSink::OnMetadata, std::move(metadata)); }
  Status OnProtocol(Protocol&& protocol) override { return Keep(&ActionSink::OnProtocol, std::move(protocol)); }
  Status OnTxn(Txn&& txn) override { return Keep(&ActionSink::OnTxn, std::move(txn)); }
  Status OnDomainMetadata(DomainMetadata&& domain) override {
    return Keep(&ActionSink::OnDomainMetadata, std::move(domain));
  }
  Status OnSidecar(Sidecar&& sidecar) override {
    sidecars.push_back(sidecar);
    return Keep(&ActionSink::OnSidecar, std::move(sidecar));
  }
  Status OnCheckpointMetadata(int64_t of_version) override {
    version = Version(of_version);
    kept_.emplace_back([of_version](ActionSink& sink) { return sink.OnCheckpointMetadata(of_version); });
    return {};
  }

  [[nodiscard]] bool empty() const { return kept_.empty(); }
  Status Give(ActionSink& sink) const {
    for (const auto& action : kept_) LF_TRY_OK(action(sink));
    return {};
  }

  std::vector<Sidecar> sidecars;
  std::optional<Version> version;  // as its checkpointMetadata says

 private:
  template <typename Action>
  Status Keep(Status (ActionSink::*take)(Action&&), Action&& action) {
    kept_.emplace_back([take, kept = std::forward<Action>(action)](ActionSink& sink) {
      Action copy = kept;
      return (sink.*take)(std::move(copy));
    });
    return {};
  }

  std::vector<std::function<Status(ActionSink&)>> kept_;
};

SnapshotBuilder::SnapshotBuilder() : checkpoint_(std::make_shared<Recorder>()) {}

ActionSink& SnapshotBuilder::checkpoint_sink() { return *checkpoint_; }

const std::vector<Sidecar>& SnapshotBuilder::sidecars() const { return checkpoint_->sidecars; }

Status SnapshotBuilder::AddCheckpointFile(std::string_view json_text, std::string_view where) {
  LF_TRY_OK(ReadActions(json_text, where, *checkpoint_));
  Collector probe;
  LogReplay replay(probe, 1);
  return checkpoint_->Give(replay.BeginCheckpoint(checkpoint_->version.value_or(Version(0))));
}

Status SnapshotBuilder::ApplyCommit(Version version, std::string_view text, std::string_view where) {
  Collector probe;
  LogReplay replay(probe, 1);
  LF_TRY_OK(ReadActions(text, where, replay.BeginCommit(std::string(where))));
  commits_.push_back({.version = version, .text = std::string(text), .where = std::string(where)});
  return {};
}

Status SnapshotBuilder::ReadCommitInfo(std::string_view text, std::string_view where) {
  CommitInfoSink sink;
  LF_TRY_OK(ReadActions(text, where, sink));
  info_ = std::move(sink.found);
  return {};
}

Result<FullSnapshot> SnapshotBuilder::Finish(Version version, TimeMs commit_file_time) && {
  Collector collector;
  LogReplay replay(collector, 1);
  Version first = version;
  for (size_t i = commits_.size(); i > 0; --i) {
    const Text& commit = commits_[i - 1];
    LF_TRY_OK(ReadActions(commit.text, commit.where, replay.BeginCommit(commit.where)));
    replay.EndCommit();
    first = Version(commit.version.value() - 1);
  }
  if (!checkpoint_->empty()) LF_TRY_OK(checkpoint_->Give(replay.BeginCheckpoint(first)));
  if (commits_.empty()) replay.SetCommitInfo(std::move(info_));
  LF_TRY(Snapshot snapshot, std::move(replay).Finish(version, commit_file_time));
  static_cast<Snapshot&>(collector.found) = std::move(snapshot);
  return std::move(collector.found);
}

}  // namespace lakeferry::delta
