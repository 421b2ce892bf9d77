#include "engine/change/mirror_files.h"

#include <algorithm>
#include <utility>

#include "async/offload.h"
#include "delta/deletion_vector.h"
#include "delta/file_path.h"
#include "engine/change/live_sets.h"
#include "engine/log/base_files.h"

namespace lakeferry::engine {
namespace {

constexpr size_t kOptionalAtOnce = 4096;

plan::FileSet::Taker Into(TableChange* change) {
  return [change](plan::FileToSend file) { return change->files.Append(std::move(file)); };
}

Status AddWithVector(plan::FileSet& files, const delta::AddFile& add, bool required) {
  LF_TRY_OK(files.Add(add.path, add.size, required));
  return files.AddVector(add.deletion_vector, required);
}

// A remove reads nothing; an absolute path is refused whichever action holds it.
Status CheckPath(const plan::FileSet& files, const delta::RemoveFile& remove) {
  if (delta::IsAbsolutePath(remove.path)) LF_TRY_OK(files.Resolve(remove.path));
  return {};
}

}  // namespace

std::string MirrorObjectName(const std::string& path) {
  const Result<std::string> normal = delta::NormalisePath(path);
  const Result<ObjectPath> object = delta::ResolveInTable(normal.value_or(path), std::string_view());
  return object ? object->text() : normal.value_or(path);
}

MirrorFilesSince::MirrorFilesSince(const Environment& env, const TableScan& scan, uint64_t seed, TableChange* change)
    : env_(env),
      files_(scan.spec.source_uri, false, seed, Into(change)),
      history_(scan.spec.history),
      change_(change),
      newest_at_base_ms_(NewestAtBase(scan)),
      net_(newest_at_base_ms_),
      all_optional_(env, {}) {}

void MirrorFilesSince::BeginNet() {
  net_ = plan::NetChange(newest_at_base_ms_);
  optional_.clear();
}

Status MirrorFilesSince::Take(delta::Commit commit, bool removes) {
  LF_TRY_OK(net_.Apply(commit, removes));
  for (const delta::RemoveFile& remove : commit.removes) LF_TRY_OK(CheckPath(files_, remove));
  for (const delta::AddFile& add : commit.adds) LF_TRY_OK(AddOfCommit(add));
  for (const delta::AddCdcFile& cdc : commit.cdc) {
    LF_TRY(plan::FileToSend file, files_.FileOf(cdc.path, cdc.size, false));
    if (history_ == plan::History::kFull) optional_.push_back(std::move(file));
  }
  return {};
}

// The commit goes over: its paths must be good whether or not their files go too.
Status MirrorFilesSince::AddOfCommit(const delta::AddFile& add) {
  LF_TRY(plan::FileToSend file, files_.FileOf(add.path, add.size, false));
  if (history_ == plan::History::kCutsOnly) return {};
  LF_TRY(const std::string key, delta::FileKey(add.path, add.deletion_vector));
  if (!net_.unsure().contains(key) && !AtReplica(add.path)) optional_.push_back(std::move(file));
  return NoteVector(add);
}

// A file may have had another vector before, which may be gone.
Status MirrorFilesSince::NoteVector(const delta::AddFile& add) {
  LF_TRY(std::optional<plan::FileToSend> vector, files_.VectorOf(add.deletion_vector, false));
  if (vector) optional_.push_back(*std::move(vector));
  return {};
}

Status MirrorFilesSince::EndNet() {
  const std::vector<delta::AddFile> adds = net_.Adds();
  LF_TRY_OK(RequireNet(adds));
  if (history_ == plan::History::kFull) LF_TRY_OK(NoteSettled());
  // The log may use a name for two files, one after the other: the later one is what the source has.
  std::ranges::reverse(optional_);
  for (plan::FileToSend& file : optional_) LF_TRY_OK(all_optional_.Append(std::move(file)));
  return CarryNet(change_->table.live_set, net_, adds, std::nullopt);
}

Status MirrorFilesSince::NoteSettled() {
  for (const auto& [key, unsure] : net_.unsure()) {
    if (AtReplica(unsure.path)) continue;
    LF_TRY(plan::FileToSend file, files_.FileOf(unsure.path, unsure.size, false));
    optional_.push_back(std::move(file));
  }
  for (const auto& [path, returned] : net_.returned()) {
    if (AtReplica(path)) continue;
    LF_TRY(plan::FileToSend file, files_.FileOf(path, returned.size, false));
    optional_.push_back(std::move(file));
  }
  return {};
}

// What the commits added and left is part of the table at the cut.
Status MirrorFilesSince::RequireNet(const std::vector<delta::AddFile>& adds) {
  for (const delta::AddFile& add : adds) {
    if (AtReplica(add.path)) {
      LF_TRY(ObjectPath there, files_.Resolve(add.path));
      const plan::PresentFile file{.path = std::move(there), .size = add.size};
      LF_TRY_OK(change_->present.Append(plan::ToLine(file) + '\n'));
    } else {
      LF_TRY_OK(files_.Add(add.path, add.size, true));
    }
    LF_TRY_OK(files_.AddVector(add.deletion_vector, true));
  }
  return {};
}

// After what the table needs: a vector may be named for files of several nets.
Task<Status> MirrorFilesSince::Finish() {
  FileReader reader(all_optional_, env_.limits.copy_buffer_bytes);
  while (true) {
    LF_CO_TRY(std::vector<plan::FileToSend> files, co_await reader.Next(kOptionalAtOnce));
    if (files.empty()) co_return Status{};
    auto insert = [this, &files]() -> Status {
      for (plan::FileToSend& file : files) LF_TRY_OK(files_.Insert(std::move(file)));
      return {};
    };
    LF_CO_TRY_OK(co_await Offload(env_.pool, insert));
  }
}

WholeMirrorFiles::WholeMirrorFiles(const TableScan& scan, uint64_t seed, TableChange* change)
    : change_(change), files_(scan.spec.source_uri, false, seed, Into(change)), commits_(&files_, scan.spec.history) {}

Status WholeMirrorFiles::LiveFiles::OnLive(delta::AddFile&& add) {
  LF_TRY_OK(owner_->change_->table.live_set.Add(add));
  return AddWithVector(owner_->files_, add, true);
}

void WholeMirrorFiles::LiveFiles::Restart() {
  owner_->files_.Clear();
  owner_->change_->files.Clear();
  owner_->change_->table.live_set = {};
}

Status WholeMirrorFiles::FirstFiles::OnLive(delta::AddFile&& add) { return AddWithVector(*files_, add, false); }

Status WholeMirrorFiles::CommitFiles::OnAdd(delta::AddFile&& add) {
  if (history_ == plan::History::kFull) return AddWithVector(*files_, add, false);
  LF_TRY_OK(files_->Resolve(add.path));
  return {};
}

Status WholeMirrorFiles::CommitFiles::OnCdc(delta::AddCdcFile&& cdc) {
  if (history_ == plan::History::kFull) return files_->Add(cdc.path, cdc.size, false);
  LF_TRY_OK(files_->Resolve(cdc.path));
  return {};
}

Status WholeMirrorFiles::CommitFiles::OnRemove(delta::RemoveFile&& remove) { return CheckPath(*files_, remove); }

Status WholeMirrorFiles::CommitFiles::OnProtocol(delta::Protocol&& protocol) {
  protocols.push_back(std::move(protocol));
  return {};
}

}  // namespace lakeferry::engine
