// MemoryStore: a deterministic ObjectStore in memory, for tests and simulations. Hooks before and after each effect let
// a test delay it, refuse it, end the world around it or lose its answer. One thread, but for what was opened for
// reading at any place, which a pool reads while the others go on.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "env/clock.h"
#include "env/object_store.h"
#include "env/store_factory.h"

namespace lakeferry {

enum class StoreOperation {
  kList,
  kHead,
  kGet,
  kOpen,
  kRead,
  kPutIfAbsent,
  kPut,
  kBegin,
  kWrite,
  kSetModified,
  kCommit,
  kAbort,
  kCopy,
  kTouch,
  kDelete,
  kDropUnfinished,
};
// "list", "put_if_absent", …
[[nodiscard]] std::string_view StoreOperationName(StoreOperation operation);

// Either may be empty. Each is awaited with the store's URI, the operation and the object or folder it is about.
struct MemoryStoreHooks {
  using Hook = std::function<Task<Status>(std::string uri, StoreOperation operation, ObjectPath path)>;
  // Its error is the operation's answer, and nothing has happened.
  Hook before_effect;
  // Its error is the operation's answer although everything has happened: kOutcomeUnknown for a lost reply.
  Hook after_effect;
};

class MemoryStore : public ObjectStore {
 public:
  struct Object {
    std::shared_ptr<const std::string> bytes;
    TimeMs modified;
  };

  // `clock` gives modification times and outlives the store.
  MemoryStore(std::string uri, const Clock* clock) : uri_(std::move(uri)), clock_(clock) {}

  void set_hooks(MemoryStoreHooks hooks) { hooks_ = std::move(hooks); }
  // False makes CopyIfAbsent into this store answer kNotPossible.
  void set_copies(bool copies) { copies_ = copies; }
  // True: what is open here can only be read through calls.
  void set_far(bool far) { far_ = far; }
  // False: it tells no checksums.
  void set_vouches(bool vouches) { vouches_ = vouches; }
  // So many entries of a listing are a page, and so many names a batch of Delete.
  void set_page(size_t entries) { page_ = entries; }
  // So many objects go together.
  void set_batch(size_t objects) { batch_ = objects; }
  // So long are the parts of a writer.
  void set_part_bytes(size_t bytes) { part_bytes_ = bytes; }
  // True: a writer needs the memory of its parts until it is committed.
  void set_keeps_memory(bool keeps) { keeps_memory_ = keeps; }
  // False makes SetModified answer that there are no times but the store's own.
  void set_keeps_times(bool keeps) { keeps_times_ = keeps; }
  // False: nothing of a writer that came to no end is found again.
  void set_resumes(bool resumes) { resumes_ = resumes; }
  // What writers that were begun to be gone on with have left, by the name of the object.
  using Parts = std::map<int64_t, std::string>;
  [[nodiscard]] std::map<std::string, Parts>& unfinished() { return unfinished_; }
  // Parts that were there from a writer before and not sent again.
  [[nodiscard]] int taken_over_parts() const { return taken_over_parts_; }
  // Copies into it that might have gone on with what another had left.
  [[nodiscard]] int resuming_copies() const { return resuming_copies_; }
  // Parts that came with their checksum.
  [[nodiscard]] int summed_parts() const { return summed_parts_; }
  // What is stored, past the hooks. Changing it is what somebody else did to the store.
  [[nodiscard]] std::map<std::string, Object>& objects() { return objects_; }
  [[nodiscard]] const std::map<std::string, Object>& objects() const { return objects_; }
  // Names that only lead elsewhere, for listings.
  [[nodiscard]] std::set<std::string>& links() { return links_; }
  // `modified`: now, where absent.
  void Set(std::string_view path, std::string bytes, std::optional<TimeMs> modified = {});

