#include "tests/support/memory_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace lakeferry {

std::string_view StoreOperationName(StoreOperation operation) {
  switch (operation) {
    case StoreOperation::kList: return "list";
    case StoreOperation::kHead: return "head";
    case StoreOperation::kGet: return "get";
    case StoreOperation::kOpenRead: return "open_read";
    case StoreOperation::kOpenRandom: return "open_random";
    case StoreOperation::kRead: return "read";
    case StoreOperation::kPutIfAbsent: return "put_if_absent";
    case StoreOperation::kPut: return "put";
    case StoreOperation::kOpenWrite: return "open_write";
    case StoreOperation::kWrite: return "write";
    case StoreOperation::kSetModified: return "set_modified";
    case StoreOperation::kCommit: return "commit";
    case StoreOperation::kPlaceFrom: return "place_from";
    case StoreOperation::kTouch: return "touch";
    case StoreOperation::kDelete: return "delete";
  }
  return "unknown";
}

class MemoryReader : public ObjectReader {
 public:
  MemoryReader(MemoryStore* store, ObjectPath path, MemoryStore::Object object)
      : store_(store), path_(std::move(path)), object_(std::move(object)) {}

  [[nodiscard]] int64_t size_bytes() const override { return static_cast<int64_t>(object_.bytes->size()); }

  Task<Result<size_t>> Read(Call, std::span<char> buffer) override {
    LF_CO_TRY_OK(co_await store_->Before(StoreOperation::kRead, path_));
    const auto now = store_->objects_.find(path_.text());
    if (now != store_->objects_.end() && now->second.bytes != object_.bytes) {
      co_return Fail(ErrorCode::kCorruptData, "the object was replaced while it was read", path_.text());
    }
    const size_t count = std::min(buffer.size(), object_.bytes->size() - position_);
    std::copy_n(object_.bytes->data() + position_, count, buffer.data());
    position_ += count;
    LF_CO_TRY_OK(co_await store_->After(StoreOperation::kRead, path_));
    co_return count;
  }

  // Whether the name still is this object's.
  [[nodiscard]] bool IsThere() const {
    const auto now = store_->objects_.find(path_.text());
    return now != store_->objects_.end() && now->second.bytes == object_.bytes;
  }
  [[nodiscard]] const std::shared_ptr<const std::string>& bytes() const { return object_.bytes; }

 private:
  MemoryStore* const store_;
  const ObjectPath path_;
  const MemoryStore::Object object_;
  size_t position_ = 0;
};

// Past the hooks: what it reads was opened through them.
class MemoryAccess : public RandomAccess {
 public:
  MemoryAccess(MemoryStore* store, ObjectPath path, MemoryStore::Object object)
      : store_(store), path_(std::move(path)), object_(std::move(object)) {}

  [[nodiscard]] int64_t size_bytes() const override { return static_cast<int64_t>(object_.bytes->size()); }

  Result<size_t> ReadAt(int64_t offset, std::span<char> buffer) const override {
    const std::scoped_lock lock(store_->changing_);
    const auto now = store_->objects_.find(path_.text());
    if (now != store_->objects_.end() && now->second.bytes != object_.bytes) {
      return Fail(ErrorCode::kCorruptData, "the object was replaced while it was read", path_.text());
    }
    const size_t begin = std::min(static_cast<size_t>(offset), object_.bytes->size());
    const size_t count = std::min(buffer.size(), object_.bytes->size() - begin);
    std::copy_n(object_.bytes->data() + begin, count, buffer.data());
    return count;
  }

 private:
  MemoryStore* const store_;
  const ObjectPath path_;
  const MemoryStore::Object object_;
};

class MemoryWriter : public ObjectWriter {
 public:
  MemoryWriter(MemoryStore* store, ObjectPath path) : store_(store), path_(std::move(path)) {}

  Task<Status> Write(Call, std::span<const char> bytes) override {
    LF_CO_TRY_OK(co_await store_->Before(StoreOperation::kWrite, path_));
    bytes_.append(bytes.data(), bytes.size());
    auto after = co_await store_->After(StoreOperation::kWrite, path_);
    co_return after;
  }

  Task<Result<bool>> SetModified(Call, TimeMs modified) override {
    LF_CO_TRY_OK(co_await store_->Before(StoreOperation::kSetModified, path_));
    if (store_->keeps_times_) modified_ = modified;
    LF_CO_TRY_OK(co_await store_->After(StoreOperation::kSetModified, path_));
    co_return store_->keeps_times_;
  }

  Task<Result<PutOutcome>> CommitIfAbsent(Call) override {
    LF_CO_TRY_OK(co_await store_->Before(StoreOperation::kCommit, path_));
    const PutOutcome outcome = store_->Insert(path_, std::make_shared<const std::string>(std::move(bytes_)), modified_);
    LF_CO_TRY_OK(co_await store_->After(StoreOperation::kCommit, path_));
    co_return outcome;
  }

