#include "engine/change/live_sets.h"

#include <utility>

#include "engine/log/base_files.h"

namespace lakeferry::engine {
namespace {

// Puts the files in under the names that a replica has for them, and keeps none.
class NamedSetSink final : public delta::FileSink {
 public:
  NamedSetSink(const std::optional<plan::TableSpec>& clone_of, std::stop_token stop) : stop_(std::move(stop)) {
    if (clone_of) names_.emplace(*clone_of);
  }

  Status OnLive(delta::AddFile&& add) override {
    if (stop_.stop_requested()) return Fail(ErrorCode::kCancelled, "stopped while live files were compared");
    if (!names_) return set_.Add(add);
    delta::RemoveFile named{.path = std::move(add.path), .deletion_vector = std::move(add.deletion_vector)};
    LF_TRY_OK(names_->Rename(named));
    return set_.Add(named.path, named.deletion_vector, add.size);
  }
  void Restart() override { set_ = {}; }

  [[nodiscard]] const delta::LiveSet& set() const { return set_; }

 private:
  std::optional<plan::CloneFiles> names_;
  std::stop_token stop_;
  delta::LiveSet set_;
};

}  // namespace

Task<Result<delta::LiveSet>> ReplayLiveSet(Call call, const TableLog& log, Version version,
                                           std::optional<plan::TableSpec> clone_of) {
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListAll(call));
  NamedSetSink live(clone_of, call.stop);
  LF_CO_TRY_OK(co_await log.Load(call, listing, version, live));
  co_return live.set();
}

Status CarryNet(delta::LiveSet& set, const plan::NetChange& net, const std::vector<delta::AddFile>& adds,
                const std::optional<plan::TableSpec>& clone_of) {
  std::optional<plan::CloneFiles> names;
  if (clone_of) names.emplace(*clone_of);
  for (const plan::NetChange::BaseFile& file : net.BaseFiles()) {
    delta::RemoveFile named{.path = file.path, .deletion_vector = file.vector};
    if (names) LF_TRY_OK(names->Rename(named));
    LF_TRY_OK(set.Remove(named.path, named.deletion_vector, file.size));
  }
  for (const delta::AddFile& add : adds) LF_TRY_OK(set.Add(add));
  return {};
}

Task<Result<delta::LiveSet>> CarriedOrReplayed(Call call, delta::LiveSet carried, bool in_doubt, const TableLog& log,
                                               Version version, std::optional<plan::TableSpec> clone_of) {
  if (!in_doubt) co_return carried;
  Result<delta::LiveSet> replayed = co_await ReplayLiveSet(call, log, version, clone_of);
  if (replayed || !IsGone(replayed.error())) co_return replayed;
  // Where nothing tells, what is in doubt counts as not there.
  co_return carried;
}

}  // namespace lakeferry::engine
