// SimStore: one process's view of a MemoryStore: every call passes the process's gate and is told to the observer. What
// is stored outlives the process. One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "env/store_factory.h"
#include "tests/sim/world/gate.h"
#include "tests/sim/world/observer.h"
#include "tests/sim/world/store_past.h"
#include "tests/support/memory_store.h"

namespace lakeferry::sim {

// What the stores of one process share; outlives them.
struct StoreContext {
  Actor actor;
  Gate* gate = nullptr;
  Observer* observer = nullptr;
  StorePast* past = nullptr;
};

class SimStore : public ObjectStore {
 public:
  // What `right` is not for ends the simulation: a real store would refuse it.
  SimStore(MemoryStore* inner, const StoreContext* context, StoreRight right = StoreRight::kWriteTarget)
      : inner_(inner), context_(context), right_(right) {}

  [[nodiscard]] std::string_view uri() const override { return inner_->uri(); }
  [[nodiscard]] StoreTraits traits() const override { return inner_->traits(); }
  Task<Result<ListPage>> List(Call call, ListRequest request) override;
  Task<Result<ObjectInfo>> Head(Call call, ObjectPath path) override;
  Task<Result<std::string>> Get(Call call, ObjectPath path, size_t limit_bytes) override;
  Task<Result<std::unique_ptr<OpenObject>>> Open(Call call, ObjectPath path) override;
  Task<Result<PutOutcome>> PutIfAbsent(Call call, ObjectPath path, std::string bytes) override;
  Task<Status> Put(Call call, ObjectPath path, std::string bytes) override;
  Task<Result<std::unique_ptr<ObjectWriter>>> Begin(Call call, ObjectPath path, WriteHints hints) override;
  Task<Result<CopyOutcome>> CopyIfAbsent(Call call, ObjectAddress from, ObjectPath path) override;
  Task<Result<bool>> Touch(Call call, ObjectPath path) override;
  // A batch is no transaction: the process may die between any two names.
  Task<Result<std::vector<NotDeleted>>> Delete(Call call, std::vector<ObjectPath> paths) override;
  Task<Status> DropUnfinished(Call call, ObjectPath folder, std::optional<TimeMs> before) override;

 private:
  friend class SimObject;
  friend class SimWriter;

  Task<Status> EnterRead(Call call, StoreOperation operation, ObjectPath path);
  // The same where more can befall it than a refusal.
  Task<Result<Verdict>> EnterReadOf(Call call, CallKind kind, StoreOperation operation, ObjectPath path);
  // Refuses a call that was stopped.
  Task<Verdict> EnterWrite(Call call, StoreOperation operation, ObjectPath path);
  // `modified`: now, where absent.
  Task<Result<PutOutcome>> PutOnce(Call call, StoreOperation operation, ObjectPath path, std::string bytes,
                                   std::optional<TimeMs> modified);
  Task<Status> DeleteOne(Call call, ObjectPath path);
  PutOutcome CreateNow(StoreOperation operation, const ObjectPath& path, const std::string& bytes,
                       std::optional<TimeMs> modified);
  // Before a change.
  void Remember(const ObjectPath& path) const;
  [[nodiscard]] std::shared_ptr<const std::string> Find(const ObjectPath& path) const;
  void Tell(StoreOperation operation, const ObjectPath& path, std::shared_ptr<const std::string> before,
            std::shared_ptr<const std::string> offered) const;

  MemoryStore* inner_;
  const StoreContext* context_;
  const StoreRight right_;
};

// Opens the stores of the world for one process. `open` finds the inner store of a URI.
class SimStoreFactory : public StoreFactory {
 public:
  using Find = std::function<MemoryStore&(const std::string& uri)>;
  SimStoreFactory(Find find, StoreContext context) : find_(std::move(find)), context_(std::move(context)) {}

  Result<std::shared_ptr<ObjectStore>> Open(const StoreRef& ref) override;
  Task<std::vector<Result<StorePlace>>> Locate(Call call, std::vector<std::string> uris) override;
  // Each region's stores have a clock.
  Task<Result<bool>> ShareClock(Call call, std::string uri, std::string other) override;

 private:
  Find find_;
  StoreContext context_;
  std::map<StoreRef, std::shared_ptr<SimStore>> stores_;
};

}  // namespace lakeferry::sim
