#include "engine/checkpoint_keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

#include "delta/checkpoint_hint.h"
#include "env/offload.h"
#include "plan/retention.h"

namespace lakeferry::engine {
namespace {

constexpr int64_t kIntervalDefault = 10;  // as Spark's
constexpr size_t kHintBytesMax = size_t{16} << 20;

ObjectPath InLog(std::string_view name) { return ObjectPath::Of(delta::kLogFolder) / std::string(name); }

// delta.checkpointInterval; the default where it is not set or no number that makes sense.
int64_t IntervalOf(const delta::Metadata& metadata) {
  const std::string text = metadata.Property("delta.checkpointInterval").value_or("");
  int64_t interval = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), interval);
  const bool whole = problem == std::errc() && end == text.data() + text.size();
  return whole && interval > 0 ? interval : kIntervalDefault;
}

// Gives a replay's files to the encoder; tombstones only while VACUUM must spare their files for readers.
class FilesToCheckpoint final : public delta::FileSink {
 public:
  FilesToCheckpoint(const delta::CheckpointWriter* writer, int64_t expired_before_ms)
      : writer_(writer), expired_before_ms_(expired_before_ms) {
    Restart();
  }
  Status OnLive(delta::AddFile&& add) override { return encoder_->OnAdd(std::move(add)); }
  Status OnTombstone(delta::RemoveFile&& remove) override {
    if (remove.deletion_timestamp.value_or(0) <= expired_before_ms_) return {};
    return encoder_->OnRemove(std::move(remove));
  }
  void Restart() override { encoder_ = writer_->Begin(); }

  // The rest of the state, and the end of the file.
  Result<delta::CheckpointSummary> Finish(delta::Snapshot&& snapshot) {
    LF_TRY_OK(encoder_->OnProtocol(std::move(snapshot.protocol)));
    LF_TRY_OK(encoder_->OnMetadata(std::move(snapshot.metadata)));
    for (auto& [app, txn] : snapshot.txns) LF_TRY_OK(encoder_->OnTxn(std::move(txn)));
    for (auto& [name, domain] : snapshot.domains) LF_TRY_OK(encoder_->OnDomainMetadata(std::move(domain)));
    return encoder_->Finish();
  }
  std::string TakeBytes() { return encoder_->TakeBytes(); }

 private:
  const delta::CheckpointWriter* writer_;
  int64_t expired_before_ms_;
  std::unique_ptr<delta::CheckpointEncoder> encoder_;
};

}  // namespace

Task<void> CheckpointKeeper::Keep(std::string table, std::shared_ptr<ObjectStore> store, Version version) {
  const auto due = due_.find(table);
  if (due != due_.end() && version < due->second) co_return;
  const TableLog log(std::move(store), env_);
  const Result<bool> wrote = co_await WriteIfDue(table, log, version);
  if (!wrote) {
    env_.log.Write(LogLevel::kWarning, "the checkpoint of a replica could not be written",
                   {{"table", table}, {"version", version.value()}, {"error", ToString(wrote.error())}});
  } else if (*wrote) {
    env_.log.Write(LogLevel::kInfo, "checkpoint written", {{"table", table}, {"version", version.value()}});
  }
}

Task<Result<bool>> CheckpointKeeper::WriteIfDue(const std::string& table, const TableLog& log, Version version) {
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListAll());
  LF_CO_TRY(const delta::Snapshot state, co_await log.Load(listing, version));
  const int64_t newest = listing.checkpoints.empty() ? 0 : listing.checkpoints.back().version.value();
  const int64_t interval = IntervalOf(state.metadata);
  due_.insert_or_assign(table, Version(newest + interval));
  if (version.value() < newest + interval) co_return false;
  LF_CO_TRY(const plan::Retention retention, plan::RetentionOf(state.metadata));
  LF_CO_TRY(const delta::CheckpointSummary written, co_await Write(log, listing, version, retention.deleted_files));
  LF_CO_TRY_OK(co_await PutHint(log, version, written));
  due_.insert_or_assign(table, Version(version.value() + interval));
  co_return true;
}

Task<Result<delta::CheckpointSummary>> CheckpointKeeper::Write(const TableLog& log, const delta::LogListing& listing,
                                                               Version version, Millis tombstones_kept) const {
  FilesToCheckpoint files(&env_.checkpoint_writer, ToEpochMs(env_.clock.WallTime() - tombstones_kept));
  LF_CO_TRY(delta::Snapshot snapshot, co_await log.Load(listing, version, files));
  auto finish = [&files, &snapshot] { return files.Finish(std::move(snapshot)); };
  LF_CO_TRY(delta::CheckpointSummary summary, co_await Offload(env_.pool, finish));
  const std::string bytes = files.TakeBytes();
  const ObjectPath path = InLog(fmt::format("{:020}.checkpoint.parquet", version.value()));
  LF_CO_TRY(std::unique_ptr<ObjectWriter> writer, co_await log.store().OpenWrite(path));
  LF_CO_TRY_OK(co_await writer->Write(bytes));
  // An engine that writes to the replica's log may have been faster: its checkpoint says the same.
  LF_CO_TRY_OK(co_await writer->CommitIfAbsent());
  co_return summary;
}

Task<Status> CheckpointKeeper::PutHint(const TableLog& log, Version version, delta::CheckpointSummary written) const {
  const ObjectPath path = InLog(delta::kLastCheckpointName);
  const Result<std::string> there = co_await log.store().Get(path, kHintBytesMax);
  const auto hinted = there ? delta::ReadCheckpointHint(*there) : std::nullopt;
  if (hinted && *hinted >= version) co_return Status{};
  co_return co_await log.store().Put(
      path, fmt::format(R"({{"version":{},"size":{},"sizeInBytes":{},"numOfAddFiles":{}}})", version.value(),
                        written.actions, written.bytes, written.adds));
}

}  // namespace lakeferry::engine
