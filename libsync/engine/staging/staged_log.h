// StagedLog: a target as it will be once the log objects of an epoch are published there, for looking at it before they
// are. Reads only.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/staging/staging_area.h"
#include "env/object_store.h"

namespace lakeferry::engine {

// Log objects of the epoch are read in staging, all else at the target. Errors: as of the two stores, but that a staged
// object that is missing is kCorruptData, as of StagingArea::AsDamage; kInternal for everything that writes. Both must
// outlive it.
class StagedLog final : public ObjectStore {
 public:
  StagedLog(ObjectStore& target, const StagingArea& staging, std::vector<plan::StagedFile> log_objects);

  [[nodiscard]] std::string_view uri() const override { return target_.uri(); }
  [[nodiscard]] StoreTraits traits() const override { return target_.traits(); }
  // A folder's own children, in one page.
  Task<Result<ListPage>> List(Call call, ListRequest request) override;
  Task<Result<ObjectInfo>> Head(Call call, ObjectPath path) override;
  Task<Result<std::string>> Get(Call call, ObjectPath path, size_t limit_bytes) override;
  Task<Result<std::unique_ptr<OpenObject>>> Open(Call call, ObjectPath path) override;

  Task<Result<PutOutcome>> PutIfAbsent(Call call, ObjectPath path, std::string bytes) override;
  Task<Status> Put(Call call, ObjectPath path, std::string bytes) override;
  Task<Result<std::unique_ptr<ObjectWriter>>> Begin(Call call, ObjectPath path, WriteHints hints) override;
  Task<Result<CopyOutcome>> CopyIfAbsent(Call call, ObjectAddress from, ObjectPath path) override;
  Task<Result<bool>> Touch(Call call, ObjectPath path) override;
  Task<Result<std::vector<NotDeleted>>> Delete(Call call, std::vector<ObjectPath> paths) override;

 private:
  struct At {
    ObjectStore& store;
    ObjectPath path;
  };
  [[nodiscard]] At Find(const ObjectPath& path) const;
  // The error as one of what was asked for there.
  [[nodiscard]] std::unexpected<Error> FailAt(Error error, const At& at) const;

  ObjectStore& target_;
  const StagingArea& staging_;
  std::map<ObjectPath, plan::StagedFile> staged_;
};

}  // namespace lakeferry::engine
