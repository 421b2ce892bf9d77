#include "tests/sim/world/sim_store.h"

#include <fmt/format.h>

#include <utility>

#include "base/check.h"

namespace lakeferry::sim {

using Bytes = std::shared_ptr<const std::string>;

class SimReader : public ObjectReader {
 public:
  SimReader(SimStore* store, ObjectPath path, std::unique_ptr<ObjectReader> inner)
      : store_(store), path_(std::move(path)), inner_(std::move(inner)) {}

  [[nodiscard]] int64_t size_bytes() const override { return inner_->size_bytes(); }
  Task<Result<size_t>> Read(Call call, std::span<char> buffer) override {
    LF_CO_TRY_OK(co_await store_->EnterRead(StoreOperation::kRead, path_));
    Result<size_t> got = co_await inner_->Read(call, buffer);
    co_return got;
  }
  [[nodiscard]] Bytes Now() const { return store_->Find(path_); }
  [[nodiscard]] ObjectReader& inner() { return *inner_; }

 private:
  SimStore* store_;
  ObjectPath path_;
  std::unique_ptr<ObjectReader> inner_;
};

class SimWriter : public ObjectWriter {
 public:
  SimWriter(SimStore* store, ObjectPath path) : store_(store), path_(std::move(path)) {}

  Task<Status> Write(Call, std::span<const char> bytes) override {
    bytes_.append(bytes.data(), bytes.size());
    co_return Status{};
  }
  Task<Result<bool>> SetModified(Call, TimeMs modified) override {
    modified_ = modified;
    co_return true;
  }
  Task<Result<PutOutcome>> CommitIfAbsent(Call) override {
    LF_CHECK(!committed_, "a writer commits once");
    committed_ = true;
    Result<PutOutcome> outcome = co_await store_->Create(StoreOperation::kCommit, path_, std::move(bytes_), modified_);
    co_return outcome;
  }

