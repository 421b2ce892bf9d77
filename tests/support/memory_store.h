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

#include "env/clock.h"
#include "env/object_store.h"
#include "env/store_factory.h"

namespace lakeferry {

enum class StoreOperation {
  kList,
  kHead,
  kGet,
  kOpenRead,
  kOpenRandom,
  kRead,
  kPutIfAbsent,
  kPut,
  kOpenWrite,
  kWrite,
  kSetModified,
  kCommit,
  kPlaceFrom,
  kTouch,
  kDelete,
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
  // False makes PlaceFrom into this store answer kNotPossible.
  void set_placement_possible(bool possible) { placement_possible_ = possible; }
  // False makes SetModified answer that there are no times but the store's own.
  void set_keeps_times(bool keeps) { keeps_times_ = keeps; }
  // What is stored, past the hooks. Changing it is what somebody else did to the store.
  [[nodiscard]] std::map<std::string, Object>& objects() { return objects_; }
  // Names that only lead elsewhere, for listings.
  [[nodiscard]] std::set<std::string>& links() { return links_; }
  // `modified`: now, where absent.
  void Set(std::string_view path, std::string bytes, std::optional<TimeMs> modified = {});

  [[nodiscard]] std::string_view uri() const override { return uri_; }
  Task<Result<Listing>> List(Call call, ObjectPath folder, std::string start_after) override;
  Task<Result<ObjectInfo>> Head(Call call, ObjectPath path) override;
  Task<Result<std::string>> Get(Call call, ObjectPath path, size_t limit_bytes) override;
  Task<Result<std::unique_ptr<ObjectReader>>> OpenRead(Call call, ObjectPath path) override;
  Task<Result<std::unique_ptr<RandomAccess>>> OpenRandom(Call call, ObjectPath path) override;
  Task<Result<PutOutcome>> PutIfAbsent(Call call, ObjectPath path, std::string bytes) override;
  Task<Status> Put(Call call, ObjectPath path, std::string bytes) override;
  Task<Result<std::unique_ptr<ObjectWriter>>> OpenWrite(Call call, ObjectPath path) override;
  // Possible between any two MemoryStores.
  Task<Result<Placement>> PlaceFrom(Call call, ObjectReader& from, ObjectPath path) override;
  Task<Result<bool>> Touch(Call call, ObjectPath path) override;
  Task<Status> Delete(Call call, ObjectPath path) override;
  // By its URI's segments; a URI that was given another place counts as that one.
  Task<Result<StorePlace>> Locate(Call call) override;
  void set_place(std::string uri) { place_ = std::move(uri); }

 private:
  friend class MemoryReader;
  friend class MemoryAccess;
  friend class MemoryWriter;

  Task<Status> Before(StoreOperation operation, ObjectPath path);
  Task<Status> After(StoreOperation operation, ObjectPath path);
  Result<Object> Find(const ObjectPath& path) const;
  PutOutcome Insert(const ObjectPath& path, std::shared_ptr<const std::string> bytes,
                    std::optional<TimeMs> modified = {});
  [[nodiscard]] Listing ListNow(const ObjectPath& folder, std::string_view start_after) const;

  const std::string uri_;
  const Clock* const clock_;
  MemoryStoreHooks hooks_;
  std::string place_ = uri_;
  bool placement_possible_ = true;
  bool keeps_times_ = true;
  std::map<std::string, Object> objects_;
  std::set<std::string> links_;
  std::mutex changing_;  // what changes objects_, and MemoryAccess; the one thread reads without
};

// One MemoryStore a URI, of whatever scheme, kept as long as the factory. kInvalidArgument for a text without "://".
class MemoryStoreFactory : public StoreFactory {
 public:
  explicit MemoryStoreFactory(const Clock* clock) : clock_(clock) {}

  Result<std::shared_ptr<ObjectStore>> Open(const std::string& uri) override;
  // They have one clock.
  Task<Result<bool>> ShareClock(Call, std::string, std::string) override { co_return true; }
  // The same store by its own type, made if need be.
  [[nodiscard]] MemoryStore& At(const std::string& uri);
  // For every store there is and every one to come.
  void set_hooks(const MemoryStoreHooks& hooks);

 private:
  const Clock* const clock_;
  MemoryStoreHooks hooks_;
  std::map<std::string, std::shared_ptr<MemoryStore>> stores_;
};

}  // namespace lakeferry
