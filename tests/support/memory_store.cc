#include "tests/support/memory_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "async/task_group.h"
#include "base/check.h"
#include "base/crc64.h"
#include "base/digest.h"
#include "tests/support/rightful_store.h"

namespace lakeferry {

std::string_view StoreOperationName(StoreOperation operation) {
  switch (operation) {
    case StoreOperation::kList: return "list";
    case StoreOperation::kHead: return "head";
    case StoreOperation::kGet: return "get";
    case StoreOperation::kOpen: return "open";
    case StoreOperation::kRead: return "read";
    case StoreOperation::kPutIfAbsent: return "put_if_absent";
    case StoreOperation::kPut: return "put";
    case StoreOperation::kBegin: return "begin";
    case StoreOperation::kWrite: return "write";
    case StoreOperation::kSetModified: return "set_modified";
    case StoreOperation::kCommit: return "commit";
    case StoreOperation::kAbort: return "abort";
    case StoreOperation::kCopy: return "copy";
    case StoreOperation::kTouch: return "touch";
    case StoreOperation::kDelete: return "delete";
    case StoreOperation::kDropUnfinished: return "drop_unfinished";
  }
  return "unknown";
}

namespace {

// The bytes that an address leads to, and their name.
class HeldBytes final : public HeldObject {
 public:
  HeldBytes(const MemoryStore* store, std::string path, std::shared_ptr<const std::string> bytes)
      : store_(store), path_(std::move(path)), bytes_(std::move(bytes)) {}

  // What has the name by now.
  [[nodiscard]] std::shared_ptr<const std::string> Now() const {
    const auto now = store_->objects().find(path_);
    return now == store_->objects().end() ? nullptr : now->second.bytes;
  }
  [[nodiscard]] const std::shared_ptr<const std::string>& bytes() const { return bytes_; }

 private:
  const MemoryStore* const store_;
  const std::string path_;
  const std::shared_ptr<const std::string> bytes_;
};

}  // namespace

class MemoryObject final : public OpenObject, public RandomAccess {
 public:
  MemoryObject(MemoryStore* store, ObjectInfo info, std::shared_ptr<const std::string> bytes)
      : store_(store), info_(std::move(info)), bytes_(std::move(bytes)) {}

  [[nodiscard]] const ObjectInfo& info() const override { return info_; }

  Task<Result<size_t>> Read(Call call, int64_t offset, std::span<char> buffer) override {
    LF_CO_TRY_OK(co_await store_->Before(call, StoreOperation::kRead, info_.path));
    LF_CO_TRY(const size_t count, ReadAt(offset, buffer));
    LF_CO_TRY_OK(co_await store_->After(StoreOperation::kRead, info_.path));
    co_return count;
  }

  [[nodiscard]] ObjectAddress address() const override {
    return {.service = "memory",
            .place = std::string(store_->uri()) + "/" + info_.path.text(),
            .etag = info_.etag,
            .held = std::make_shared<HeldBytes>(store_, info_.path.text(), bytes_)};
  }
  [[nodiscard]] const RandomAccess* local() const override { return store_->far_ ? nullptr : this; }

  // Past the hooks: what it reads was opened through them.
  [[nodiscard]] int64_t size_bytes() const override { return info_.size_bytes; }
  Result<size_t> ReadAt(int64_t offset, std::span<char> buffer) const override {
    const std::scoped_lock lock(store_->changing_);
    const auto now = store_->objects_.find(info_.path.text());
    if (now != store_->objects_.end() && now->second.bytes != bytes_) {
      return Fail(ErrorCode::kCorruptData, "the object was replaced while it was read", info_.path.text());
    }
    const size_t begin = std::min(static_cast<size_t>(offset), bytes_->size());
    const size_t count = std::min(buffer.size(), bytes_->size() - begin);
    std::copy_n(bytes_->data() + begin, count, buffer.data());
    return count;
  }

 private:
  MemoryStore* const store_;
  const ObjectInfo info_;
  const std::shared_ptr<const std::string> bytes_;
};

class MemoryWriter final : public ObjectWriter {
 public:
  // `resumes`: it goes on with what is left of that name, and leaves what comes to no end.
  MemoryWriter(MemoryStore* store, ObjectPath path, bool resumes)
      : store_(store), path_(std::move(path)), part_bytes_(store->part_bytes_), resumes_(resumes) {
    const auto left = store_->unfinished_.find(path_.text());
    if (resumes && left != store_->unfinished_.end()) held_ = left->second;
  }

