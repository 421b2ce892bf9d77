#include "engine/apply/file_names.h"

#include <algorithm>
#include <utility>

#include "delta/file_path.h"
#include "delta/reused_name.h"
#include "env/store_calls.h"

namespace lakeferry::engine {
namespace {

// A clone's own paths are all relative.
constexpr std::string_view kNoRoot;

Result<ObjectPath> ObjectNamed(std::string_view path) { return delta::ResolveInTable(path, kNoRoot); }

// Looks for paths of actions that `wanted` accepts.
template <typename Wanted>
class PathSearch : public plan::PartSink {
 public:
  explicit PathSearch(Wanted wanted) : wanted_(std::move(wanted)) {}
  Status OnAdd(delta::AddFile&& add) override { return Look(add.path, true); }
  Status OnRemove(delta::RemoveFile&& remove) override { return Look(remove.path, false); }
  [[nodiscard]] bool found() const { return found_; }

 private:
  Status Look(const std::string& path, bool is_add) {
    if (found_) return {};
    LF_TRY(const ObjectPath object, ObjectNamed(path));
    found_ = wanted_(object, is_add);
    return {};
  }

  Wanted wanted_;
  bool found_ = false;
};

template <typename Wanted>
Task<Result<bool>> HasPath(Call call, const StagingArea& staging, Epoch epoch, plan::ManifestTable table,
                           Wanted wanted) {
  for (const plan::ManifestPart& part : table.parts) {
    PathSearch search(wanted);
    LF_CO_TRY_OK(co_await staging.ReadPart(call, epoch, part, search));
    if (search.found()) co_return true;
  }
  co_return false;
}

class RecordSearch : public plan::PartSink {
 public:
  explicit RecordSearch(const plan::StagedFile* wanted) : wanted_(wanted) {}
  Status OnFile(plan::StagedFile&& file) override {
    found_ = found_ || (file.path == wanted_->path && file.size == wanted_->size && file.crc64 == wanted_->crc64);
    return {};
  }
  [[nodiscard]] bool found() const { return found_; }

 private:
  const plan::StagedFile* wanted_;
  bool found_ = false;
};

}  // namespace

// Keeps what is called otherwise, and what has one of the names.
class FileNames::LiveFilesOf final : public delta::FileSink {
 public:
  LiveFilesOf(FileNames* names, const std::set<ObjectPath>* paths) : names_(names), paths_(paths) {}

  Status OnLive(delta::AddFile&& add) override {
    const std::optional<std::string_view> before = delta::NameBeforeReuse(add.path);
    if (!before && paths_->empty()) return {};
    LF_TRY(const ObjectPath path, ObjectNamed(before.value_or(add.path)));
    if (!before && !paths_->contains(path)) return {};
    LF_TRY(std::string key, delta::FileKey(before.value_or(add.path), add.deletion_vector));
    LF_TRY(ObjectPath name, ObjectNamed(add.path));
    names_->live_names_.insert_or_assign(path, std::move(name));
    names_->live_.insert_or_assign(std::move(key), std::move(add));
    return {};
  }
  void Restart() override {
    names_->live_names_.clear();
    names_->live_.clear();
  }

 private:
  FileNames* names_;
  const std::set<ObjectPath>* paths_;
};

Task<Status> FileNames::Learn(Call call, const TableLog& log, Version head, const std::set<ObjectPath>& paths) {
  LiveFilesOf files(this, &paths);
  files.Restart();
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListAll(call));
  LF_CO_TRY_OK(co_await log.Load(call, listing, head, files));
  co_return Status{};
}

Task<Status> FileNames::ListTaken(Call call, const TableLog& log) {
  LF_CO_TRY(const Listing there, co_await ListAll(call, log.store(), ObjectPath::Of(delta::kReusedFolder)));
  taken_.emplace();
  for (const ObjectPath& folder : there.folders) {
    if (const auto hash = delta::ReusedHashIn(folder.name())) taken_->insert(*hash);
  }
  co_return Status{};
}

