#include "engine/table_change.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "delta/deletion_vector.h"
#include "delta/file_path.h"
#include "delta/table_features.h"
#include "engine/action_shelf.h"
#include "engine/base_files.h"
#include "engine/clone_files.h"
#include "engine/live_sets.h"
#include "engine/mirror_change.h"
#include "engine/whole_clone.h"
#include "env/offload.h"
#include "plan/net_change.h"

namespace lakeferry::engine {
namespace {

std::string VectorIdOf(const delta::AddFile& add) {
  return add.deletion_vector ? delta::UniqueId(*add.deletion_vector) : std::string();
}

bool IsBefore(const delta::AddFile& a, const delta::AddFile& b) {
  return a.path == b.path ? VectorIdOf(a) < VectorIdOf(b) : a.path < b.path;
}

bool IsOneFile(const delta::AddFile& a, const delta::AddFile& b) {
  return a.path == b.path && VectorIdOf(a) == VectorIdOf(b);
}

void SortTogether(std::vector<delta::AddFile>& adds, std::vector<int64_t>& places) {
  std::vector<size_t> order(adds.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, [&adds](size_t a, size_t b) { return IsBefore(adds[a], adds[b]); });
  std::vector<delta::AddFile> sorted;
  std::vector<int64_t> sorted_places;
  sorted.reserve(order.size());
  for (const size_t i : order) {
    sorted.push_back(std::move(adds[i]));
    sorted_places.push_back(places[i]);
  }
  adds = std::move(sorted);
  places = std::move(sorted_places);
}

// The log may name one object in two ways, relative and absolute, which are two files to an engine and one in the
// clone: sorts the adds, and their places with them, by the names they have there, so that the order is the same
// whenever the cut is made again. kUnsupportedTable where two are live at once, for the rows count twice.
Status SortRenamed(std::vector<delta::AddFile>& adds, std::vector<int64_t>& places, Version version) {
  SortTogether(adds, places);
  const auto twice = std::ranges::adjacent_find(adds, IsOneFile);
  if (twice == adds.end()) return {};
  return HeldTwice(version, twice->path);
}

// Whether a remove is of what an add keeps under its other name, which then changes no data. `adds`: as SortRenamed
// leaves them.
Result<bool> KeepAdded(std::vector<delta::AddFile>& adds, const delta::RemoveFile& remove, const std::string& key) {
  auto add = std::ranges::lower_bound(adds, remove.path, {}, &delta::AddFile::path);
  for (; add != adds.end() && add->path == remove.path; ++add) {
    LF_TRY(const std::string added, delta::FileKey(add->path, add->deletion_vector));
    if (added != key) continue;
    add->data_change = false;
    return true;
  }
  return false;
}

// Hands the removes on as the clone has them, but for those that KeepAdded spares, and one of what has two.
Status TakeRemoves(const plan::NetChange& net, const SpilledActions& shelf, const CloneFiles& files,
                   std::vector<delta::AddFile>& adds, TableChange& change) {
  std::set<std::string> keys;
  std::vector<delta::RemoveFile> removes = net.Removes();
  const std::vector<int64_t> places = net.RemovePlaces();
  for (size_t i = 0; i < removes.size(); ++i) {
    delta::RemoveFile remove = std::move(removes[i]);
    LF_TRY_OK(files.Rename(remove));
    LF_TRY(std::string key, delta::FileKey(remove.path, remove.deletion_vector));
    LF_TRY(const bool is_kept, KeepAdded(adds, remove, key));
    if (is_kept || !keys.insert(std::move(key)).second) continue;
    LF_TRY_OK(shelf.Restore(places.at(i), remove));
    ++change.table.removes;
    LF_TRY_OK(change.removes.Append(delta::ToLine(remove) + '\n'));
  }
  return {};
}

// Absent where a commit has a protocol that is not known: what its actions mean may have been another thing, even if
// the table at the cut has dropped the feature; and where the commits name more files than are held.
Task<Result<std::optional<plan::NetChange>>> FoldCommits(const TableCut& cut, SpilledActions* shelf) {
  plan::NetChange net = NetSinceBase(cut.scan);
  Version version = cut.scan.base->source_version.Next();
  for (; version <= cut.version; version = version.Next()) {
    Result<delta::Commit> read = co_await cut.scan.log->ReadCommit(version, shelf);
    if (!read && shelf->full()) co_return std::nullopt;
    LF_CO_TRY(delta::Commit commit, std::move(read));
    const bool known = !commit.protocol || delta::CheckSupported(*commit.protocol, {}, delta::ReplicationMode::kClone);
    if (!known) co_return std::nullopt;
    LF_CO_TRY_OK(net.Apply(std::move(commit)));
  }
  LF_CO_TRY_OK(co_await LookUpBase(*cut.scan.log, cut.scan.base->source_version, net));
  co_return net;
}

// The adds come back as the clone has them.
Result<std::vector<delta::AddFile>> CollectFiles(const plan::NetChange& net, const SpilledActions& shelf,
                                                 const TableCut& cut, uint64_t seed, TableChange& change) {
  CloneFiles files(cut.scan.spec, seed, [&change](FileToSend file) { return change.files.Append(std::move(file)); });
  std::vector<delta::AddFile> adds;
  for (delta::AddFile& add : net.Adds()) {
    // A file that was there at the base is at the replica already; only its deletion vector is new.
    if (net.WasLiveAtBase(add.path)) {
      LF_TRY(plan::PresentFile there, files.SendVector(add));
      change.present.push_back(std::move(there));
    } else {
      LF_TRY_OK(files.Send(add));
    }
    adds.push_back(std::move(add));
  }
  std::vector<int64_t> places = net.AddPlaces();
  LF_TRY_OK(SortRenamed(adds, places, cut.version));
  LF_TRY_OK(TakeRemoves(net, shelf, files, adds, change));
  for (size_t i = 0; i < adds.size(); ++i) {
    if (places[i] < 0) {
      LF_TRY_OK(change.adds.Append(delta::ToLine(adds[i]) + '\n'));
      continue;
    }
    delta::AddFile whole = adds[i];
    LF_TRY_OK(shelf.Restore(places[i], whole));
    LF_TRY_OK(change.adds.Append(delta::ToLine(whole) + '\n'));
  }
  return adds;
}

// Of any file up to the cut: those of the base, and those that were added since.
std::optional<int64_t> NewestFile(const TableCut& cut, const std::vector<delta::AddFile>& adds) {
  if (!cut.scan.base->newest_file_ms) return std::nullopt;
  int64_t newest = *cut.scan.base->newest_file_ms;
  for (const delta::AddFile& add : adds) newest = std::max(newest, add.modification_time);
  return newest;
}

void NoteWhole(const Environment& env, const TableCut& cut, bool full) {
  if (!full) return;
  env.log.Write(LogLevel::kWarning, "the commits since the last cut name too many files: the whole table goes over",
                {{"table", cut.scan.spec.name}, {"version", cut.version.value()}});
}

// The net of the commits since the base.
Task<Result<TableChange>> SinceBase(const Environment& env, TableCut cut) {
  SpilledActions shelf(env);
  LF_CO_TRY(const std::optional<plan::NetChange> folded, co_await FoldCommits(cut, &shelf));
  if (!folded) {
    NoteWhole(env, cut, shelf.full());
    LF_CO_TRY(cut.scan.listing, co_await cut.scan.log->ListAll());
    co_return co_await ReadWholeClone(env, cut);
  }
  const plan::NetChange& net = *folded;
  TableChange change(env, cut.scan);
  change.table.base_version = cut.scan.base->source_version;
  change.table.table_id = cut.scan.base->table_id;
  change.table.in_commit_timestamps = cut.scan.base->in_commit_timestamps;
  change.table.data_change = net.data_change();
  change.table.removes_change_data = net.removes_change_data();
  if (net.protocol() || net.metadata()) {
    // Rare: what holds now needs both, and a commit need not hold both.
    LF_CO_TRY(const delta::LogListing whole, co_await cut.scan.log->ListAll());
    LF_CO_TRY(const delta::Snapshot snapshot, co_await cut.scan.log->Load(whole, cut.version));
    LF_CO_TRY_OK(delta::CheckSupported(snapshot.protocol, snapshot.metadata, delta::ReplicationMode::kClone));
    change.protocol = snapshot.protocol;
    change.metadata = snapshot.metadata;
    change.table.table_id = snapshot.metadata.id;
    change.table.in_commit_timestamps = delta::InCommitTimestampsOn(snapshot.protocol, snapshot.metadata);
    // Rows left before the table became one that only grows.
    if (snapshot.metadata.IsOn(delta::kAppendOnly)) change.table.removes_change_data = false;
  }
  for (const auto& [name, domain] : net.domains()) change.domains.push_back(domain);
  for (const auto& [app, txn] : net.txns()) change.txns.push_back(txn);
  auto collect = [&net, &shelf, &cut, &change, seed = env.random.Next()] {
    return CollectFiles(net, shelf, cut, seed, change);
  };
  LF_CO_TRY(const std::vector<delta::AddFile> adds, co_await Offload(env.pool, collect));
  change.table.adds = std::ssize(adds);
  change.table.newest_file_ms = NewestFile(cut, adds);
  LF_CO_TRY(change.table.live_set,
            co_await CarryLiveSet(cut.scan.base->live_set, net, adds, *cut.scan.log, cut.version, cut.scan.spec));
  co_return change;
}

// The digest by which the next cut knows that history was not rewritten; empty where the commit is gone.
Task<Result<std::string>> CommitDigest(const TableCut& cut) {
  Result<std::string> digest = co_await cut.scan.log->CommitDigest(cut.version);
  if (!digest && digest.error().code == ErrorCode::kNotFound) co_return std::string();
  co_return digest;
}

Task<Result<TableChange>> ChangeIn(delta::ReplicationMode mode, const Environment& env, const TableCut& cut) {
  if (mode == delta::ReplicationMode::kMirror) co_return co_await ReadMirrorChange(env, cut);
  if (!cut.scan.base) co_return co_await ReadWholeClone(env, cut);
  co_return co_await SinceBase(env, cut);
}

// Reads the change, and that it is one of the table that was scanned: it may have been created anew while it was read.
Task<Result<TableChange>> CheckedChange(delta::ReplicationMode mode, const Environment& env, const TableCut& cut) {
  LF_CO_TRY(TableChange change, co_await ChangeIn(mode, env, cut));
  const bool reads_on = cut.scan.base && cut.scan.base->source_version != cut.version;
  if (reads_on) LF_CO_TRY_OK(co_await CheckContinuity(cut.scan));
  co_return change;
}

// What a whole table comes to is a replay's in any case, and what did not change is as well known as it was.
Task<Status> ReplayInDoubt(const TableCut& cut, delta::ReplicationMode mode, plan::ManifestTable& table) {
  const std::optional<plan::ManifestTable>& base = cut.scan.base;
  const bool unchanged = base && base->source_version == cut.version;
  table.live_set_replayed = !table.base_version || (unchanged && base->live_set_replayed);
  if (table.live_set_replayed || !cut.scan.replay_live_set) co_return Status{};
  std::optional<plan::TableSpec> clone_of;
  if (mode == delta::ReplicationMode::kClone) clone_of = cut.scan.spec;
  Result<delta::LiveSet> replayed = co_await ReplayLiveSet(*cut.scan.log, cut.version, clone_of);
  if (!replayed) co_return FailOfTable(std::move(replayed).error(), cut.scan.spec.name, cut.scan.spec.source_uri);
  table.live_set = *replayed;
  table.live_set_replayed = true;
  // Where the log does not go back that far, the receiver has less to go by.
  const Result<delta::LiveSet> at_base = co_await ReplayLiveSet(*cut.scan.log, base->source_version, clone_of);
  if (at_base) table.base_live_set = at_base->Fingerprint();
  co_return Status{};
}

}  // namespace

TableChange::TableChange(const Environment& env, const TableScan& scan)
    : removes(env),
      adds(env),
      files(env, {.removals = scan.removals, .kept = scan.retention.value_or(plan::kDefaultRetention).deleted_files}) {}

Task<Result<TableChange>> ReadChange(const Environment& env, const TableCut& cut, delta::ReplicationMode mode) {
  Result<TableChange> change = co_await CheckedChange(mode, env, cut);
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
  LF_CO_TRY_OK(co_await ReplayInDoubt(cut, mode, table));
  LF_CO_TRY(table.commit_sha256, co_await CommitDigest(cut));
  table.retention = cut.scan.retention;
  if (mode == delta::ReplicationMode::kMirror) table.adds = std::ssize(change->commits);
  co_return change;
}

std::vector<size_t> CopyOrder(const std::vector<TableChange>& changes) {
  std::vector<std::pair<TimeMs, size_t>> tables;
  for (size_t i = 0; i < changes.size(); ++i) {
    const auto& forecast = changes[i].files.forecast();
    tables.emplace_back(forecast ? forecast->from : TimeMs::max(), i);
  }
  std::ranges::sort(tables);
  std::vector<size_t> order;
  order.reserve(tables.size());
  for (const auto& [nearest, i] : tables) order.push_back(i);
  return order;
}

}  // namespace lakeferry::engine
