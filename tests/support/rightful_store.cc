#include "tests/support/rightful_store.h"

#include "base/check.h"

namespace lakeferry {

void CheckCreates(StoreRight right, const ObjectPath& path) {
  LF_CHECK(MayWrite(right), "what was opened to be read is not written");
  const bool in_log = path.IsBelow(ObjectPath::Of("_delta_log"));
  LF_CHECK(right != StoreRight::kPlaceTarget || !in_log, "who places files writes no log");
}

void CheckChanges(StoreRight right) {
  LF_CHECK(MayWrite(right), "what was opened to be read is not written");
  LF_CHECK(right != StoreRight::kPlaceTarget, "who places files changes none");
}

Task<Result<ListPage>> RightfulStore::List(Call call, ListRequest request) {
  co_return co_await store_->List(std::move(call), std::move(request));
}

Task<Result<ObjectInfo>> RightfulStore::Head(Call call, ObjectPath path) {
  co_return co_await store_->Head(std::move(call), std::move(path));
}

Task<Result<std::string>> RightfulStore::Get(Call call, ObjectPath path, size_t limit_bytes) {
  co_return co_await store_->Get(std::move(call), std::move(path), limit_bytes);
}

Task<Result<std::unique_ptr<OpenObject>>> RightfulStore::Open(Call call, ObjectPath path) {
  co_return co_await store_->Open(std::move(call), std::move(path));
}

Task<Result<std::unique_ptr<OpenObject>>> RightfulStore::OpenFront(Call call, ObjectPath path, size_t bytes) {
  co_return co_await store_->OpenFront(std::move(call), std::move(path), bytes);
}

Task<Result<Created>> RightfulStore::Create(Call call, ObjectPath path, std::string bytes) {
  CheckCreates(right_, path);
  co_return co_await store_->Create(std::move(call), std::move(path), std::move(bytes));
}

Task<Result<PutOutcome>> RightfulStore::PutIfAbsent(Call call, ObjectPath path, std::string bytes) {
  CheckCreates(right_, path);
  co_return co_await store_->PutIfAbsent(std::move(call), std::move(path), std::move(bytes));
}

Task<Status> RightfulStore::Put(Call call, ObjectPath path, std::string bytes) {
  CheckChanges(right_);
  co_return co_await store_->Put(std::move(call), std::move(path), std::move(bytes));
}

Task<Result<std::unique_ptr<ObjectWriter>>> RightfulStore::Begin(Call call, ObjectPath path, WriteHints hints) {
  CheckCreates(right_, path);
  co_return co_await store_->Begin(std::move(call), std::move(path), hints);
}

Task<Result<CopyOutcome>> RightfulStore::CopyIfAbsent(Call call, ObjectAddress from, ObjectPath path) {
  CheckCreates(right_, path);
  co_return co_await store_->CopyIfAbsent(std::move(call), std::move(from), std::move(path));
}

Task<Result<bool>> RightfulStore::Touch(Call call, ObjectPath path) {
  CheckChanges(right_);
  co_return co_await store_->Touch(std::move(call), std::move(path));
}

Task<Result<std::vector<NotDeleted>>> RightfulStore::Delete(Call call, std::vector<ObjectPath> paths) {
  CheckChanges(right_);
  co_return co_await store_->Delete(std::move(call), std::move(paths));
}

Task<Status> RightfulStore::DropUnfinished(Call call, ObjectPath folder, std::optional<TimeMs> before) {
  CheckChanges(right_);
  co_return co_await store_->DropUnfinished(std::move(call), std::move(folder), before);
}

}  // namespace lakeferry
