#include "engine/apply/checkpoint_keeper.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "delta/checkpoint_hint.h"
#include "engine/apply/checkpoint_draft.h"

namespace lakeferry::engine {
namespace {

constexpr size_t kHintBytesMax = size_t{16} << 20;

ObjectPath InLog(std::string_view name) { return ObjectPath::Of(delta::kLogFolder) / std::string(name); }

// delta.checkpointInterval; the default where it is not set or no number that makes sense.
int64_t IntervalOf(const delta::Metadata& metadata) {
  const std::string text = metadata.Property("delta.checkpointInterval").value_or("");
  int64_t interval = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), interval);
  const bool whole = problem == std::errc() && end == text.data() + text.size();
  return whole && interval > 0 ? interval : CheckpointKeeper::kIntervalDefault;
}

int64_t NewestIn(const delta::LogListing& listing) {
  return listing.checkpoints.empty() ? 0 : listing.checkpoints.back().version.value();
}

}  // namespace

Task<void> CheckpointKeeper::Keep(Call call, std::string table, std::shared_ptr<ObjectStore> store, Version version) {
  Known& known = known_[table];
  if (version < known.seen) known = Known{};  // the replica was made anew
  known.seen = version;
  if (known.due && version < *known.due) co_return;
  const TableLog log(std::move(store), env_);
  const Result<bool> wrote = co_await WriteIfDue(call, known, log, version);
  if (!wrote && wrote.error().code == ErrorCode::kCancelled) {
    env_.log.Write(call, LogLevel::kInfo, "the checkpoint of a replica is left to a later epoch",
                   {{"table", table}, {"version", version.value()}, {"error", ToString(wrote.error())}});
  } else if (!wrote) {
    env_.log.Write(call, LogLevel::kWarning, "the checkpoint of a replica could not be written",
                   {{"table", table}, {"version", version.value()}, {"error", ToString(wrote.error())}});
  } else if (*wrote) {
    env_.log.Write(call, LogLevel::kInfo, "checkpoint written", {{"table", table}, {"version", version.value()}});
  }
}

void CheckpointKeeper::Learn(Known& known, const delta::LogListing& listing, const delta::Metadata& metadata) {
  known.interval = IntervalOf(metadata);
  known.due = Version(NewestIn(listing) + known.interval);
  known.tombstones_kept = plan::DeletedFileRetentionOf(metadata).value_or(plan::kForever);
}

Task<Result<bool>> CheckpointKeeper::WriteIfDue(Call call, Known& known, const TableLog& log, Version version) {
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListAll(call));
  if (version.value() >= NewestIn(listing) + known.interval) {
    LF_CO_TRY(const bool wrote, co_await Write(call, known, log, listing, version));
    if (wrote) co_return true;
  } else {
    LF_CO_TRY(const delta::Snapshot state, co_await log.Load(call, listing, version));
    Learn(known, listing, state.metadata);
  }
  if (version < *known.due) co_return false;
  co_return co_await Write(call, known, log, listing, version);
}

Task<Result<bool>> CheckpointKeeper::Write(Call call, Known& known, const TableLog& log,
                                           const delta::LogListing& listing, Version version) const {
  const Millis tombstones_kept = known.tombstones_kept;
  CheckpointDraft draft(env_, ToEpochMs(env_.clock.WallTime() - tombstones_kept), call.stop);
  LF_CO_TRY(delta::Snapshot snapshot, co_await log.Load(call, listing, version, draft));
  Learn(known, listing, snapshot.metadata);
  if (version < *known.due) co_return false;
  if (tombstones_kept != known.tombstones_kept) co_return false;
  if (const Result<Millis> kept = plan::DeletedFileRetentionOf(snapshot.metadata); !kept) {
    env_.log.Write(call, LogLevel::kWarning,
                   "a retention property cannot be read: the checkpoint keeps every tombstone",
                   {{"replica", std::string(log.store().uri())}, {"error", ToString(kept.error())}});
  }
  LF_CO_TRY(const delta::CheckpointSummary summary, co_await draft.Finish(std::move(snapshot)));
  const ObjectPath path = InLog(fmt::format("{:020}.checkpoint.parquet", version.value()));
  LF_CO_TRY_OK(co_await draft.Publish(call, log.store(), path));
  LF_CO_TRY_OK(co_await PutHint(call, log, version, summary));
  known.due = Version(version.value() + known.interval);
  co_return true;
}

Task<Status> CheckpointKeeper::PutHint(Call call, const TableLog& log, Version version,
                                       delta::CheckpointSummary written) const {
  const ObjectPath path = InLog(delta::kLastCheckpointName);
  const Result<std::string> there = co_await log.store().Get(call, path, kHintBytesMax);
  const auto hinted = there ? delta::ReadCheckpointHint(*there) : std::nullopt;
  if (hinted && *hinted >= version) co_return Status{};
  co_return co_await log.store().Put(call, path,
                                     fmt::format(R"({{"version":{},"size":{},"sizeInBytes":{},"numOfAddFiles":{}}})",
                                                 version.value(), written.actions, written.bytes, written.adds));
}

}  // namespace lakeferry::engine