Task<Status> FileNames::Look(Call call, const StagingArea& staging, Epoch epoch, plan::ManifestTable table,
                             const TableLog& log, std::optional<Version> head) {
  if (!taken_) LF_CO_TRY_OK(co_await ListTaken(call, log));
  // A whole table is compared with the clone file by file.
  const bool changes_only = head && table.base_version;
  if (taken_->empty() || !changes_only) co_return Status{};
  const auto was_taken = [this](const ObjectPath& path, bool /*is_add*/) { return WasTaken(path); };
  LF_CO_TRY(const bool touched, co_await HasPath(call, staging, epoch, std::move(table), was_taken));
  if (touched) LF_CO_TRY_OK(co_await Learn(call, log, *head, {}));
  co_return Status{};
}

Task<Status> FileNames::LookUpReplaced(Call call, const TableLog& log, plan::ManifestTable table,
                                       std::optional<Version> head) {
  if (!head || !table.base_version) co_return Status{};
  std::set<ObjectPath> moved;
  for (const auto& [path, name] : placed_) {
    if (name != path && !live_names_.contains(path)) moved.insert(path);
  }
  if (moved.empty()) co_return Status{};
  co_return co_await Learn(call, log, *head, moved);
}

bool FileNames::WasTaken(const ObjectPath& path) const { return taken_ && taken_->contains(delta::ReusedHash(path)); }

ObjectPath FileNames::LiveName(const ObjectPath& path) const {
  const auto found = live_names_.find(path);
  return found == live_names_.end() ? path : found->second;
}

void FileNames::SetPlaced(const ObjectPath& path, const ObjectPath& name) {
  if (name != path && taken_) taken_->insert(delta::ReusedHash(path));
  if (name != path || WasTaken(path)) placed_.insert_or_assign(path, name);
}

Result<std::optional<delta::AddFile>> FileNames::Rename(delta::AddFile& add) const {
  if (Empty()) return std::nullopt;
  LF_TRY(const ObjectPath path, ObjectNamed(add.path));
  LF_TRY(const std::string key, delta::FileKey(add.path, add.deletion_vector));
  const auto placed = placed_.find(path);
  const ObjectPath name = placed == placed_.end() ? LiveName(path) : placed->second;
  // As the source spells it: that is what it will call the file when it removes it.
  if (name != path) add.path.insert(0, name.text(), 0, name.text().size() - path.text().size());
  const auto live = live_.find(key);
  if (live == live_.end()) return std::nullopt;
  LF_TRY(const ObjectPath live_name, ObjectNamed(live->second.path));
  return live_name == name ? std::nullopt : std::optional(live->second);
}

Status FileNames::Rename(delta::RemoveFile& remove) const {
  if (Empty()) return {};
  LF_TRY(const std::string key, delta::FileKey(remove.path, remove.deletion_vector));
  const auto live = live_.find(key);
  if (live != live_.end()) remove.path = live->second.path;
  return {};
}

Task<Result<bool>> WasBrought(Call call, const StagingArea& staging, Epoch before, std::string table,
                              plan::StagedFile object) {
  LF_CO_TRY(const std::vector<Epoch> epochs, co_await staging.EpochsAfter(call, Epoch()));
  for (size_t i = epochs.size(); i > 0; --i) {
    if (epochs[i - 1] >= before) continue;
    LF_CO_TRY(const std::optional<StagedEpoch> staged, co_await staging.ReadSound(call, epochs[i - 1]));
    if (!staged) continue;
    const auto entry = std::ranges::find(staged->manifest.tables, table, &plan::ManifestTable::name);
    if (entry == staged->manifest.tables.end()) continue;
    for (const plan::ManifestPart& part : entry->parts) {
      RecordSearch search(&object);
      const Status read = co_await staging.ReadPart(call, epochs[i - 1], part, search);
      if (!read && read.error().code != ErrorCode::kCorruptData) co_return std::unexpected(read.error());
      if (search.found()) co_return true;
    }
  }
  co_return false;
}

Task<Result<bool>> IsDataFile(Call call, const StagingArea& staging, Epoch epoch, plan::ManifestTable table,
                              ObjectPath path) {
  const auto is_it = [path](const ObjectPath& named, bool is_add) { return is_add && named == path; };
  co_return co_await HasPath(call, staging, epoch, std::move(table), is_it);
}

}  // namespace lakeferry::engine
