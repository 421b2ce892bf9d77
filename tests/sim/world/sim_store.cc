#include "tests/sim/world/sim_store.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "base/check.h"
#include "env/store_calls.h"
#include "tests/support/rightful_store.h"

namespace lakeferry::sim {

using Bytes = std::shared_ptr<const std::string>;

class SimObject final : public OpenObject {
 public:
  SimObject(SimStore* store, std::unique_ptr<OpenObject> inner) : store_(store), inner_(std::move(inner)) {}

  [[nodiscard]] const ObjectInfo& info() const override { return inner_->info(); }
  Task<Result<size_t>> Read(Call call, int64_t offset, std::span<char> buffer) override {
    LF_CO_TRY(const Verdict verdict,
              co_await store_->EnterReadOf(call, CallKind::kBytes, StoreOperation::kRead, info().path));
    if (verdict.torn) buffer = buffer.first(buffer.size() / 2);
    Result<size_t> got = co_await inner_->Read(call, offset, buffer);
    if (verdict.answer) co_return std::unexpected(*verdict.answer);
    co_return got;
  }
  [[nodiscard]] ObjectAddress address() const override { return inner_->address(); }
  [[nodiscard]] const RandomAccess* local() const override { return inner_->local(); }

 private:
  SimStore* store_;
  std::unique_ptr<OpenObject> inner_;
};

class SimWriter final : public ObjectWriter {
 public:
  // `inner` goes on with what is left of that name, and keeps what comes to no end.
  SimWriter(SimStore* store, std::unique_ptr<ObjectWriter> inner, ObjectPath path)
      : store_(store), inner_(std::move(inner)), path_(std::move(path)) {}

  [[nodiscard]] size_t part_bytes() const override { return inner_->part_bytes(); }
  Task<Result<Buffer>> Write(Call call, int64_t number, Buffer bytes) override {
    LF_CO_TRY_OK(CheckWanted(call));
    parts_[number].assign(bytes.bytes().begin(), bytes.bytes().end());
    co_return co_await inner_->Write(std::move(call), number, std::move(bytes));
  }
  [[nodiscard]] bool MayHave(int64_t number) const override { return inner_->MayHave(number); }
  [[nodiscard]] bool TakeOver(int64_t number, const Buffer& bytes) override {
    if (!inner_->TakeOver(number, bytes)) return false;
    parts_[number].assign(bytes.bytes().begin(), bytes.bytes().end());
    return true;
  }
  Task<Result<bool>> SetModified(Call call, TimeMs modified) override {
    LF_CO_TRY_OK(CheckWanted(call));
    modified_ = modified;
    co_return true;
  }
  Task<Result<PutOutcome>> CommitIfAbsent(Call call, int64_t size_bytes, ObjectChecksums) override {
    LF_CHECK(!committed_, "a writer commits once");
    committed_ = true;
    std::string bytes;
    for (const auto& [number, part] : parts_) bytes += part;
    if (!std::cmp_equal(bytes.size(), size_bytes)) {
      co_return Fail(ErrorCode::kCorruptData, "what arrived is not what was to be written", path_.text());
    }
    Result<PutOutcome> outcome =
        co_await store_->PutOnce(call, StoreOperation::kCommit, path_, std::move(bytes), modified_);
    if (outcome) {
      LF_CO_TRY_OK(co_await inner_->Abort({}));
    }
    co_return outcome;
  }
  Task<Status> Abort(Call) override { co_return co_await inner_->Abort({}); }