 private:
  MemoryStore* const store_;
  const ObjectPath path_;
  std::string bytes_;
  std::optional<TimeMs> modified_;
};

void MemoryStore::Set(std::string_view path, std::string bytes, std::optional<TimeMs> modified) {
  const std::scoped_lock lock(changing_);
  objects_[std::string(path)] = {std::make_shared<const std::string>(std::move(bytes)),
                                 modified.value_or(clock_->WallTime())};
}

Task<Status> MemoryStore::Before(StoreOperation operation, ObjectPath path) {
  if (path.empty() && operation != StoreOperation::kList) {
    co_return Fail(ErrorCode::kInvalidArgument, "the root of a store is no object", uri_);
  }
  if (!hooks_.before_effect) co_return Status();
  auto status = co_await hooks_.before_effect(uri_, operation, std::move(path));
  co_return status;
}

Task<Status> MemoryStore::After(StoreOperation operation, ObjectPath path) {
  if (!hooks_.after_effect) co_return Status();
  auto status = co_await hooks_.after_effect(uri_, operation, std::move(path));
  co_return status;
}

Result<MemoryStore::Object> MemoryStore::Find(const ObjectPath& path) const {
  const auto found = objects_.find(path.text());
  if (found == objects_.end()) {
    return Fail(ErrorCode::kNotFound, "there is no such object", uri_ + "/" + path.text());
  }
  return found->second;
}

PutOutcome MemoryStore::Insert(const ObjectPath& path, std::shared_ptr<const std::string> bytes,
                               std::optional<TimeMs> modified) {
  const TimeMs time = modified.value_or(clock_->WallTime());
  const std::scoped_lock lock(changing_);
  const bool inserted = objects_.try_emplace(path.text(), Object{std::move(bytes), time}).second;
  return inserted ? PutOutcome::kCreated : PutOutcome::kExisted;
}

Listing MemoryStore::ListNow(const ObjectPath& folder, std::string_view start_after) const {
  Listing listing;
  const std::string prefix = folder.empty() ? "" : folder.text() + "/";
  for (auto at = objects_.lower_bound(prefix); at != objects_.end() && at->first.starts_with(prefix); ++at) {
    const std::string_view rest = std::string_view(at->first).substr(prefix.size());
    const std::string_view name = rest.substr(0, rest.find('/'));
    if (name <= start_after) continue;
    if (name.size() == rest.size()) {
      listing.objects.push_back({.path = ObjectPath::Of(at->first),
                                 .size_bytes = static_cast<int64_t>(at->second.bytes->size()),
                                 .modified = at->second.modified});
    } else {
      listing.folders.push_back(folder / name);
    }
  }
  for (auto at = links_.lower_bound(prefix); at != links_.end() && at->starts_with(prefix); ++at) {
    const std::string_view rest = std::string_view(*at).substr(prefix.size());
    const std::string_view name = rest.substr(0, rest.find('/'));
    if (name <= start_after) continue;
    (name.size() == rest.size() ? listing.links : listing.folders).push_back(folder / name);
  }
  // "a!" stands between "a" and "a/b" in the map, so one folder's objects may not be neighbours of each other's names.
  std::ranges::sort(listing.folders);
  const auto repeated = std::ranges::unique(listing.folders);
  listing.folders.erase(repeated.begin(), repeated.end());
  return listing;
}

Task<Result<Listing>> MemoryStore::List(Call, ObjectPath folder, std::string start_after) {
  LF_CO_TRY_OK(co_await Before(StoreOperation::kList, folder));
  Listing listing = ListNow(folder, start_after);
  LF_CO_TRY_OK(co_await After(StoreOperation::kList, folder));
  co_return listing;
}

Task<Result<ObjectInfo>> MemoryStore::Head(Call, ObjectPath path) {
  LF_CO_TRY_OK(co_await Before(StoreOperation::kHead, path));
  LF_CO_TRY(const Object object, Find(path));
  LF_CO_TRY_OK(co_await After(StoreOperation::kHead, path));
  co_return ObjectInfo{
      .path = path, .size_bytes = static_cast<int64_t>(object.bytes->size()), .modified = object.modified};
}

Task<Result<std::string>> MemoryStore::Get(Call, ObjectPath path, size_t limit_bytes) {
  LF_CO_TRY_OK(co_await Before(StoreOperation::kGet, path));
  LF_CO_TRY(const Object object, Find(path));
  if (object.bytes->size() > limit_bytes) {
    co_return Fail(
        ErrorCode::kCorruptData,
        fmt::format("the object has {} bytes where at most {} are expected", object.bytes->size(), limit_bytes),
        uri_ + "/" + path.text());
  }
  LF_CO_TRY_OK(co_await After(StoreOperation::kGet, path));
  co_return *object.bytes;
}