  [[nodiscard]] std::string_view uri() const override { return uri_; }
  [[nodiscard]] StoreTraits traits() const override;
  Task<Result<ListPage>> List(Call call, ListRequest request) override;
  Task<Result<ObjectInfo>> Head(Call call, ObjectPath path) override;
  Task<Result<std::string>> Get(Call call, ObjectPath path, size_t limit_bytes) override;
  Task<Result<std::unique_ptr<OpenObject>>> Open(Call call, ObjectPath path) override;
  // Where it is far and vouches for checksums: by the bytes that it has now.
  [[nodiscard]] std::optional<ObjectAddress> AddressOf(const ObjectPath& path, std::string etag) const override;
  Task<Result<Created>> Create(Call call, ObjectPath path, std::string bytes) override;
  Task<Result<PutOutcome>> PutIfAbsent(Call call, ObjectPath path, std::string bytes) override;
  Task<Status> Put(Call call, ObjectPath path, std::string bytes) override;
  Task<Result<std::unique_ptr<ObjectWriter>>> Begin(Call call, ObjectPath path, WriteHints hints) override;
  // What lies at an address of such a store by now, past the hooks; null where nothing does.
  [[nodiscard]] static std::shared_ptr<const std::string> BytesAt(const ObjectAddress& address);
  // Possible between any two MemoryStores.
  Task<Result<CopyOutcome>> CopyIfAbsent(Call call, ObjectAddress from, ObjectPath path) override;
  Task<Result<bool>> Touch(Call call, ObjectPath path) override;
  // The hooks see the names side by side.
  Task<Result<std::vector<NotDeleted>>> Delete(Call call, std::vector<ObjectPath> paths) override;
  // Whenever they were begun: it keeps no times of them.
  Task<Status> DropUnfinished(Call call, ObjectPath folder, std::optional<TimeMs> before) override;
  // By its URI's segments; a URI that was given another place counts as that one.
  [[nodiscard]] StorePlace Place() const;
  void set_place(std::string uri) { place_ = std::move(uri); }

 private:
  friend class MemoryObject;
  friend class MemoryWriter;

  // What the store answers in place of anything else.
  Task<Status> Before(Call call, StoreOperation operation, ObjectPath path);
  Task<Status> After(StoreOperation operation, ObjectPath path);
  Result<Object> Find(const ObjectPath& path) const;
  PutOutcome Insert(const ObjectPath& path, std::shared_ptr<const std::string> bytes,
                    std::optional<TimeMs> modified = {});
  [[nodiscard]] Listing ListNow(const ObjectPath& folder, std::string_view start_after) const;
  [[nodiscard]] Listing ListBelow(const ObjectPath& folder) const;
  [[nodiscard]] ObjectInfo InfoOf(const std::string& path, const Object& object) const;
  [[nodiscard]] ObjectInfo ListedOf(const std::string& path, const Object& object) const;
  Task<Status> DeleteOne(Call call, ObjectPath path, std::optional<Error>& stayed);

  const std::string uri_;
  const Clock* const clock_;
  MemoryStoreHooks hooks_;
  std::string place_ = uri_;
  bool copies_ = true;
  int resuming_copies_ = 0;
  bool far_ = false;
  bool vouches_ = true;
  size_t page_ = 1'000;
  size_t batch_ = 4;
  size_t part_bytes_ = size_t{1} << 20;
  bool keeps_times_ = true;
  bool keeps_memory_ = false;
  bool resumes_ = true;
  int summed_parts_ = 0;
  int taken_over_parts_ = 0;
  std::map<std::string, Object> objects_;
  std::set<std::string> links_;
  std::map<std::string, Parts> unfinished_;
  mutable std::mutex changing_;  // what changes objects_, and blocking reads; the one thread reads without
};

// One MemoryStore a URI, of whatever scheme, kept as long as the factory. What is opened with a right is a store of its
// own over it, which refuses what the right is not for. kInvalidArgument for a text without "://".
class MemoryStoreFactory : public StoreFactory {
 public:
  explicit MemoryStoreFactory(const Clock* clock) : clock_(clock) {}

  Result<std::shared_ptr<ObjectStore>> Open(const StoreRef& ref) override;
  Task<std::vector<Result<StorePlace>>> Locate(Call call, std::vector<std::string> uris) override;
  // They have one clock.
  Task<Result<bool>> ShareClock(Call, std::string, std::string) override { co_return true; }
  // The same store by its own type, made if need be.
  [[nodiscard]] MemoryStore& At(const std::string& uri);
  // For every store there is and every one to come.
  void set_hooks(const MemoryStoreHooks& hooks);
  void set_batch(size_t objects);
  void set_part_bytes(size_t bytes);
  // Of all stores together.
  [[nodiscard]] int64_t taken_over_parts() const;
  // What was opened since the last call.
  [[nodiscard]] std::set<StoreRef> TakeOpened() { return std::exchange(opened_, {}); }

 private:
  const Clock* const clock_;
  MemoryStoreHooks hooks_;
  std::optional<size_t> batch_;
  std::optional<size_t> part_bytes_;
  std::map<std::string, std::shared_ptr<MemoryStore>> stores_;
  std::map<StoreRef, std::shared_ptr<ObjectStore>> open_;
  std::set<StoreRef> opened_;
};

}  // namespace lakeferry
