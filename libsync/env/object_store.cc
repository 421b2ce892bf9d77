#include "env/object_store.h"

#include <utility>

namespace lakeferry {

Task<Result<std::unique_ptr<OpenObject>>> ObjectStore::OpenFront(Call call, ObjectPath path, size_t /*bytes*/) {
  co_return co_await Open(std::move(call), std::move(path));
}

std::optional<ObjectAddress> ObjectStore::AddressOf(const ObjectPath& /*path*/, std::string /*etag*/) const {
  return std::nullopt;
}

Task<Result<Created>> ObjectStore::Create(Call call, ObjectPath path, std::string bytes) {
  LF_CO_TRY(const PutOutcome outcome, co_await PutIfAbsent(std::move(call), std::move(path), std::move(bytes)));
  co_return Created{.outcome = outcome};
}

// One after the other: what a store does that gains nothing by a batch.
Task<std::vector<Result<std::string>>> ObjectStore::GetEach(Call call, std::vector<ObjectPath> paths,
                                                            size_t limit_bytes) {
  std::vector<Result<std::string>> all;
  all.reserve(paths.size());
  for (const ObjectPath& path : paths) {
    Result<std::string> bytes = co_await Get(call, path, limit_bytes);
    all.push_back(std::move(bytes));
  }
  co_return all;
}

Task<std::vector<Result<PutOutcome>>> ObjectStore::PutEachIfAbsent(Call call, std::vector<WholeObject> objects) {
  std::vector<Result<PutOutcome>> outcomes;
  outcomes.reserve(objects.size());
  for (WholeObject& object : objects) {
    Result<PutOutcome> outcome = co_await PutIfAbsent(call, object.path, std::move(object.bytes));
    outcomes.push_back(std::move(outcome));
  }
  co_return outcomes;
}

Task<Status> ObjectStore::DropUnfinished(Call /*call*/, ObjectPath /*folder*/, std::optional<TimeMs> /*before*/) {
  co_return Status{};
}

}  // namespace lakeferry
