#include "engine/staging/staged_log.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "env/store_calls.h"

namespace lakeferry::engine {
namespace {

std::unexpected<Error> ReadsOnly(const ObjectPath& path) {
  return Fail(ErrorCode::kInternal, "a log is looked at before it is published, and nothing is written", path.text(),
              "report this as a bug");
}

}  // namespace

StagedLog::StagedLog(ObjectStore& target, const StagingArea& staging, std::vector<plan::StagedFile> log_objects)
    : target_(target), staging_(staging) {
  for (plan::StagedFile& object : log_objects) {
    ObjectPath path = object.path;
    staged_.emplace(std::move(path), std::move(object));
  }
}

StagedLog::At StagedLog::Find(const ObjectPath& path) const {
  const auto staged = staged_.find(path);
  if (staged == staged_.end()) return {.store = target_, .path = path};
  return {.store = staging_.store(), .path = staged->second.staged};
}

std::unexpected<Error> StagedLog::FailAt(Error error, const At& at) const {
  if (&at.store != &staging_.store()) return std::unexpected(std::move(error));
  return std::unexpected(staging_.AsDamage(std::move(error), at.path));
}

Task<Result<ListPage>> StagedLog::List(Call call, ListRequest request) {
  LF_CHECK(!request.recursive, "a log's folders are listed one by one");
  const ObjectPath& folder = request.folder;
  LF_CO_TRY(Listing listing, co_await ListAll(call, target_, folder, request.start_after));
  for (const auto& [path, file] : staged_) {
    if (path.parent() != folder || path.name() <= request.start_after) continue;
    std::erase_if(listing.objects, [&path](const ObjectInfo& there) { return there.path == path; });
    listing.objects.push_back({.path = path, .size_bytes = file.size, .modified = file.modified.value_or(TimeMs())});
  }
  std::ranges::sort(listing.objects, {}, [](const ObjectInfo& object) { return object.path.text(); });
  co_return ListPage{.listing = std::move(listing), .resume = {}};
}

Task<Result<ObjectInfo>> StagedLog::Head(Call call, ObjectPath path) {
  const At at = Find(path);
  Result<ObjectInfo> info = co_await at.store.Head(call, at.path);
  if (!info) co_return FailAt(std::move(info).error(), at);
  info->path = std::move(path);
  co_return info;
}

Task<Result<std::string>> StagedLog::Get(Call call, ObjectPath path, size_t limit_bytes) {
  const At at = Find(path);
  Result<std::string> text = co_await at.store.Get(call, at.path, limit_bytes);
  if (!text) co_return FailAt(std::move(text).error(), at);
  co_return text;
}

Task<Result<std::unique_ptr<OpenObject>>> StagedLog::Open(Call call, ObjectPath path) {
  const At at = Find(path);
  Result<std::unique_ptr<OpenObject>> object = co_await at.store.Open(call, at.path);
  if (!object) co_return FailAt(std::move(object).error(), at);
  co_return object;
}

Task<Result<PutOutcome>> StagedLog::PutIfAbsent(Call, ObjectPath path, std::string) { co_return ReadsOnly(path); }
Task<Status> StagedLog::Put(Call, ObjectPath path, std::string) { co_return ReadsOnly(path); }
Task<Result<std::unique_ptr<ObjectWriter>>> StagedLog::Begin(Call, ObjectPath path, WriteHints) {
  co_return ReadsOnly(path);
}
Task<Result<CopyOutcome>> StagedLog::CopyIfAbsent(Call, ObjectAddress, ObjectPath path) { co_return ReadsOnly(path); }
Task<Result<bool>> StagedLog::Touch(Call, ObjectPath path) { co_return ReadsOnly(path); }
Task<Result<std::vector<NotDeleted>>> StagedLog::Delete(Call, std::vector<ObjectPath> paths) {
  co_return ReadsOnly(paths.empty() ? ObjectPath() : paths.front());
}

}  // namespace lakeferry::engine
