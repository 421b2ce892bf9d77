#include "engine/change/read_change.h"

#include <optional>
#include <string>
#include <utility>

#include "async/both.h"
#include "engine/change/clone_change.h"
#include "engine/change/live_sets.h"
#include "engine/change/mirror_change.h"
#include "plan/document/etag.h"

namespace lakeferry::engine {
namespace {

// The digest by which the next cut knows that history was not rewritten; empty where the commit is gone.
Task<Result<TableLog::CommitName>> NameOf(Call call, const TableCut& cut) {
  Result<TableLog::CommitName> name = co_await cut.scan.log->NameCommit(call, cut.version);
  if (!name && name.error().code == ErrorCode::kNotFound) co_return TableLog::CommitName();
  co_return name;
}

// That what was read is of the table that was scanned: it may have been created anew while it was read.
Task<Status> CheckReadOn(Call call, const TableCut& cut) {
  const bool reads_on = cut.scan.base && cut.scan.base->source_version != cut.version;
  if (reads_on) LF_CO_TRY_OK(co_await CheckContinuity(call, cut.scan));
  co_return Status{};
}

Task<Result<TableChange>> ChangeIn(Call call, delta::ReplicationMode mode, const Environment& env,
                                   const TableCut& cut) {
  if (mode == delta::ReplicationMode::kMirror) co_return co_await ReadMirrorChange(call, env, cut);
  co_return co_await ReadCloneChange(call, env, cut);
}

Task<Result<TableChange>> CheckedChange(Call call, delta::ReplicationMode mode, const Environment& env,
                                        const TableCut& cut) {
  LF_CO_TRY(TableChange change, co_await ChangeIn(call, mode, env, cut));
  auto [continues, named] = co_await Both(CheckReadOn(call, cut), NameOf(call, cut));
  LF_CO_TRY_OK(continues);
  LF_CO_TRY(TableLog::CommitName name, std::move(named));
  change.table.commit_sha256 = std::move(name.sha256);
  // Of a source that is near a look at the text costs nothing.
  const bool names = cut.scan.log->store().traits().far && plan::IsEtag(name.etag);
  if (names) change.table.commit_etag = std::move(name.etag);
  co_return change;
}

// What a whole table comes to is a replay's in any case, and what did not change is as well known as it was.
Task<Status> ReplayInDoubt(Call call, const TableCut& cut, delta::ReplicationMode mode, plan::ManifestTable& table) {
  const std::optional<plan::ManifestTable>& base = cut.scan.base;
  const bool unchanged = base && base->source_version == cut.version;
  table.live_set_replayed = !table.base_version || (unchanged && base->live_set_replayed);
  if (table.live_set_replayed || !cut.scan.replay_live_set) co_return Status{};
  std::optional<plan::TableSpec> clone_of;
  if (mode == delta::ReplicationMode::kClone) clone_of = cut.scan.spec;
  Result<delta::LiveSet> replayed = co_await ReplayLiveSet(call, *cut.scan.log, cut.version, clone_of);
  if (!replayed) co_return FailOfTable(std::move(replayed).error(), cut.scan.spec.name, cut.scan.spec.source_uri);
  table.live_set = *replayed;
  table.live_set_replayed = true;
  // Where the log does not go back that far, the receiver has less to go by.
  const Result<delta::LiveSet> at_base = co_await ReplayLiveSet(call, *cut.scan.log, base->source_version, clone_of);
  if (at_base) table.base_live_set = at_base->Fingerprint();
  co_return Status{};
}

}  // namespace

Task<Result<TableChange>> ReadChange(Call call, const Environment& env, const TableCut& cut,
                                     delta::ReplicationMode mode) {
  Result<TableChange> change = co_await CheckedChange(call, mode, env, cut);
  if (!change) {
    Error error = std::move(change).error();
    // The cut named this version a moment ago: what is missing now was cleaned away.
    if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kSourceMovedOn;
    co_return FailOfTable(std::move(error), cut.scan.spec.name, cut.scan.spec.source_uri);
  }
  plan::ManifestTable& table = change->table;
  table.name = cut.scan.spec.name;
  table.source_uri = cut.scan.spec.source_uri;
  table.source_version = cut.version;
  LF_CO_TRY_OK(co_await ReplayInDoubt(call, cut, mode, table));
  table.retention = cut.scan.retention;
  if (mode == delta::ReplicationMode::kMirror) table.adds = std::ssize(change->commits);
  co_return change;
}

}  // namespace lakeferry::engine
