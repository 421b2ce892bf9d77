#include "engine/change/clone_change.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "delta/deletion_vector.h"
#include "delta/file_path.h"
#include "delta/table_features.h"
#include "engine/change/live_sets.h"
#include "engine/change/whole_clone.h"
#include "engine/log/base_files.h"
#include "engine/log/range_fold.h"
#include "plan/change/clone_files.h"

namespace lakeferry::engine {
namespace {

std::string VectorIdOf(const delta::AddFile& add) {
  return add.deletion_vector ? delta::UniqueId(*add.deletion_vector) : std::string();
}

bool IsBefore(const delta::AddFile& a, const delta::AddFile& b) {
  return a.path == b.path ? VectorIdOf(a) < VectorIdOf(b) : a.path < b.path;
}

bool IsOneFile(const delta::AddFile& a, const delta::AddFile& b) {
  return a.path == b.path && VectorIdOf(a) == VectorIdOf(b);
}

void SortTogether(std::vector<delta::AddFile>& adds, std::vector<int64_t>& places) {
  std::vector<size_t> order(adds.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, [&adds](size_t a, size_t b) { return IsBefore(adds[a], adds[b]); });
  std::vector<delta::AddFile> sorted;
  std::vector<int64_t> sorted_places;
  sorted.reserve(order.size());
  for (const size_t i : order) {
    sorted.push_back(std::move(adds[i]));
    sorted_places.push_back(places[i]);
  }
  adds = std::move(sorted);
  places = std::move(sorted_places);
}

// The log may name one object in two ways, relative and absolute, which are two files to an engine and one in the
// clone: sorts the adds, and their places with them, by the names they have there, so that the order is the same
// whenever the cut is made again. kUnsupportedTable where two are live at once, for the rows count twice.
Status SortRenamed(std::vector<delta::AddFile>& adds, std::vector<int64_t>& places, Version version) {
  SortTogether(adds, places);
  const auto twice = std::ranges::adjacent_find(adds, IsOneFile);
  if (twice == adds.end()) return {};
  return HeldTwice(version, twice->path);
}

// Whether a remove is of what an add keeps under its other name, which then changes no data. `adds`: as SortRenamed
// leaves them.
Result<bool> KeepAdded(std::vector<delta::AddFile>& adds, const delta::RemoveFile& remove, const std::string& key) {
  auto add = std::ranges::lower_bound(adds, remove.path, {}, &delta::AddFile::path);
  for (; add != adds.end() && add->path == remove.path; ++add) {
    LF_TRY(const std::string added, delta::FileKey(add->path, add->deletion_vector));
    if (added != key) continue;
    add->data_change = false;
    return true;
  }
  return false;
}

// What each net of the commits since the base comes to, into the change.
class CloneNets final : public NetSink {
 public:
  CloneNets(const TableCut& cut, const SpilledActions& shelf, uint64_t seed, TableChange* change)
      : cut_(cut),
        shelf_(shelf),
        change_(change),
        newest_at_base_ms_(NewestAtBase(cut.scan)),
        files_(cut.scan.spec, seed, [change](plan::FileToSend file) { return change->files.Append(std::move(file)); }) {
    change->table.data_change = false;
    change->table.removes_change_data = false;
    change->table.newest_file_ms = cut.scan.base->newest_file_ms;
    change->table.live_set = cut.scan.base->live_set;
  }

  // What actions mean under another may have been another thing, even if the table at the cut has dropped the feature.
  [[nodiscard]] bool Knows(const delta::Protocol& protocol) const override {
    return delta::CheckSupported(protocol, {}, delta::ReplicationMode::kClone).has_value();
  }
  void BeginNet() override { net_ = plan::NetChange(newest_at_base_ms_); }
  Status Take(delta::Commit commit, bool removes) override { return net_.Apply(std::move(commit), removes); }
  plan::NetChange& net() override { return net_; }
  Status EndNet() override;

  [[nodiscard]] std::string NameOf(const std::string& path) const { return files_.NameInClone(path); }

 private:
  // The adds as the clone has them.
  Result<std::vector<delta::AddFile>> SendAdds();
  Status TakeRemoves(std::vector<delta::AddFile>& adds);
  Status TakeAdds(const std::vector<delta::AddFile>& adds, const std::vector<int64_t>& places);

