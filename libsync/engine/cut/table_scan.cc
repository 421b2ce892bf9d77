#include "engine/cut/table_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ranges>
#include <utility>

#include "async/both.h"
#include "delta/state_room.h"
#include "engine/group/store_refs.h"
#include "engine/log/commits_ahead.h"
#include "plan/change/clone_commit.h"
#include "plan/rules/start_anew.h"

namespace lakeferry::engine {
namespace {

// Keeps what the choice of a version asks of a commit, and of its files what was removed.
class FactsSink : public delta::ActionSink {
 public:
  // `removals`: null for a commit that was noted before.
  FactsSink(const delta::CommitTime& commit, plan::Removals* removals) : commit_(commit), removals_(removals) {}

  Status OnCommitInfo(delta::CommitInfo&& info) override {
    info_ = std::move(info);
    return {};
  }
  Status OnMetadata(delta::Metadata&&) override {
    changes_table_ = true;
    return {};
  }
  Status OnProtocol(delta::Protocol&&) override {
    changes_table_ = true;
    return {};
  }

  Status OnAdd(delta::AddFile&& add) override {
    changes_data_ = changes_data_ || add.data_change;
    if (removals_ != nullptr) removals_->Note(commit_.version, add);
    return {};
  }
  Status OnRemove(delta::RemoveFile&& remove) override {
    changes_data_ = changes_data_ || remove.data_change;
    if (removals_ != nullptr) removals_->Note(commit_.version, commit_.time, remove);
    return {};
  }
  Status OnCdc(delta::AddCdcFile&& cdc) override {
    if (removals_ != nullptr) removals_->Note(commit_.version, commit_.time, cdc);
    return {};
  }

  Status OnTxn(delta::Txn&& txn) override {
    std::string app = txn.app_id;
    return delta::KeepNewest(room_, txns_, std::move(app), std::move(txn));
  }

  [[nodiscard]] const std::optional<delta::CommitInfo>& info() const { return info_; }
  [[nodiscard]] const std::map<std::string, delta::Txn>& txns() const { return txns_; }
  [[nodiscard]] bool changes_table() const { return changes_table_; }
  [[nodiscard]] bool changes_data() const { return changes_data_; }