 private:
  SimStore* store_;
  ObjectPath path_;
  std::string bytes_;
  std::optional<TimeMs> modified_;
  bool committed_ = false;
};

Bytes SimStore::Find(const ObjectPath& path) const {
  const auto found = inner_->objects().find(path.text());
  return found == inner_->objects().end() ? nullptr : found->second.bytes;
}

void SimStore::Tell(StoreOperation operation, const ObjectPath& path, Bytes before, Bytes offered) const {
  context_->observer->OnStore(StoreEffect{.actor = context_->actor,
                                          .uri = std::string(inner_->uri()),
                                          .operation = operation,
                                          .path = path,
                                          .before = std::move(before),
                                          .after = Find(path),
                                          .offered = std::move(offered)});
}

Task<Status> SimStore::EnterRead(StoreOperation operation, ObjectPath path) {
  Verdict verdict = co_await context_->gate->Enter(CallKind::kRead, std::string(inner_->uri()) + "/" + path.text());
  if (verdict.refuse) co_return std::unexpected(*verdict.refuse);
  Tell(operation, path, Find(path), nullptr);
  co_return Status{};
}

Task<Verdict> SimStore::EnterWrite(StoreOperation operation, ObjectPath path) {
  const bool creates = operation == StoreOperation::kCommit || operation == StoreOperation::kPutIfAbsent;
  const CallKind kind = creates ? CallKind::kCreate : CallKind::kWrite;
  Verdict verdict = co_await context_->gate->Enter(kind, std::string(inner_->uri()) + "/" + path.text());
  co_return verdict;
}

Task<Result<Listing>> SimStore::List(Call call, ObjectPath folder, std::string start_after) {
  LF_CO_TRY_OK(co_await EnterRead(StoreOperation::kList, folder));
  Result<Listing> listing = co_await inner_->List(call, folder, std::move(start_after));
  co_return listing;
}

Task<Result<ObjectInfo>> SimStore::Head(Call call, ObjectPath path) {
  LF_CO_TRY_OK(co_await EnterRead(StoreOperation::kHead, path));
  Result<ObjectInfo> info = co_await inner_->Head(call, path);
  co_return info;
}

Task<Result<std::string>> SimStore::Get(Call call, ObjectPath path, size_t limit_bytes) {
  LF_CO_TRY_OK(co_await EnterRead(StoreOperation::kGet, path));
  Result<std::string> bytes = co_await inner_->Get(call, path, limit_bytes);
  co_return bytes;
}

Task<Result<std::unique_ptr<ObjectReader>>> SimStore::OpenRead(Call call, ObjectPath path) {
  LF_CO_TRY_OK(co_await EnterRead(StoreOperation::kOpenRead, path));
  LF_CO_TRY(auto inner, co_await inner_->OpenRead(call, path));
  co_return std::make_unique<SimReader>(this, std::move(path), std::move(inner));
}

Task<Result<std::unique_ptr<RandomAccess>>> SimStore::OpenRandom(Call call, ObjectPath path) {
  LF_CO_TRY_OK(co_await EnterRead(StoreOperation::kOpenRandom, path));
  Result<std::unique_ptr<RandomAccess>> opened = co_await inner_->OpenRandom(call, std::move(path));
  co_return opened;
}

PutOutcome SimStore::CreateNow(StoreOperation operation, const ObjectPath& path, const std::string& bytes,
                               std::optional<TimeMs> modified) {
  Bytes before = Find(path);
  const PutOutcome outcome = before ? PutOutcome::kExisted : PutOutcome::kCreated;
  if (!before) inner_->Set(path.text(), bytes, modified);
  Tell(operation, path, std::move(before), std::make_shared<const std::string>(bytes));
  return outcome;
}

Task<Result<PutOutcome>> SimStore::Create(StoreOperation operation, ObjectPath path, std::string bytes,
                                          std::optional<TimeMs> modified) {
  Verdict verdict = co_await EnterWrite(operation, path);
  if (verdict.late) {
    Timeline& timeline = context_->gate->timeline();
    // It is on its way already: the death of the process does not call it back.
    const auto arrive = [inner = inner_, context = *context_, operation, path, bytes, modified] {
      (void)SimStore(inner, &context).CreateNow(operation, path, bytes, modified);
    };
    timeline.At(timeline.now() + *verdict.late, Timeline::kInFlight, arrive);
  }
  if (verdict.refuse) co_return std::unexpected(*verdict.refuse);
  const PutOutcome outcome = CreateNow(operation, path, bytes, modified);
  co_await context_->gate->Leave(verdict);
  if (verdict.answer) co_return std::unexpected(*verdict.answer);
  co_return outcome;
}

Task<Result<PutOutcome>> SimStore::PutIfAbsent(Call, ObjectPath path, std::string bytes) {
  Result<PutOutcome> outcome = co_await Create(StoreOperation::kPutIfAbsent, std::move(path), std::move(bytes), {});
  co_return outcome;
}

Task<Status> SimStore::Put(Call, ObjectPath path, std::string bytes) {
  Verdict verdict = co_await EnterWrite(StoreOperation::kPut, path);
  if (verdict.refuse) co_return std::unexpected(*verdict.refuse);
  Bytes before = Find(path);
  inner_->Set(path.text(), bytes);
  Tell(StoreOperation::kPut, path, std::move(before), std::make_shared<const std::string>(std::move(bytes)));
  co_await context_->gate->Leave(verdict);
  if (verdict.answer) co_return std::unexpected(*verdict.answer);
  co_return Status{};
}

Task<Result<std::unique_ptr<ObjectWriter>>> SimStore::OpenWrite(Call, ObjectPath path) {
  LF_CO_TRY_OK(co_await EnterRead(StoreOperation::kOpenWrite, path));
  co_return std::make_unique<SimWriter>(this, std::move(path));
}

Task<Result<ObjectStore::Placement>> SimStore::PlaceFrom(Call call, ObjectReader& from, ObjectPath path) {
  auto* reader = dynamic_cast<SimReader*>(&from);
  if (reader == nullptr) co_return Placement::kNotPossible;
  Verdict verdict = co_await EnterWrite(StoreOperation::kPlaceFrom, path);
  if (verdict.refuse) co_return std::unexpected(*verdict.refuse);
  Bytes before = Find(path);
  Bytes offered = reader->Now();
  ObjectReader& inner = reader->inner();
  Result<Placement> placed = co_await inner_->PlaceFrom(call, inner, path);
  LF_CO_TRY_OK(placed);
  if (*placed == Placement::kNotPossible) co_return placed;
  Tell(StoreOperation::kPlaceFrom, path, std::move(before), std::move(offered));
  co_await context_->gate->Leave(verdict);
  if (verdict.answer) co_return std::unexpected(*verdict.answer);
  co_return placed;
}

Task<Result<bool>> SimStore::Touch(Call call, ObjectPath path) {
  Verdict verdict = co_await EnterWrite(StoreOperation::kTouch, path);
  if (verdict.refuse) co_return std::unexpected(*verdict.refuse);
  Bytes before = Find(path);
  LF_CO_TRY(const bool touched, co_await inner_->Touch(call, path));
  Tell(StoreOperation::kTouch, path, before, before);
  co_await context_->gate->Leave(verdict);
  if (verdict.answer) co_return std::unexpected(*verdict.answer);
  co_return touched;
}

Task<Status> SimStore::Delete(Call call, ObjectPath path) {
  Verdict verdict = co_await EnterWrite(StoreOperation::kDelete, path);
  if (verdict.refuse) co_return std::unexpected(*verdict.refuse);
  Bytes before = Find(path);
  Status deleted = co_await inner_->Delete(call, path);
  LF_CO_TRY_OK(deleted);
  Tell(StoreOperation::kDelete, path, std::move(before), nullptr);
  co_await context_->gate->Leave(verdict);
  if (verdict.answer) co_return std::unexpected(*verdict.answer);
  co_return Status{};
}

Result<std::shared_ptr<ObjectStore>> SimStoreFactory::Open(const std::string& uri) {
  std::shared_ptr<SimStore>& store = stores_[uri];
  if (!store) store = std::make_shared<SimStore>(&find_(uri), &context_);
  return store;
}

Task<Result<bool>> SimStoreFactory::ShareClock(Call, std::string uri, std::string other) {
  constexpr std::string_view kPrimary = "mem://primary/";
  co_return uri.starts_with(kPrimary) == other.starts_with(kPrimary);
}

}  // namespace lakeferry::sim