  const TableCut& cut_;
  const SpilledActions& shelf_;
  TableChange* change_;
  int64_t newest_at_base_ms_;
  plan::CloneFiles files_;
  plan::NetChange net_{0};
};

Status CloneNets::EndNet() {
  plan::ManifestTable& table = change_->table;
  table.data_change = table.data_change || net_.data_change();
  table.removes_change_data = table.removes_change_data || net_.removes_change_data();
  LF_TRY(std::vector<delta::AddFile> adds, SendAdds());
  std::vector<int64_t> places = net_.AddPlaces();
  LF_TRY_OK(SortRenamed(adds, places, cut_.version));
  LF_TRY_OK(TakeRemoves(adds));
  LF_TRY_OK(TakeAdds(adds, places));
  return CarryNet(table.live_set, net_, adds, cut_.scan.spec);
}

Result<std::vector<delta::AddFile>> CloneNets::SendAdds() {
  std::vector<delta::AddFile> adds = net_.Adds();
  for (delta::AddFile& add : adds) {
    // A file that was there at the base is at the replica already; only its deletion vector is new.
    if (net_.WasLiveAtBase(add.path)) {
      LF_TRY(const plan::PresentFile there, files_.SendVector(add));
      LF_TRY_OK(change_->present.Append(plan::ToLine(there) + '\n'));
    } else {
      LF_TRY_OK(files_.Send(add));
    }
  }
  return adds;
}

// Hands the removes on as the clone has them, but for those that KeepAdded spares, and one of what has two.
Status CloneNets::TakeRemoves(std::vector<delta::AddFile>& adds) {
  std::set<std::string> keys;
  std::vector<delta::RemoveFile> removes = net_.Removes();
  const std::vector<int64_t> places = net_.RemovePlaces();
  for (size_t i = 0; i < removes.size(); ++i) {
    delta::RemoveFile remove = std::move(removes[i]);
    LF_TRY_OK(files_.Rename(remove));
    LF_TRY(std::string key, delta::FileKey(remove.path, remove.deletion_vector));
    LF_TRY(const bool is_kept, KeepAdded(adds, remove, key));
    if (is_kept || !keys.insert(std::move(key)).second) continue;
    LF_TRY_OK(shelf_.Restore(places.at(i), remove));
    ++change_->table.removes;
    LF_TRY_OK(change_->removes.Append(delta::ToLine(remove) + '\n'));
  }
  return {};
}

Status CloneNets::TakeAdds(const std::vector<delta::AddFile>& adds, const std::vector<int64_t>& places) {
  plan::ManifestTable& table = change_->table;
  table.adds += std::ssize(adds);
  for (size_t i = 0; i < adds.size(); ++i) {
    // Of any file up to the cut: those of the base, and those that were added since.
    if (table.newest_file_ms) table.newest_file_ms = std::max(*table.newest_file_ms, adds[i].modification_time);
    if (places[i] < 0) {
      LF_TRY_OK(change_->adds.Append(delta::ToLine(adds[i]) + '\n'));
      continue;
    }
    delta::AddFile whole = adds[i];
    LF_TRY_OK(shelf_.Restore(places[i], whole));
    LF_TRY_OK(change_->adds.Append(delta::ToLine(whole) + '\n'));
  }
  return {};
}

// What is no file action. A commit need not hold both protocol and metadata, and what holds now needs both.
Task<Status> TakeShape(Call call, const TableCut& cut, const plan::NetChange& shape, TableChange& change) {
  for (const auto& [name, domain] : shape.domains()) change.domains.push_back(domain);
  for (const auto& [app, txn] : shape.txns()) change.txns.push_back(txn);
  if (!shape.protocol() && !shape.metadata()) co_return Status{};
  LF_CO_TRY(const delta::LogListing whole, co_await cut.scan.log->ListAll(call));
  LF_CO_TRY(const delta::Snapshot snapshot, co_await cut.scan.log->Load(call, whole, cut.version));
  LF_CO_TRY_OK(delta::CheckSupported(snapshot.protocol, snapshot.metadata, delta::ReplicationMode::kClone));
  change.protocol = snapshot.protocol;
  change.metadata = snapshot.metadata;
  change.table.table_id = snapshot.metadata.id;
  change.table.in_commit_timestamps = delta::InCommitTimestampsOn(snapshot.protocol, snapshot.metadata);
  // Rows left before the table became one that only grows.
  if (snapshot.metadata.IsOn(delta::kAppendOnly)) change.table.removes_change_data = false;
  co_return Status{};
}

Task<Result<TableChange>> Whole(Call call, const Environment& env, TableCut cut, bool too_many) {
  if (too_many) {
    env.log.Write(call, LogLevel::kWarning,
                  "the commits since the last cut name too many files: the whole table goes over",
                  {{"table", cut.scan.spec.name}, {"version", cut.version.value()}});
  }
  LF_CO_TRY(cut.scan.listing, co_await cut.scan.log->ListAll(call));
  co_return co_await ReadWholeClone(call, env, cut);
}

// The net of the commits since the base.
Task<Result<TableChange>> SinceBase(Call call, const Environment& env, const TableCut& cut) {
  const TableScan& scan = cut.scan;
  TableChange change(env, scan);
  change.table.base_version = scan.base->source_version;
  change.table.table_id = scan.base->table_id;
  change.table.in_commit_timestamps = scan.base->in_commit_timestamps;
  SpilledActions shelf(env);
  CloneNets nets(cut, shelf, env.random.Next(), &change);
  const CommitRange range{.log = *scan.log,
                          .first = scan.base->source_version.Next(),
                          .last = cut.version,
                          .base = scan.base->source_version,
                          .newest_at_base_ms = NewestAtBase(scan)};
  const auto namer = [&nets](const std::string& path) { return nets.NameOf(path); };
  LF_CO_TRY(const FoldedRange folded, co_await FoldRange(call, env, range, namer, &shelf, &nets));
  if (folded.extent != FoldedRange::Extent::kWhole) {
    co_return co_await Whole(call, env, cut, folded.extent == FoldedRange::Extent::kTooMany);
  }
  LF_CO_TRY_OK(co_await TakeShape(call, cut, folded.shape, change));
  LF_CO_TRY(change.table.live_set, co_await CarriedOrReplayed(call, change.table.live_set, folded.in_doubt, *scan.log,
                                                              cut.version, scan.spec));
  co_return change;
}

}  // namespace

Task<Result<TableChange>> ReadCloneChange(Call call, const Environment& env, const TableCut& cut) {
  if (!cut.scan.base) co_return co_await ReadWholeClone(call, env, cut);
  co_return co_await SinceBase(call, env, cut);
}

}  // namespace lakeferry::engine
