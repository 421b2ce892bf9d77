// RightfulStore: a store as whoever has one right sees it. What the right is not for ends the test: a real store would
// refuse it, and code that asks for too little is found wherever it is tested.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "env/store_factory.h"

namespace lakeferry {

// Whether whoever has this right may create an object, or replace, touch or delete one.
void CheckCreates(StoreRight right, const ObjectPath& path);
void CheckChanges(StoreRight right);

class RightfulStore : public ObjectStore {
 public:
  RightfulStore(std::shared_ptr<ObjectStore> store, StoreRight right) : store_(std::move(store)), right_(right) {}

  [[nodiscard]] std::string_view uri() const override { return store_->uri(); }
  [[nodiscard]] StoreTraits traits() const override { return store_->traits(); }
  Task<Result<ListPage>> List(Call call, ListRequest request) override;
  Task<Result<ObjectInfo>> Head(Call call, ObjectPath path) override;
  Task<Result<std::string>> Get(Call call, ObjectPath path, size_t limit_bytes) override;
  Task<Result<std::unique_ptr<OpenObject>>> Open(Call call, ObjectPath path) override;
  Task<Result<std::unique_ptr<OpenObject>>> OpenFront(Call call, ObjectPath path, size_t bytes) override;
  [[nodiscard]] std::optional<ObjectAddress> AddressOf(const ObjectPath& path, std::string etag) const override {
    return store_->AddressOf(path, std::move(etag));
  }
  Task<Result<Created>> Create(Call call, ObjectPath path, std::string bytes) override;
  Task<Result<PutOutcome>> PutIfAbsent(Call call, ObjectPath path, std::string bytes) override;
  Task<Status> Put(Call call, ObjectPath path, std::string bytes) override;
  Task<Result<std::unique_ptr<ObjectWriter>>> Begin(Call call, ObjectPath path, WriteHints hints) override;
  Task<Result<CopyOutcome>> CopyIfAbsent(Call call, ObjectAddress from, ObjectPath path) override;
  Task<Result<bool>> Touch(Call call, ObjectPath path) override;
  Task<Result<std::vector<NotDeleted>>> Delete(Call call, std::vector<ObjectPath> paths) override;
  Task<Status> DropUnfinished(Call call, ObjectPath folder, std::optional<TimeMs> before) override;

 private:
  const std::shared_ptr<ObjectStore> store_;
  const StoreRight right_;
};

}  // namespace lakeferry