 private:
  delta::CommitTime commit_;
  plan::Removals* removals_;
  std::optional<delta::CommitInfo> info_;
  std::map<std::string, delta::Txn> txns_;
  delta::StateRoom room_;
  bool changes_table_ = false;
  bool changes_data_ = false;
};

std::unexpected<Error> Recreated(const plan::TableSpec& table, std::string what) {
  return Fail(
      ErrorCode::kDiverged,
      fmt::format("the source of table '{}' is not the table of the last cut: {}", table.name, what), table.source_uri,
      fmt::format("it was dropped and created anew, restored from a backup, or its log was edited; the replica is left "
                  "as it is: put the table back as it was; or {}",
                  plan::kStartAnew));
}

bool HasCommit(const delta::LogListing& listing, Version version) {
  return std::ranges::any_of(listing.commits, [&](const auto& commit) { return commit.first == version; });
}

// True iff every commit after the base is there, so that the change since can be read from commits alone.
bool WindowIsWhole(const TableScan& scan) {
  Version expected = scan.base->source_version;
  for (const auto& [version, file] : scan.listing.commits) {
    if (version < expected) continue;
    if (version != expected) return false;
    expected = expected.Next();
  }
  return expected > scan.base->source_version;
}

// Delta's default, with a log line, for a property that cannot be read: engines that do not refuse it take that.
Millis OrDefault(const Call& call, const Environment& env, const plan::TableSpec& table, const Result<Millis>& kept,
                 Millis otherwise) {
  if (kept) return *kept;
  env.log.Write(call, LogLevel::kWarning, "a retention property cannot be read, and counts as Delta's default",
                {{"table", table.name}, {"error", ToString(kept.error())}});
  return otherwise;
}

// How long the source keeps what it removed.
plan::Retention RetentionIn(const Call& call, const Environment& env, const plan::TableSpec& table,
                            const delta::Metadata& metadata) {
  constexpr plan::Retention kDefault = plan::kDefaultRetention;
  return {.deleted_files = OrDefault(call, env, table, plan::DeletedFileRetentionOf(metadata), kDefault.deleted_files),
          .log = OrDefault(call, env, table, plan::LogRetentionOf(metadata), kDefault.log)};
}

// Reads the newest version: its retention, and where commits have their own time. Returns the table's id.
Task<Result<std::string>> ReadNewest(Call call, const Environment& env, TableScan& scan, std::string group) {
  LF_CO_TRY(const delta::LogListing whole, co_await scan.log->ListAll(call));
  LF_CO_TRY(const delta::Snapshot newest, co_await scan.log->Load(call, whole, std::nullopt));
  LF_CO_TRY_OK(CheckNoReplica(newest.txns, group, scan.spec));
  const Version earliest = whole.commits.empty() ? newest.version : whole.commits.front().first;
  LF_CO_TRY(scan.era, delta::InCommitEraOf(newest.protocol, newest.metadata, earliest));
  scan.retention = RetentionIn(call, env, scan.spec, newest.metadata);
  co_return newest.metadata.id;
}

// Commits from the newest back to the base, or to the first that is too old to matter.
class Window {
 public:
  // All must outlive its tasks.
  Window(const Environment& env, TableScan& scan, const ScanScope& scope)
      : env_(env), scan_(scan), scope_(scope), removals_(std::make_shared<plan::Removals>(scan.spec.source_uri)) {}

  Task<Status> Read(Call call) {
    const auto take = [this, &call](Version version, OpenCommit commit) {
      return Take(call, version, std::move(commit));
    };
    LF_CO_TRY_OK(co_await TakeCommits(call, *scan_.log, NewestFirst(), take));
    std::ranges::reverse(scan_.facts);
    removals_->Finish();
    scan_.removals = removals_;
    // Retention, and whether times are in the commits, may have changed within the window: then look again with what
    // holds now.
    if (!scan_.base || !changes_table_) co_return Status{};
    LF_CO_TRY_OK(co_await ReadNewest(call, env_, scan_, scope_.group));
    co_return co_await ReadOwnTimes(call);
  }

 private:
  std::vector<Version> NewestFirst() {
    std::vector<delta::CommitTime> times = scan_.file_times;
    delta::MakeMonotonic(times);
    std::vector<Version> order;
    for (const delta::CommitTime& commit : std::views::reverse(times)) {
      if (scan_.base ? commit.version <= scan_.base->source_version : !scan_.era && commit.time < scope_.from) break;
      order.push_back(commit.version);
      times_.emplace(commit.version, commit.time);
    }
    return order;
  }

  [[nodiscard]] bool HasOwnTime(Version version) const { return scan_.era && version >= scan_.era->from_version; }

  Task<Result<bool>> Take(Call call, Version version, OpenCommit commit) {
    plan::CommitFacts facts{.version = version, .time = times_.at(version), .run_id = {}};
    FactsSink sink({.version = version, .time = facts.time}, removals_.get());
    LF_CO_TRY_OK(co_await scan_.log->Feed(call, std::move(commit), sink));
    LF_CO_TRY_OK(CheckNoReplica(sink.txns(), scope_.group, scan_.spec));
    changes_table_ = changes_table_ || sink.changes_table();
    facts.changes_data = sink.changes_data() || sink.changes_table();
    const delta::CommitInfo info = sink.info().value_or(delta::CommitInfo());
    if (scope_.runs != nullptr) facts.run_id = scope_.runs->NamedIn(info);
    if (HasOwnTime(version) && info.in_commit_timestamp) facts.time = TimeFromOutside(*info.in_commit_timestamp);
    scan_.facts.push_back(std::move(facts));
    co_return scan_.base || scan_.facts.back().time >= scope_.from;
  }