  [[nodiscard]] size_t part_bytes() const override { return part_bytes_; }

  Task<Result<Buffer>> Write(Call call, int64_t number, Buffer bytes) override {
    LF_CO_TRY_OK(co_await store_->Before(call, StoreOperation::kWrite, path_));
    if (bytes.crc64()) {
      LF_CHECK(*bytes.crc64() == Crc64Of({bytes.bytes().data(), bytes.size()}), "a part is what its checksum says");
      ++store_->summed_parts_;
    }
    std::string part(bytes.bytes().begin(), bytes.bytes().end());
    if (resumes_) store_->unfinished_[path_.text()][number] = part;
    const bool is_new = parts_.emplace(number, std::move(part)).second;
    LF_CHECK(is_new, "a part is written once");
    LF_CO_TRY_OK(co_await store_->After(StoreOperation::kWrite, path_));
    if (store_->keeps_memory_) bytes = Buffer();
    co_return bytes;
  }

  [[nodiscard]] bool MayHave(int64_t number) const override { return held_.contains(number); }
  // By length and checksum, as a store would know them.
  [[nodiscard]] bool TakeOver(int64_t number, const Buffer& bytes) override {
    const auto held = held_.find(number);
    const std::string_view text(bytes.bytes().data(), bytes.size());
    if (held == held_.end() || held->second.size() != text.size() || Crc64Of(held->second) != Crc64Of(text)) {
      return false;
    }
    LF_CHECK(parts_.emplace(number, held->second).second, "a part is written once");
    ++store_->taken_over_parts_;
    return true;
  }

  Task<Result<bool>> SetModified(Call call, TimeMs modified) override {
    LF_CO_TRY_OK(co_await store_->Before(call, StoreOperation::kSetModified, path_));
    if (store_->keeps_times_) modified_ = modified;
    LF_CO_TRY_OK(co_await store_->After(StoreOperation::kSetModified, path_));
    co_return store_->keeps_times_;
  }

  Task<Result<PutOutcome>> CommitIfAbsent(Call call, int64_t size_bytes, ObjectChecksums checksums) override {
    LF_CO_TRY_OK(co_await store_->Before(call, StoreOperation::kCommit, path_));
    LF_CO_TRY(std::string bytes, Whole(size_bytes, checksums));
    if (store_->far_ && store_->vouches_) etag_ = Hex64(Crc64Of(bytes));
    const PutOutcome outcome = store_->Insert(path_, std::make_shared<const std::string>(std::move(bytes)), modified_);
    store_->unfinished_.erase(path_.text());
    LF_CO_TRY_OK(co_await store_->After(StoreOperation::kCommit, path_));
    co_return outcome;
  }

  [[nodiscard]] std::string etag() const override { return etag_; }

  Task<Status> Abort(Call call) override {
    LF_CO_TRY_OK(co_await store_->Before(call, StoreOperation::kAbort, path_));
    parts_.clear();
    if (resumes_) store_->unfinished_.erase(path_.text());
    co_return co_await store_->After(StoreOperation::kAbort, path_);
  }

 private:
  Result<std::string> Whole(int64_t size_bytes, const ObjectChecksums& checksums) {
    std::string whole;
    for (const auto& [number, part] : std::exchange(parts_, {})) {
      LF_CHECK(whole.size() == static_cast<size_t>(number) * part_bytes_, "every part but the last has the size");
      whole += part;
    }
    const bool as_said =
        std::cmp_equal(whole.size(), size_bytes) && (!checksums.crc64 || *checksums.crc64 == Crc64Of(whole));
    if (!as_said) return Fail(ErrorCode::kCorruptData, "what arrived is not what was to be written", path_.text());
    return whole;
  }