 private:
  SimStore* store_;
  std::unique_ptr<ObjectWriter> inner_;
  ObjectPath path_;
  std::map<int64_t, std::string> parts_;
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

Task<Result<Verdict>> SimStore::EnterReadOf(Call call, CallKind kind, StoreOperation operation, ObjectPath path) {
  LF_CO_TRY_OK(CheckWanted(call));
  Verdict verdict = co_await context_->gate->Enter(kind, std::string(inner_->uri()) + "/" + path.text());
  if (verdict.refuse) co_return std::unexpected(*verdict.refuse);
  Tell(operation, path, Find(path), nullptr);
  co_return verdict;
}

Task<Status> SimStore::EnterRead(Call call, StoreOperation operation, ObjectPath path) {
  LF_CO_TRY_OK(co_await EnterReadOf(std::move(call), CallKind::kRead, operation, std::move(path)));
  co_return Status{};
}

void SimStore::Remember(const ObjectPath& path) const {
  if (context_->past != nullptr) context_->past->Note(*inner_, path.text(), context_->gate->timeline().now());
}

Task<Verdict> SimStore::EnterWrite(Call call, StoreOperation operation, ObjectPath path) {
  const bool creates = operation == StoreOperation::kCommit || operation == StoreOperation::kPutIfAbsent;
  creates || operation == StoreOperation::kCopy ? CheckCreates(right_, path) : CheckChanges(right_);
  if (Status wanted = CheckWanted(call); !wanted) co_return Verdict{.refuse = std::move(wanted).error()};
  if (path.empty()) {
    co_return Verdict{.refuse = Error{.code = ErrorCode::kInvalidArgument,
                                      .message = "the root of a store is no object",
                                      .where = std::string(inner_->uri())}};
  }
  const CallKind kind = creates ? CallKind::kCreate : CallKind::kWrite;
  Verdict verdict = co_await context_->gate->Enter(kind, std::string(inner_->uri()) + "/" + path.text());
  co_return verdict;
}

Task<Result<ListPage>> SimStore::List(Call call, ListRequest request) {
  LF_CO_TRY(const Verdict verdict, co_await EnterReadOf(call, CallKind::kList, StoreOperation::kList, request.folder));
  if (!verdict.behind || context_->past == nullptr) {
    Result<ListPage> page = co_await inner_->List(call, std::move(request));
    co_return page;
  }
  // Nothing waits between: the store has no hooks.
  StorePast::Objects now = context_->past->At(*inner_, context_->gate->timeline().now() - *verdict.behind);
  std::swap(now, inner_->objects());
  Result<ListPage> page = co_await inner_->List(call, std::move(request));
  std::swap(now, inner_->objects());
  co_return page;
}

Task<Result<ObjectInfo>> SimStore::Head(Call call, ObjectPath path) {
  LF_CO_TRY_OK(co_await EnterRead(call, StoreOperation::kHead, path));
  Result<ObjectInfo> info = co_await inner_->Head(call, path);
  co_return info;
}

Task<Result<std::string>> SimStore::Get(Call call, ObjectPath path, size_t limit_bytes) {
  LF_CO_TRY_OK(co_await EnterRead(call, StoreOperation::kGet, path));
  Result<std::string> bytes = co_await inner_->Get(call, path, limit_bytes);
  co_return bytes;
}

Task<Result<std::unique_ptr<OpenObject>>> SimStore::Open(Call call, ObjectPath path) {
  LF_CO_TRY_OK(co_await EnterRead(call, StoreOperation::kOpen, path));
  LF_CO_TRY(auto inner, co_await inner_->Open(call, path));
  co_return std::make_unique<SimObject>(this, std::move(inner));
}

PutOutcome SimStore::CreateNow(StoreOperation operation, const ObjectPath& path, const std::string& bytes,
                               std::optional<TimeMs> modified) {
  Bytes before = Find(path);
  const PutOutcome outcome = before ? PutOutcome::kExisted : PutOutcome::kCreated;
  Remember(path);
  if (!before) inner_->Set(path.text(), bytes, modified);
  Tell(operation, path, std::move(before), std::make_shared<const std::string>(bytes));
  return outcome;
}

Task<Result<PutOutcome>> SimStore::PutOnce(Call call, StoreOperation operation, ObjectPath path, std::string bytes,
                                           std::optional<TimeMs> modified) {
  Verdict verdict = co_await EnterWrite(call, operation, path);
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

Task<Result<PutOutcome>> SimStore::PutIfAbsent(Call call, ObjectPath path, std::string bytes) {
  Result<PutOutcome> outcome =
      co_await PutOnce(call, StoreOperation::kPutIfAbsent, std::move(path), std::move(bytes), {});
  co_return outcome;
}

Task<Status> SimStore::Put(Call call, ObjectPath path, std::string bytes) {
  Verdict verdict = co_await EnterWrite(call, StoreOperation::kPut, path);
  if (verdict.refuse) co_return std::unexpected(*verdict.refuse);
  Bytes before = Find(path);
  Remember(path);
  inner_->Set(path.text(), bytes);
  Tell(StoreOperation::kPut, path, std::move(before), std::make_shared<const std::string>(std::move(bytes)));
  co_await context_->gate->Leave(verdict);
  if (verdict.answer) co_return std::unexpected(*verdict.answer);
  co_return Status{};
}

Task<Result<std::unique_ptr<ObjectWriter>>> SimStore::Begin(Call call, ObjectPath path, WriteHints hints) {
  LF_CO_TRY_OK(co_await EnterRead(call, StoreOperation::kBegin, path));
  LF_CO_TRY(std::unique_ptr<ObjectWriter> inner, co_await inner_->Begin(call, path, hints));
  co_return std::make_unique<SimWriter>(this, std::move(inner), std::move(path));
}

Task<Result<CopyOutcome>> SimStore::CopyIfAbsent(Call call, ObjectAddress from, ObjectPath path) {
  Verdict verdict = co_await EnterWrite(call, StoreOperation::kCopy, path);
  if (verdict.refuse) co_return std::unexpected(*verdict.refuse);
  Bytes before = Find(path);
  Bytes offered = MemoryStore::BytesAt(from);
  Remember(path);
  Result<CopyOutcome> copied = co_await inner_->CopyIfAbsent(call, std::move(from), path);
  LF_CO_TRY_OK(copied);
  if (*copied == CopyOutcome::kNotPossible) co_return copied;
  Tell(StoreOperation::kCopy, path, std::move(before), std::move(offered));
  co_await context_->gate->Leave(verdict);
  if (verdict.answer) co_return std::unexpected(*verdict.answer);
  co_return copied;
}

Task<Result<bool>> SimStore::Touch(Call call, ObjectPath path) {
  Verdict verdict = co_await EnterWrite(call, StoreOperation::kTouch, path);
  if (verdict.refuse) co_return std::unexpected(*verdict.refuse);
  Bytes before = Find(path);
  LF_CO_TRY(const bool touched, co_await inner_->Touch(call, path));
  Tell(StoreOperation::kTouch, path, before, before);
  co_await context_->gate->Leave(verdict);
  if (verdict.answer) co_return std::unexpected(*verdict.answer);
  co_return touched;
}

Task<Status> SimStore::DeleteOne(Call call, ObjectPath path) {
  Verdict verdict = co_await EnterWrite(call, StoreOperation::kDelete, path);
  if (verdict.refuse) co_return std::unexpected(*verdict.refuse);
  Bytes before = Find(path);
  Remember(path);
  LF_CO_TRY_OK(co_await lakeferry::DeleteOne(call, *inner_, path));
  Tell(StoreOperation::kDelete, path, std::move(before), nullptr);
  co_await context_->gate->Leave(verdict);
  if (verdict.answer) co_return std::unexpected(*verdict.answer);
  co_return Status{};
}

Task<Result<std::vector<NotDeleted>>> SimStore::Delete(Call call, std::vector<ObjectPath> paths) {
  LF_CO_TRY_OK(CheckWanted(call));
  std::vector<NotDeleted> stayed;
  for (ObjectPath& path : paths) {
    Status deleted = co_await DeleteOne(call, path);
    if (!deleted) stayed.push_back({.path = std::move(path), .error = std::move(deleted).error()});
  }
  co_return stayed;
}

Task<Status> SimStore::DropUnfinished(Call call, ObjectPath folder, std::optional<TimeMs> before) {
  Verdict verdict = co_await EnterWrite(call, StoreOperation::kDropUnfinished, folder);
  if (verdict.refuse) co_return std::unexpected(*verdict.refuse);
  LF_CO_TRY_OK(co_await inner_->DropUnfinished(call, std::move(folder), before));
  co_await context_->gate->Leave(verdict);
  if (verdict.answer) co_return std::unexpected(*verdict.answer);
  co_return Status{};
}

Result<std::shared_ptr<ObjectStore>> SimStoreFactory::Open(const StoreRef& ref) {
  std::shared_ptr<SimStore>& store = stores_[ref];
  if (!store) store = std::make_shared<SimStore>(&find_(ref.uri), &context_, ref.right);
  return store;
}

Task<std::vector<Result<StorePlace>>> SimStoreFactory::Locate(Call, std::vector<std::string> uris) {
  std::vector<Result<StorePlace>> places;
  for (const std::string& uri : uris) places.push_back(find_(uri).Place());
  co_return places;
}

Task<Result<bool>> SimStoreFactory::ShareClock(Call, std::string uri, std::string other) {
  constexpr std::string_view kPrimary = "mem://primary/";
  co_return uri.starts_with(kPrimary) == other.starts_with(kPrimary);
}

}  // namespace lakeferry::sim