Task<Result<std::unique_ptr<ObjectReader>>> MemoryStore::OpenRead(Call, ObjectPath path) {
  LF_CO_TRY_OK(co_await Before(StoreOperation::kOpenRead, path));
  LF_CO_TRY(Object object, Find(path));
  LF_CO_TRY_OK(co_await After(StoreOperation::kOpenRead, path));
  co_return std::make_unique<MemoryReader>(this, std::move(path), std::move(object));
}

Task<Result<std::unique_ptr<RandomAccess>>> MemoryStore::OpenRandom(Call, ObjectPath path) {
  LF_CO_TRY_OK(co_await Before(StoreOperation::kOpenRandom, path));
  LF_CO_TRY(Object object, Find(path));
  LF_CO_TRY_OK(co_await After(StoreOperation::kOpenRandom, path));
  co_return std::make_unique<MemoryAccess>(this, std::move(path), std::move(object));
}

Task<Result<PutOutcome>> MemoryStore::PutIfAbsent(Call, ObjectPath path, std::string bytes) {
  LF_CO_TRY_OK(co_await Before(StoreOperation::kPutIfAbsent, path));
  const PutOutcome outcome = Insert(path, std::make_shared<const std::string>(std::move(bytes)));
  LF_CO_TRY_OK(co_await After(StoreOperation::kPutIfAbsent, path));
  co_return outcome;
}

Task<Status> MemoryStore::Put(Call, ObjectPath path, std::string bytes) {
  LF_CO_TRY_OK(co_await Before(StoreOperation::kPut, path));
  Set(path.text(), std::move(bytes));
  auto after = co_await After(StoreOperation::kPut, path);
  co_return after;
}

Task<Result<std::unique_ptr<ObjectWriter>>> MemoryStore::OpenWrite(Call, ObjectPath path) {
  LF_CO_TRY_OK(co_await Before(StoreOperation::kOpenWrite, path));
  LF_CO_TRY_OK(co_await After(StoreOperation::kOpenWrite, path));
  co_return std::make_unique<MemoryWriter>(this, std::move(path));
}

Task<Result<ObjectStore::Placement>> MemoryStore::PlaceFrom(Call, ObjectReader& from, ObjectPath path) {
  const auto* reader = dynamic_cast<const MemoryReader*>(&from);
  if (reader == nullptr || !placement_possible_) co_return Placement::kNotPossible;
  LF_CO_TRY_OK(co_await Before(StoreOperation::kPlaceFrom, path));
  if (!reader->IsThere()) co_return Placement::kNotPossible;
  const PutOutcome outcome = Insert(path, reader->bytes());
  LF_CO_TRY_OK(co_await After(StoreOperation::kPlaceFrom, path));
  co_return outcome == PutOutcome::kCreated ? Placement::kCreated : Placement::kExisted;
}

Task<Result<StorePlace>> MemoryStore::Locate(Call) {
  StorePlace place;
  const size_t authority = place_.find("://") + 3;
  for (std::string at = place_;; at.resize(at.rfind('/'))) {
    place.root_first.push_back(at);
    if (at.rfind('/') < authority) break;
  }
  co_return place;
}

Task<Result<bool>> MemoryStore::Touch(Call, ObjectPath path) {
  LF_CO_TRY_OK(co_await Before(StoreOperation::kTouch, path));
  LF_CO_TRY_OK(Find(path));
  {
    const std::scoped_lock lock(changing_);
    objects_.at(path.text()).modified = clock_->WallTime();
  }
  LF_CO_TRY_OK(co_await After(StoreOperation::kTouch, path));
  co_return true;
}

Task<Status> MemoryStore::Delete(Call, ObjectPath path) {
  LF_CO_TRY_OK(co_await Before(StoreOperation::kDelete, path));
  {
    const std::scoped_lock lock(changing_);
    objects_.erase(path.text());
    links_.erase(path.text());
  }
  auto after = co_await After(StoreOperation::kDelete, path);
  co_return after;
}

Result<std::shared_ptr<ObjectStore>> MemoryStoreFactory::Open(const std::string& uri) {
  if (uri.find("://") == std::string::npos) {
    return Fail(ErrorCode::kInvalidArgument, "this is no URI", uri, "write scheme://path");
  }
  std::ignore = At(uri);
  return stores_.at(uri);
}

MemoryStore& MemoryStoreFactory::At(const std::string& uri) {
  std::shared_ptr<MemoryStore>& store = stores_[uri];
  if (!store) {
    store = std::make_shared<MemoryStore>(uri, clock_);
    store->set_hooks(hooks_);
  }
  return *store;
}

void MemoryStoreFactory::set_hooks(const MemoryStoreHooks& hooks) {
  hooks_ = hooks;
  for (auto& [uri, store] : stores_) store->set_hooks(hooks);
}

}  // namespace lakeferry
