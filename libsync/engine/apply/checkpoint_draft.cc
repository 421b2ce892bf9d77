#include "engine/apply/checkpoint_draft.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "async/offload.h"

namespace lakeferry::engine {

CheckpointDraft::CheckpointDraft(const Environment& env, int64_t expired_before_ms, std::stop_token stop)
    : env_(env), expired_before_ms_(expired_before_ms), stop_(std::move(stop)), bytes_(env) {
  Restart();
}

Status CheckpointDraft::OnLive(delta::AddFile&& add) {
  LF_TRY_OK(CheckStop());
  LF_TRY_OK(encoder_->OnAdd(std::move(add)));
  return Take();
}

Status CheckpointDraft::OnTombstone(delta::RemoveFile&& remove) {
  LF_TRY_OK(CheckStop());
  if (remove.deletion_timestamp.value_or(0) <= expired_before_ms_) return {};
  LF_TRY_OK(encoder_->OnRemove(std::move(remove)));
  return Take();
}

void CheckpointDraft::Restart() {
  encoder_ = env_.checkpoint_writer.Begin();
  bytes_.Clear();
}

Task<Result<delta::CheckpointSummary>> CheckpointDraft::Finish(delta::Snapshot snapshot) {
  auto end = [this, &snapshot] { return End(std::move(snapshot)); };
  co_return co_await Offload(env_.pool, end);
}

Result<delta::CheckpointSummary> CheckpointDraft::End(delta::Snapshot&& snapshot) {
  LF_TRY_OK(encoder_->OnProtocol(std::move(snapshot.protocol)));
  LF_TRY_OK(encoder_->OnMetadata(std::move(snapshot.metadata)));
  for (auto& [app, txn] : snapshot.txns) LF_TRY_OK(encoder_->OnTxn(std::move(txn)));
  for (auto& [name, domain] : snapshot.domains) LF_TRY_OK(encoder_->OnDomainMetadata(std::move(domain)));
  LF_TRY(const delta::CheckpointSummary summary, encoder_->Finish());
  LF_TRY_OK(Take());
  encoder_.reset();
  return summary;
}

Task<Status> CheckpointDraft::Publish(Call call, ObjectStore& store, ObjectPath path) const {
  LF_CO_TRY(std::unique_ptr<ObjectWriter> writer,
            co_await store.Begin(call, std::move(path), {.size_bytes = bytes_.size_bytes()}));
  ObjectStream out(std::move(writer));
  const Status written = co_await WriteTo(call, out);
  if (!written) co_await out.GiveUp(call.Unstoppable());
  LF_CO_TRY_OK(written);
  // An engine that writes to the replica's log may have been faster: its checkpoint says the same.
  LF_CO_TRY_OK(co_await out.Publish(call));
  co_return Status{};
}

Task<Status> CheckpointDraft::WriteTo(Call call, ObjectStream& out) const {
  const int64_t size = bytes_.size_bytes();
  std::vector<char> buffer(std::min(env_.limits.copy_buffer_bytes, static_cast<size_t>(size)));
  for (int64_t done = 0; done < size;) {
    LF_CO_TRY_OK(CheckStop());
    LF_CO_TRY(const size_t got, co_await bytes_.Read(done, buffer));
    LF_CO_TRY_OK(co_await out.Append(call, std::string_view(buffer.data(), got)));
    done += static_cast<int64_t>(got);
  }
  co_return CheckStop();
}

Status CheckpointDraft::CheckStop() const {
  if (!stop_.stop_requested()) return {};
  return Fail(ErrorCode::kCancelled, "stopped while writing a checkpoint");
}

Status CheckpointDraft::Take() { return bytes_.Append(encoder_->TakeBytes()); }

}  // namespace lakeferry::engine