  Task<Status> ReadOwnTimes(Call call) {
    std::vector<Version> order;
    for (const plan::CommitFacts& facts : scan_.facts) {
      if (HasOwnTime(facts.version)) order.push_back(facts.version);
    }
    const auto take = [this, &call](Version version, OpenCommit commit) {
      return TakeTime(call, version, std::move(commit));
    };
    co_return co_await TakeCommits(call, *scan_.log, std::move(order), take);
  }

  Task<Result<bool>> TakeTime(Call call, Version version, OpenCommit commit) {
    delta::CommitInfoSink info;
    LF_CO_TRY_OK(co_await scan_.log->Feed(call, std::move(commit), info));
    const auto facts = std::ranges::lower_bound(scan_.facts, version, {}, &plan::CommitFacts::version);
    const bool own = info.found && info.found->in_commit_timestamp;
    if (own) facts->time = TimeFromOutside(*info.found->in_commit_timestamp);
    co_return true;
  }

  const Environment& env_;
  TableScan& scan_;
  const ScanScope& scope_;
  std::shared_ptr<plan::Removals> removals_;
  std::map<Version, TimeMs> times_;  // as listed, and monotonic
  bool changes_table_ = false;
};

}  // namespace

std::optional<Version> TableScan::NewestAtOrBefore(TimeMs at) const {
  if (era && era->from_time <= at) {
    std::optional<Version> newest;
    for (const plan::CommitFacts& commit : facts) {
      if (commit.version >= era->from_version && commit.time <= at) newest = commit.version;
    }
    if (newest || base) return newest;
    // The commit before those that were read is older than they are.
    if (!facts.empty() && facts.front().version > era->from_version) return facts.front().version.Previous();
    return std::nullopt;
  }
  std::vector<delta::CommitTime> candidates = file_times;
  if (era) std::erase_if(candidates, [&](const auto& commit) { return commit.version >= era->from_version; });
  const auto found = delta::NewestAtOrBefore(std::move(candidates), at);
  return found ? std::optional(found->version) : std::nullopt;
}

std::optional<TimeMs> TableScan::OldestUnsent() const {
  if (!base) return std::nullopt;
  const auto unsent = std::ranges::find_if(
      facts, [this](const plan::CommitFacts& commit) { return commit.version > base->source_version; });
  return unsent == facts.end() ? std::nullopt : std::optional(unsent->time);
}

namespace {

// A commit that carries its own time keeps it, whatever becomes of its file.
void NoteBaseTime(TableScan& scan) {
  if (!scan.base || (scan.era && scan.era->from_version <= scan.base->source_version)) return;
  const auto at = std::ranges::find(scan.file_times, scan.base->source_version, &delta::CommitTime::version);
  if (at != scan.file_times.end()) scan.base_time = at->time;
}

}  // namespace

Status CheckNoReplica(const std::map<std::string, delta::Txn>& txns, const std::string& group,
                      const plan::TableSpec& table) {
  const std::string marker = plan::MarkerAppId(group);
  if (group.empty() || !txns.contains(marker)) return {};
  return Fail(ErrorCode::kRefused,
              fmt::format("the source of table '{}' is a replica of this very group: its log has the marker '{}'",
                          table.name, marker),
              table.source_uri,
              "name the table that is replicated, not its replica; a replica is replicated onward by a group of "
              "another name");
}

Task<Status> CheckContinuity(Call call, const TableScan& scan) {
  const plan::ManifestTable& base = *scan.base;
  if (scan.listing.commits.empty() && scan.listing.checkpoints.empty()) {
    // Nothing from the base on: is there a table at all?
    LF_CO_TRY_OK(co_await scan.log->ListAll(call));
    co_return Recreated(scan.spec, fmt::format("version {} and all after it are gone", base.source_version.value()));
  }
  if (base.commit_sha256.empty() || !HasCommit(scan.listing, base.source_version)) co_return Status{};
  LF_CO_TRY(const std::string digest, co_await scan.log->CommitDigest(call, base.source_version));
  if (digest == base.commit_sha256) co_return Status{};
  co_return Recreated(scan.spec, fmt::format("version {} has another content now", base.source_version.value()));
}

namespace {

// The store names the base's commit as it did when its text was digested.
bool IsAsItWas(const TableScan& scan) {
  const auto listed =
      std::ranges::find(scan.listing.commits, scan.base->source_version, [](const auto& c) { return c.first; });
  const bool there = listed != scan.listing.commits.end();
  return there && !scan.base->commit_etag.empty() && listed->second.etag == scan.base->commit_etag;
}

// What a listing tells is enough to begin with: once the commits are read it is looked at anew.
Task<Status> CheckBegins(Call call, const TableScan& scan) {
  if (IsAsItWas(scan)) co_return Status{};
  co_return co_await CheckContinuity(call, scan);
}

}  // namespace

Task<Result<TableScan>> ScanTable(Call call, const Environment& env, plan::TableSpec table,
                                  std::optional<plan::ManifestTable> base, ScanScope scope) {
  TableScan scan;
  scan.spec = std::move(table);
  scan.base = std::move(base);
  LF_CO_TRY(auto store, env.stores.Open(SourceRef(scan.spec)));
  scan.log = std::make_shared<TableLog>(std::move(store), env);
  if (scan.base) scan.retention = scan.base->retention;
  std::optional<std::string> id_before;  // where no commit proves that this is the table of the base
  if (scan.base) {
    // That history goes on from the base is looked at anew whenever it is asked.
    scan.log->KeepCommits(scan.base->source_version);
    LF_CO_TRY(scan.listing, co_await scan.log->ListFrom(call, scan.base->source_version));
    if (scan.base->in_commit_timestamps)
      scan.era = delta::InCommitEra{.from_version = Version(0), .from_time = TimeMs::min()};
    if (!WindowIsWhole(scan)) {
      env.log.Write(call, LogLevel::kWarning,
                    "commits after the last cut were cleaned away: the whole table goes over again",
                    {{"table", scan.spec.name}, {"version", scan.base->source_version.value()}});
      id_before = scan.base->table_id;
      LF_CO_TRY_OK(co_await CheckContinuity(call, scan));
      scan.base.reset();
    }
  }
  if (!scan.base) {
    LF_CO_TRY(scan.listing, co_await scan.log->ListAll(call));
    LF_CO_TRY(const std::string id, co_await ReadNewest(call, env, scan, scope.group));
    if (id_before && *id_before != id) co_return Recreated(scan.spec, "its id is another, and its log was cleaned");
  }
  for (const auto& [version, file] : scan.listing.commits) {
    scan.file_times.push_back({.version = version, .time = ClampTime(file.modified)});
  }
  Window window(env, scan, scope);
  if (scan.base) {
    // Whatever the commits hold: of a table that was made anew they tell nothing.
    const auto [continues, read] = co_await Both(CheckBegins(call, scan), window.Read(call));
    LF_CO_TRY_OK(continues);
    LF_CO_TRY_OK(read);
  } else {
    LF_CO_TRY_OK(co_await window.Read(call));
  }
  NoteBaseTime(scan);
  co_return scan;
}

int64_t NewestAtBase(const TableScan& scan) {
  const auto base = std::ranges::find(scan.file_times, scan.base->source_version, &delta::CommitTime::version);
  const int64_t base_ms = base == scan.file_times.end() ? 0 : ToEpochMs(base->time);
  // A writer's clock may run ahead of the store's.
  return std::max(base_ms, scan.base->newest_file_ms.value_or(0));
}

}  // namespace lakeferry::engine
