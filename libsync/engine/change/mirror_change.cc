#include "engine/change/mirror_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <utility>

#include "base/check.h"
#include "delta/checkpoint_hint.h"
#include "delta/commit_times.h"
#include "delta/table_features.h"
#include "engine/change/live_sets.h"
#include "engine/change/mirror_files.h"
#include "engine/log/base_files.h"
#include "engine/log/range_fold.h"

namespace lakeferry::engine {
namespace {

using Objects = std::vector<ObjectPath>;

struct Start {
  Version first_commit;
  std::optional<delta::CheckpointFiles> checkpoint;  // of first_commit's version, where version 0 is gone
  Objects objects;                                   // those of the checkpoint
};

bool HasCommit(const delta::LogListing& listing, Version version) {
  return std::ranges::any_of(listing.commits, [&](const auto& commit) { return commit.first == version; });
}

bool WholeFrom(const delta::LogListing& listing, Version from, Version to) {
  for (Version version = from; version <= to; version = version.Next()) {
    if (!HasCommit(listing, version)) return false;
  }
  return true;
}

// Gone, damaged, or one that a mirror cannot carry: another may do, or none at all.
bool IsOfThisCheckpoint(const Error& error) {
  return error.code == ErrorCode::kNotFound || error.code == ErrorCode::kCorruptLog ||
         error.code == ErrorCode::kCorruptData || error.code == ErrorCode::kUnsupportedTable;
}

// The checkpoint's objects; absent, and logged, where it cannot go over.
Task<Result<std::optional<Objects>>> ObjectsOf(Call call, const Environment& env, const TableCut& cut,
                                               const delta::CheckpointFiles& checkpoint) {
  Result<Objects> objects = co_await cut.scan.log->CheckpointObjects(call, checkpoint);
  if (objects) co_return *std::move(objects);
  if (!IsOfThisCheckpoint(objects.error())) co_return std::unexpected(objects.error());
  env.log.Write(
      call, LogLevel::kWarning, "a checkpoint of the source is left out of the mirror",
      {{"table", cut.scan.spec.name}, {"version", checkpoint.version.value()}, {"error", ToString(objects.error())}});
  co_return std::nullopt;
}

// The first of them that the source does not hold any more: sidecars are in no listing.
Task<Result<std::optional<ObjectPath>>> FirstMissing(Call call, ObjectStore& source, const Objects& objects) {
  for (const ObjectPath& object : objects) {
    const Result<ObjectInfo> there = co_await source.Head(call, object);
    if (!there && there.error().code == ErrorCode::kNotFound) co_return object;
    LF_CO_TRY_OK(there);
  }
  co_return std::nullopt;
}

std::unexpected<Error> NoStart(const TableCut& cut, const std::optional<ObjectPath>& missing) {
  const std::string& uri = cut.scan.spec.source_uri;
  if (!missing) {
    return Fail(ErrorCode::kCorruptLog,
                "the log has neither version 0 nor a checkpoint that can be read and that later commits follow", uri,
                "restore the missing commits of _delta_log, or use mode: clone");
  }
  return Fail(ErrorCode::kCorruptLog, "a file of the checkpoint that the log begins with is gone",
              fmt::format("{}/{}", uri, missing->text()), "restore it, or the commits that the checkpoint stands for");
}

Task<Result<Start>> FindStart(Call call, const Environment& env, const TableCut& cut) {
  const delta::LogListing& listing = cut.scan.listing;
  if (cut.scan.base) co_return Start{.first_commit = cut.scan.base->source_version.Next(), .checkpoint = {}};
  if (WholeFrom(listing, Version(0), cut.version)) co_return Start{.first_commit = Version(0), .checkpoint = {}};
  std::optional<ObjectPath> missing;
  for (const delta::CheckpointFiles& checkpoint : listing.checkpoints) {
    if (checkpoint.version > cut.version || !WholeFrom(listing, checkpoint.version, cut.version)) continue;
    LF_CO_TRY(std::optional<Objects> objects, co_await ObjectsOf(call, env, cut, checkpoint));
    if (!objects) continue;
    LF_CO_TRY(missing, co_await FirstMissing(call, cut.scan.log->store(), *objects));
    if (missing) continue;
    co_return Start{.first_commit = checkpoint.version, .checkpoint = checkpoint, .objects = *std::move(objects)};
  }
  co_return NoStart(cut, missing);
}

// As the source lists it, level or not: readers level out the times of the mirror as they do those of the source.
TimeMs ListedTime(const delta::LogListing& listing, Version version) {
  const auto commit =
      std::ranges::lower_bound(listing.commits, version, {}, &std::pair<Version, delta::LogFile>::first);
  LF_CHECK(commit != listing.commits.end() && commit->first == version, "the commits up to the cut are listed");
  return ClampTime(commit->second.modified);
}

// Log clean-up on the mirror, after a fail-over, goes by the times of commits and checkpoints. Absent for sidecars:
// what no checkpoint refers to yet must be young, or be cleaned up.
std::optional<TimeMs> TimeToKeep(const delta::CheckpointFiles& checkpoint, const ObjectPath& object) {
  if (object.parent() != ObjectPath::Of(delta::kLogFolder)) return std::nullopt;
  const auto file = std::ranges::find(checkpoint.files, object.name(), &delta::LogFile::name);
  return file == checkpoint.files.end() ? std::nullopt : std::optional(ClampTime(file->modified));
}

// `required`: readers of the mirror cannot do without it.
void Send(const delta::CheckpointFiles& checkpoint, const Objects& objects, bool required, TableChange& change) {
  for (const ObjectPath& object : objects) {
    change.log_files.push_back(
        plan::FileToSend{.path = object, .size = {}, .required = required, .modified = TimeToKeep(checkpoint, object)});
  }
}

// Sends the checkpoint; false where it cannot go over.
Task<Result<bool>> TrySend(Call call, const Environment& env, const TableCut& cut, const Start& start,
                           const delta::CheckpointFiles& checkpoint, TableChange& change) {
  const bool sent_before = start.checkpoint && checkpoint.version == start.checkpoint->version;
  if (sent_before) co_return true;
  LF_CO_TRY(const std::optional<Objects> objects, co_await ObjectsOf(call, env, cut, checkpoint));
  if (!objects) co_return false;
  Send(checkpoint, *objects, false, change);
  co_return true;
}

// The oldest version whose checkpoint may still have to go over. One of the base's version that is written after the
// cut, by nightly maintenance, goes with the next.
Version FirstToSend(const TableCut& cut, const Start& start) {
  if (!cut.scan.base) return start.first_commit;
  const Version base = cut.scan.base->source_version;
  return cut.scan.base->checkpoint_version == base ? base.Next() : base;
}

// Sends complete checkpoints of the range: those that the table protects, and the newest of the others, so that readers
// of the mirror need not replay from the start. The newest that goes over, null for none.
Task<Result<const delta::CheckpointFiles*>> SendCheckpoints(Call call, const Environment& env, const TableCut& cut,
                                                            const Start& start, std::optional<Version> protected_before,
                                                            TableChange& change) {
  const delta::CheckpointFiles* newest = nullptr;
  std::vector<const delta::CheckpointFiles*> others;
  for (const delta::CheckpointFiles& checkpoint : cut.scan.listing.checkpoints) {
    if (checkpoint.version < FirstToSend(cut, start) || checkpoint.version > cut.version) continue;
    if (!protected_before || checkpoint.version > *protected_before) {
      others.push_back(&checkpoint);
      continue;
    }
    LF_CO_TRY(const bool sent, co_await TrySend(call, env, cut, start, checkpoint, change));
    if (sent) newest = &checkpoint;
  }
  bool sent = false;
  for (size_t i = others.size(); i > 0 && !sent; --i) {
    LF_CO_TRY(sent, co_await TrySend(call, env, cut, start, *others[i - 1], change));
    if (sent) newest = others[i - 1];
  }
  co_return newest;
}

Task<Status> AddLogFiles(Call call, const Environment& env, const TableCut& cut, const Start& start,
                         std::optional<Version> protected_before, TableChange& change) {
  if (start.checkpoint) Send(*start.checkpoint, start.objects, true, change);
  LF_CO_TRY(const delta::CheckpointFiles* const newest,
            co_await SendCheckpoints(call, env, cut, start, protected_before, change));
  if (newest == nullptr) co_return Status{};
  change.table.checkpoint_version = newest->version;
  // The hint goes over only if it names what goes over.
  const ObjectPath hint_path = ObjectPath::Of(delta::kLogFolder) / delta::kLastCheckpointName;
  Result<std::string> hint = co_await cut.scan.log->store().Get(call, hint_path, size_t{16} << 20);
  if (!hint) co_return Status{};
  if (delta::HintNames(*hint, *newest)) {
    change.log_files.push_back(plan::FileToSend{.path = hint_path, .size = {}, .required = false});
  }
  co_return Status{};
}

// Every protocol of the range must be one that a mirror can carry.
Status CheckProtocols(const std::vector<delta::Protocol>& protocols, const delta::Metadata& metadata) {
  for (const delta::Protocol& protocol : protocols) {
    LF_TRY_OK(delta::CheckSupported(protocol, metadata, delta::ReplicationMode::kMirror));
  }
  return {};
}

// What holds at the cut, and every protocol of the range on the way there.
Status NoteShape(const delta::Snapshot& at_cut, std::vector<delta::Protocol> protocols, TableChange& change) {
  protocols.push_back(at_cut.protocol);
  LF_TRY_OK(CheckProtocols(protocols, at_cut.metadata));
  change.table.table_id = at_cut.metadata.id;
  change.table.in_commit_timestamps = delta::InCommitTimestampsOn(at_cut.protocol, at_cut.metadata);
  return {};
}

void NoteCommits(const TableCut& cut, Version first, TableChange& change) {
  for (Version version = first; version <= cut.version; version = version.Next()) {
    change.commits.push_back({.version = version, .time = ListedTime(cut.scan.listing, version)});
  }
}

Task<Result<TableChange>> WholeMirror(Call call, const Environment& env, const TableCut& cut) {
  LF_CO_TRY(const Start start, co_await FindStart(call, env, cut));
  TableChange change(env, cut.scan);
  NoteCommits(cut, start.first_commit, change);
  WholeMirrorFiles files(cut.scan, env.random.Next(), &change);
  const TableLog& log = *cut.scan.log;
  LF_CO_TRY(const delta::LogListing all, co_await log.ListAll(call));
  LF_CO_TRY(const delta::Snapshot at_cut, co_await log.Load(call, all, cut.version, files.live()));
  // Newest first: where the log uses a name for two files, one after the other, the later one is what the source has.
  for (const delta::CommitTime& commit : change.commits | std::views::reverse) {
    LF_CO_TRY_OK(co_await log.Feed(call, commit.version, files.commits()));
  }
  LF_CO_TRY_OK(NoteShape(at_cut, files.protocols(), change));
  if (start.checkpoint && cut.scan.spec.history == plan::History::kFull) {
    LF_CO_TRY_OK(co_await log.Load(call, all, start.first_commit, files.first()));
  }
  LF_CO_TRY_OK(co_await AddLogFiles(call, env, cut, start, delta::CheckpointsProtectedBefore(at_cut.metadata), change));
  co_return change;
}

// Absent where the commits name more files than are held.
Task<Result<std::optional<TableChange>>> MirrorSince(Call call, const Environment& env, const TableCut& cut) {
  LF_CO_TRY(const Start start, co_await FindStart(call, env, cut));
  const plan::ManifestTable& base = *cut.scan.base;
  TableChange change(env, cut.scan);
  change.table.base_version = base.source_version;
  change.table.checkpoint_version = base.checkpoint_version;
  change.table.table_id = base.table_id;
  change.table.in_commit_timestamps = base.in_commit_timestamps;
  NoteCommits(cut, start.first_commit, change);
  change.table.live_set = base.live_set;
  MirrorFilesSince files(env, cut.scan, env.random.Next(), &change);
  DroppedActions shelf(env);
  const CommitRange range{.log = *cut.scan.log,
                          .first = start.first_commit,
                          .last = cut.version,
                          .base = base.source_version,
                          .newest_at_base_ms = NewestAtBase(cut.scan)};
  LF_CO_TRY(const FoldedRange folded, co_await FoldRange(call, env, range, MirrorObjectName, &shelf, &files));
  if (folded.extent != FoldedRange::Extent::kWhole) co_return std::nullopt;
  LF_CO_TRY_OK(co_await files.Finish());
  std::optional<Version> protected_before;  // set by a commit that reshapes the table
  if (folded.shape.protocol() || folded.shape.metadata()) {
    // Rare. Otherwise the work is that of the new commits, whatever the table holds.
    LF_CO_TRY(const delta::LogListing all, co_await cut.scan.log->ListAll(call));
    LF_CO_TRY(const delta::Snapshot at_cut, co_await cut.scan.log->Load(call, all, cut.version));
    LF_CO_TRY_OK(NoteShape(at_cut, folded.protocols, change));
    protected_before = delta::CheckpointsProtectedBefore(at_cut.metadata);
  }
  LF_CO_TRY(change.table.live_set, co_await CarriedOrReplayed(call, change.table.live_set, folded.in_doubt,
                                                              *cut.scan.log, cut.version, std::nullopt));
  LF_CO_TRY_OK(co_await AddLogFiles(call, env, cut, start, protected_before, change));
  co_return change;
}

}  // namespace

Task<Result<TableChange>> ReadMirrorChange(Call call, const Environment& env, const TableCut& cut) {
  if (!cut.scan.base) co_return co_await WholeMirror(call, env, cut);
  LF_CO_TRY(std::optional<TableChange> change, co_await MirrorSince(call, env, cut));
  if (change) co_return *std::move(change);
  env.log.Write(call, LogLevel::kWarning,
                "the commits since the last cut name too many files: the whole table goes over",
                {{"table", cut.scan.spec.name}, {"version", cut.version.value()}});
  TableCut whole = cut;
  whole.scan.base.reset();
  LF_CO_TRY(whole.scan.listing, co_await cut.scan.log->ListAll(call));
  co_return co_await WholeMirror(call, env, whole);
}

}  // namespace lakeferry::engine