  MemoryStore* const store_;
  const ObjectPath path_;
  const size_t part_bytes_;
  const bool resumes_;
  MemoryStore::Parts held_;  // of a writer before
  MemoryStore::Parts parts_;
  std::string etag_;
  std::optional<TimeMs> modified_;
};

void MemoryStore::Set(std::string_view path, std::string bytes, std::optional<TimeMs> modified) {
  const std::scoped_lock lock(changing_);
  objects_[std::string(path)] = {std::make_shared<const std::string>(std::move(bytes)),
                                 modified.value_or(clock_->WallTime())};
}

StoreTraits MemoryStore::traits() const {
  return {.far = far_,
          .delete_batch_max = page_,
          .batch_max = far_ ? 1 : batch_,
          .keeps_times = keeps_times_,
          .copies_from = copies_ ? "memory" : "",
          .resumes = resumes_};
}

ObjectInfo MemoryStore::InfoOf(const std::string& path, const Object& object) const {
  const uint64_t crc64 = Crc64Of(*object.bytes);  // equal contents have one etag, as at a store that digests them
  return {.path = ObjectPath::Of(path),
          .size_bytes = static_cast<int64_t>(object.bytes->size()),
          .modified = object.modified,
          .etag = Hex64(crc64),
          .checksums = {.crc64 = vouches_ ? std::optional(crc64) : std::nullopt}};
}

// Without what has to be looked for; etags where they are those of a far store.
ObjectInfo MemoryStore::ListedOf(const std::string& path, const Object& object) const {
  return {.path = ObjectPath::Of(path),
          .size_bytes = static_cast<int64_t>(object.bytes->size()),
          .modified = object.modified,
          .etag = far_ && vouches_ ? Hex64(Crc64Of(*object.bytes)) : std::string()};
}

Task<Status> MemoryStore::Before(Call call, StoreOperation operation, ObjectPath path) {
  LF_CO_TRY_OK(CheckWanted(call));
  if (path.empty() && operation != StoreOperation::kList && operation != StoreOperation::kDropUnfinished) {
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
      listing.objects.push_back(ListedOf(at->first, at->second));
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

Listing MemoryStore::ListBelow(const ObjectPath& folder) const {
  Listing listing;
  const std::string prefix = folder.empty() ? "" : folder.text() + "/";
  for (auto at = objects_.lower_bound(prefix); at != objects_.end() && at->first.starts_with(prefix); ++at) {
    listing.objects.push_back(ListedOf(at->first, at->second));
  }
  for (auto at = links_.lower_bound(prefix); at != links_.end() && at->starts_with(prefix); ++at) {
    listing.links.push_back(ObjectPath::Of(*at));
  }
  return listing;
}

namespace {

// What a page may still hold, and where it ends.
struct PageRoom {
  std::string_view resume;  // kind and path of the last entry of the page before
  size_t left = 0;
  std::string last;
  bool more = false;
};

const ObjectPath& PathOf(const ObjectInfo& object) { return object.path; }
const ObjectPath& PathOf(const ObjectPath& path) { return path; }

// By name, so that it matters not what has gone since.
template <typename T>
std::vector<T> Take(char kind, std::vector<T> all, PageRoom& room) {
  std::vector<T> taken;
  for (T& one : all) {
    const std::string key = kind + PathOf(one).text();
    if (key <= room.resume) continue;
    if (room.left == 0) {
      room.more = true;
      break;
    }
    --room.left;
    room.last = key;
    taken.push_back(std::move(one));
  }
  return taken;
}

}  // namespace

// Folders first, then links, then objects: a page may hold some of each.
Task<Result<ListPage>> MemoryStore::List(Call call, ListRequest request) {
  LF_CO_TRY_OK(co_await Before(call, StoreOperation::kList, request.folder));
  Listing all = request.recursive ? ListBelow(request.folder) : ListNow(request.folder, request.start_after);
  PageRoom room{.resume = request.resume, .left = page_};
  ListPage page;
  page.listing.folders = Take('f', std::move(all.folders), room);
  page.listing.links = Take('l', std::move(all.links), room);
  page.listing.objects = Take('o', std::move(all.objects), room);
  if (room.more) page.resume = room.last;
  LF_CO_TRY_OK(co_await After(StoreOperation::kList, request.folder));
  co_return page;
}

Task<Result<ObjectInfo>> MemoryStore::Head(Call call, ObjectPath path) {
  LF_CO_TRY_OK(co_await Before(call, StoreOperation::kHead, path));
  LF_CO_TRY(const Object object, Find(path));
  LF_CO_TRY_OK(co_await After(StoreOperation::kHead, path));
  co_return InfoOf(path.text(), object);
}

Task<Result<std::string>> MemoryStore::Get(Call call, ObjectPath path, size_t limit_bytes) {
  LF_CO_TRY_OK(co_await Before(call, StoreOperation::kGet, path));
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

Task<Result<std::unique_ptr<OpenObject>>> MemoryStore::Open(Call call, ObjectPath path) {
  LF_CO_TRY_OK(co_await Before(call, StoreOperation::kOpen, path));
  LF_CO_TRY(const Object object, Find(path));
  LF_CO_TRY_OK(co_await After(StoreOperation::kOpen, path));
  co_return std::make_unique<MemoryObject>(this, InfoOf(path.text(), object), object.bytes);
}

std::optional<ObjectAddress> MemoryStore::AddressOf(const ObjectPath& path, std::string etag) const {
  if (!far_ || !vouches_) return std::nullopt;
  const auto now = objects_.find(path.text());
  const bool there = now != objects_.end() && Hex64(Crc64Of(*now->second.bytes)) == etag;
  return ObjectAddress{.service = "memory",
                       .place = uri_ + "/" + path.text(),
                       .etag = std::move(etag),
                       .held = std::make_shared<HeldBytes>(this, path.text(), there ? now->second.bytes : nullptr)};
}

Task<Result<Created>> MemoryStore::Create(Call call, ObjectPath path, std::string bytes) {
  std::string etag = far_ && vouches_ ? Hex64(Crc64Of(bytes)) : std::string();
  LF_CO_TRY(const PutOutcome outcome, co_await PutIfAbsent(std::move(call), std::move(path), std::move(bytes)));
  const bool created = outcome == PutOutcome::kCreated;
  co_return Created{.outcome = outcome, .etag = created ? std::move(etag) : std::string()};
}

Task<Result<PutOutcome>> MemoryStore::PutIfAbsent(Call call, ObjectPath path, std::string bytes) {
  LF_CO_TRY_OK(co_await Before(call, StoreOperation::kPutIfAbsent, path));
  const PutOutcome outcome = Insert(path, std::make_shared<const std::string>(std::move(bytes)));
  LF_CO_TRY_OK(co_await After(StoreOperation::kPutIfAbsent, path));
  co_return outcome;
}

Task<Status> MemoryStore::Put(Call call, ObjectPath path, std::string bytes) {
  LF_CO_TRY_OK(co_await Before(call, StoreOperation::kPut, path));
  Set(path.text(), std::move(bytes));
  auto after = co_await After(StoreOperation::kPut, path);
  co_return after;
}

Task<Result<std::unique_ptr<ObjectWriter>>> MemoryStore::Begin(Call call, ObjectPath path, WriteHints hints) {
  LF_CO_TRY_OK(co_await Before(call, StoreOperation::kBegin, path));
  LF_CO_TRY_OK(co_await After(StoreOperation::kBegin, path));
  co_return std::make_unique<MemoryWriter>(this, std::move(path), resumes_ && hints.resume && hints.size_bytes);
}

Task<Status> MemoryStore::DropUnfinished(Call call, ObjectPath folder, std::optional<TimeMs> /*before*/) {
  LF_CO_TRY_OK(co_await Before(call, StoreOperation::kDropUnfinished, folder));
  std::erase_if(unfinished_, [&folder](const auto& one) { return ObjectPath::Of(one.first).IsBelow(folder); });
  co_return co_await After(StoreOperation::kDropUnfinished, folder);
}

std::shared_ptr<const std::string> MemoryStore::BytesAt(const ObjectAddress& address) {
  const auto held = std::dynamic_pointer_cast<HeldBytes>(address.held);
  return held ? held->Now() : nullptr;
}

Task<Result<CopyOutcome>> MemoryStore::CopyIfAbsent(Call call, ObjectAddress from, ObjectPath path) {
  const auto held = std::dynamic_pointer_cast<HeldBytes>(from.held);
  if (held == nullptr || !copies_) co_return CopyOutcome::kNotPossible;
  LF_CO_TRY_OK(co_await Before(call, StoreOperation::kCopy, path));
  if (held->bytes() == nullptr || held->Now() != held->bytes()) co_return CopyOutcome::kNotPossible;
  if (from.resume) ++resuming_copies_;
  const PutOutcome outcome = Insert(path, held->bytes());
  LF_CO_TRY_OK(co_await After(StoreOperation::kCopy, path));
  co_return outcome == PutOutcome::kCreated ? CopyOutcome::kCreated : CopyOutcome::kExisted;
}

StorePlace MemoryStore::Place() const {
  StorePlace place;
  const size_t authority = place_.find("://") + 3;
  for (std::string at = place_;; at.resize(at.rfind('/'))) {
    place.root_first.push_back(at);
    if (at.rfind('/') < authority) break;
  }
  return place;
}

Task<Result<bool>> MemoryStore::Touch(Call call, ObjectPath path) {
  LF_CO_TRY_OK(co_await Before(call, StoreOperation::kTouch, path));
  LF_CO_TRY_OK(Find(path));
  {
    const std::scoped_lock lock(changing_);
    objects_.at(path.text()).modified = clock_->WallTime();
  }
  LF_CO_TRY_OK(co_await After(StoreOperation::kTouch, path));
  co_return true;
}

Task<Status> MemoryStore::DeleteOne(Call call, ObjectPath path, std::optional<Error>& stayed) {
  Status deleted = co_await Before(call, StoreOperation::kDelete, path);
  if (deleted) {
    {
      const std::scoped_lock lock(changing_);
      objects_.erase(path.text());
      links_.erase(path.text());
    }
    deleted = co_await After(StoreOperation::kDelete, path);
  }
  if (!deleted) stayed = std::move(deleted).error();
  co_return Status{};
}

Task<Result<std::vector<NotDeleted>>> MemoryStore::Delete(Call call, std::vector<ObjectPath> paths) {
  LF_CO_TRY_OK(CheckWanted(call));
  LF_CHECK(paths.size() <= page_, "a batch holds what the store takes");
  std::vector<std::optional<Error>> errors(paths.size());
  const auto one = [this, &call, &paths, &errors](size_t i) { return DeleteOne(call, paths[i], errors[i]); };
  LF_CO_TRY_OK(co_await ParallelFor(paths.size(), paths.size(), one));
  std::vector<NotDeleted> stayed;
  for (size_t i = 0; i < paths.size(); ++i) {
    if (errors[i]) stayed.push_back({.path = std::move(paths[i]), .error = *std::move(errors[i])});
  }
  co_return stayed;
}

Result<std::shared_ptr<ObjectStore>> MemoryStoreFactory::Open(const StoreRef& ref) {
  if (ref.uri.find("://") == std::string::npos) {
    return Fail(ErrorCode::kInvalidArgument, "this is no URI", ref.uri, "write scheme://path");
  }
  std::ignore = At(ref.uri);
  std::shared_ptr<ObjectStore>& store = open_[ref];
  if (!store) store = std::make_shared<RightfulStore>(stores_.at(ref.uri), ref.right);
  opened_.insert(ref);
  return store;
}

Task<std::vector<Result<StorePlace>>> MemoryStoreFactory::Locate(Call, std::vector<std::string> uris) {
  std::vector<Result<StorePlace>> places;
  for (const std::string& uri : uris) {
    if (uri.find("://") == std::string::npos) {
      places.push_back(Fail(ErrorCode::kInvalidArgument, "this is no URI", uri));
    } else {
      places.push_back(At(uri).Place());
    }
  }
  co_return places;
}

MemoryStore& MemoryStoreFactory::At(const std::string& uri) {
  std::shared_ptr<MemoryStore>& store = stores_[uri];
  if (!store) {
    store = std::make_shared<MemoryStore>(uri, clock_);
    store->set_hooks(hooks_);
    if (batch_) store->set_batch(*batch_);
    if (part_bytes_) store->set_part_bytes(*part_bytes_);
  }
  return *store;
}

void MemoryStoreFactory::set_hooks(const MemoryStoreHooks& hooks) {
  hooks_ = hooks;
  for (auto& [uri, store] : stores_) store->set_hooks(hooks);
}

void MemoryStoreFactory::set_batch(size_t objects) {
  batch_ = objects;
  for (auto& [uri, store] : stores_) store->set_batch(objects);
}

void MemoryStoreFactory::set_part_bytes(size_t bytes) {
  part_bytes_ = bytes;
  for (auto& [uri, store] : stores_) store->set_part_bytes(bytes);
}

int64_t MemoryStoreFactory::taken_over_parts() const {
  int64_t parts = 0;
  for (const auto& [uri, store] : stores_) parts += store->taken_over_parts();
  return parts;
}

}  // namespace lakeferry
