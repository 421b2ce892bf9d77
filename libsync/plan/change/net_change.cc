#include "plan/change/net_change.h"

#include <utility>

#include "delta/file_path.h"
#include "delta/record_count.h"

namespace lakeferry::plan {

namespace {

int64_t PlaceOf(const std::vector<int64_t>& places, size_t i) { return places.empty() ? -1 : places.at(i); }

}  // namespace

Status NetChange::Apply(delta::Commit commit, bool removes) {
  if (commit.protocol) protocol_ = std::move(commit.protocol);
  if (commit.metadata) metadata_ = std::move(commit.metadata);
  for (delta::Txn& txn : commit.txns) {
    std::string app_id = txn.app_id;
    LF_TRY_OK(delta::KeepNewest(room_, txns_, std::move(app_id), std::move(txn)));
  }
  for (delta::DomainMetadata& domain : commit.domains) {
    std::string name = domain.domain;
    LF_TRY_OK(delta::KeepNewest(room_, domains_, std::move(name), std::move(domain)));
  }
  const bool commit_removes = removes || !commit.removes.empty();
  ++commits_;
  // Removes first: within one commit a path may leave with one deletion vector and return with another.
  for (size_t i = 0; i < commit.removes.size(); ++i) {
    LF_TRY_OK(ApplyRemove(std::move(commit.removes[i]), PlaceOf(commit.remove_places, i)));
  }
  for (size_t i = 0; i < commit.adds.size(); ++i) {
    LF_TRY_OK(ApplyAdd(std::move(commit.adds[i]), PlaceOf(commit.add_places, i), commit_removes));
  }
  return {};
}

Status NetChange::ApplyRemove(delta::RemoveFile remove, int64_t place) {
  data_change_ = data_change_ || remove.data_change;
  removes_change_data_ = removes_change_data_ || remove.data_change;
  LF_TRY(std::string key, delta::FileKey(remove.path, remove.deletion_vector));
  const auto [it, is_new] = entries_.try_emplace(std::move(key));
  Entry& entry = it->second;
  if (is_new) {
    entry.at_base = true;
    entry.maybe_at_base = true;
    paths_at_base_.try_emplace(remove.path, AtBase{.size = remove.size, .records = delta::RecordCount(remove.stats)});
    if (remove.size) {
      entry.base = std::make_unique<BaseFile>(
          BaseFile{.path = remove.path, .vector = remove.deletion_vector, .size = *remove.size});
    } else {
      doubtful_.insert(it->first);
    }
  }
  const auto path = paths_at_base_.find(remove.path);
  if (path != paths_at_base_.end()) path->second.removed_by = commits_;
  entry.add.reset();
  if (!entry.maybe_at_base) return {};
  entry.remove = std::make_unique<delta::RemoveFile>(std::move(remove));
  entry.remove_place = place;
  return {};
}

Status NetChange::ApplyAdd(delta::AddFile add, int64_t place, bool commit_removes) {
  data_change_ = data_change_ || add.data_change;
  Compare(add);
  LF_TRY(std::string key, delta::FileKey(add.path, add.deletion_vector));
  const auto [it, is_new] = entries_.try_emplace(std::move(key));
  Entry& entry = it->second;
  const bool unchanged = !add.data_change && !commit_removes;
  if (is_new) {
    const bool old = add.modification_time <= newest_at_base_ms_;
    entry.says_unchanged = unchanged;
    entry.maybe_at_base = unchanged || old;
    if (entry.maybe_at_base) doubtful_.insert(it->first);
    if (unchanged && old) unsure_.emplace(it->first, Unsure{.path = add.path, .size = add.size});
  } else {
    entry.says_unchanged = entry.says_unchanged && unchanged;
  }
  entry.remove.reset();
  entry.add = std::make_unique<delta::AddFile>(std::move(add));
  entry.add_place = place;
  return {};
}

void NetChange::SettleBase(const std::map<std::string, BaseFile>& found) {
  for (auto& [key, entry] : entries_) {
    const auto at = found.find(key);
    entry.at_base = at != found.end();
    entry.base = entry.at_base ? std::make_unique<BaseFile>(at->second) : nullptr;
    // Its object is at the replica, unless it is another one under the same name.
    const bool same = entry.at_base && entry.add && entry.add->size == entry.base->size &&
                      (unsure_.contains(key) || entry.add->modification_time == entry.base->modification_time);
    if (same) paths_at_base_.try_emplace(entry.add->path, AtBase{.size = entry.base->size, .records = {}});
  }
  doubtful_.clear();
  settled_ = true;
}

std::vector<NetChange::BaseFile> NetChange::BaseFiles() const {
  std::vector<BaseFile> files;
  for (const auto& [key, entry] : entries_) {
    if (entry.base) files.push_back(*entry.base);
  }
  return files;
}

void NetChange::Compare(const delta::AddFile& add) {
  const auto found = paths_at_base_.find(add.path);
  if (found == paths_at_base_.end()) return;
  AtBase& before = found->second;
  const Returned now{.size = add.size, .modification_time = add.modification_time};
  const std::optional<int64_t> records = before.records ? delta::RecordCount(add.stats) : std::nullopt;
  const bool differs = (before.size && *before.size != now.size) || (records && *records != *before.records);
  before.another = before.another || differs || now.modification_time > newest_at_base_ms_;
  // One commit that takes a file and gives it back changes its deletion vector.
  if (before.another || before.removed_by == commits_) return;
  const auto [seen, is_new] = returned_.try_emplace(add.path, now);
  before.another =
      !is_new && (seen->second.size != now.size || seen->second.modification_time != now.modification_time);
}

bool NetChange::WasLiveAtBase(const std::string& add_path) const {
  const auto found = paths_at_base_.find(add_path);
  return found != paths_at_base_.end() && !found->second.another;
}

void NetChange::SetAnother(const std::string& path) { paths_at_base_.at(path).another = true; }

std::vector<delta::RemoveFile> NetChange::Removes() const {
  std::vector<delta::RemoveFile> removes;
  for (const auto& [key, entry] : entries_) {
    if (!GoesOver(entry)) continue;
    removes.push_back(*entry.remove);
    if (entry.base && !removes.back().size) removes.back().size = entry.base->size;
  }
  return removes;
}

std::vector<delta::AddFile> NetChange::Adds() const {
  std::vector<delta::AddFile> adds;
  for (const auto& [key, entry] : entries_) {
    if (!entry.add) continue;
    adds.push_back(*entry.add);
    const bool was_there = entry.at_base && WasLiveAtBase(entry.add->path);
    adds.back().data_change = !was_there && !entry.says_unchanged;
  }
  return adds;
}

std::vector<int64_t> NetChange::RemovePlaces() const {
  std::vector<int64_t> places;
  for (const auto& [key, entry] : entries_) {
    if (GoesOver(entry)) places.push_back(entry.remove_place);
  }
  return places;
}

std::vector<int64_t> NetChange::AddPlaces() const {
  std::vector<int64_t> places;
  for (const auto& [key, entry] : entries_) {
    if (entry.add) places.push_back(entry.add_place);
  }
  return places;
}

}  // namespace lakeferry::plan
