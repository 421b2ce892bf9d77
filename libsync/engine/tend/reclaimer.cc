#include "engine/tend/reclaimer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "async/task_group.h"
#include "base/saturated.h"
#include "engine/group/store_refs.h"
#include "engine/group/store_roots.h"
#include "engine/staging/staged_answers.h"
#include "env/store_calls.h"

namespace lakeferry::engine {
namespace {

std::unexpected<Error> InUse(const plan::TableSpec& table, std::string what) {
  return Fail(ErrorCode::kDiverged, fmt::format("table '{}' is not as lakeferry left it: {}", table.name, what),
              table.target_uri,
              "nothing of it was deleted; where engines write to the replica, they reclaim space there");
}

// Whether the target holds what the newest epoch left, and nothing more.
Task<Status> CheckOurs(Call call, const TableLog& log, plan::TableSpec table, plan::ManifestTable applied,
                       const delta::LogListing& listing) {
  const Version newest = applied.source_version;
  const std::optional<Version> there =
      listing.commits.empty() ? std::nullopt : std::optional(listing.commits.back().first);
  if (there != newest) {
    const std::string found = there ? std::to_string(there->value()) : "none";
    co_return InUse(table, fmt::format("its newest version is {}, and was {}", found, newest.value()));
  }
  LF_CO_TRY(const std::string digest, co_await log.CommitDigest(call, newest));
  if (digest == applied.commit_sha256) co_return Status{};
  co_return InUse(table, fmt::format("version {} has another content", newest.value()));
}

// Commits after `oldest`, or all, up to the newest.
Result<std::vector<Version>> CommitsAfter(const delta::LogListing& listing, std::optional<Version> oldest,
                                          const plan::TableSpec& table) {
  std::vector<Version> versions;
  for (const auto& [version, file] : listing.commits) {
    if (oldest && version <= *oldest) continue;
    const Version before = versions.empty() ? oldest.value_or(version.Previous()) : versions.back();
    if (version != before.Next()) {
      return Fail(ErrorCode::kCorruptLog,
                  fmt::format("the log of table '{}' has no commit {}, and versions after it are to stay readable",
                              table.name, before.Next().value()),
                  table.target_uri, "restore it, or keep versions for a shorter time");
    }
    versions.push_back(version);
  }
  return versions;
}

// Everything below a root that may be data, with what its age says of it.
class DataWalk {
 public:
  DataWalk(ObjectStore& store, const plan::NeededObjects& needed, TimeMs now, Millis young)
      : store_(store), needed_(needed), now_(now), young_(young) {}

  Task<Status> Run(Call call) {
    std::vector<ObjectPath> folders(1);
    while (!folders.empty()) {
      if (call.stopped()) co_return Fail(ErrorCode::kCancelled, "stopped while looking for unneeded files");
      const ObjectPath folder = std::move(folders.back());
      folders.pop_back();
      LF_CO_TRY(Listing listing, co_await ListAll(call, store_, folder));
      const bool is_table = !folder.empty() && std::ranges::any_of(listing.folders, [](const ObjectPath& below) {
        return below.name() == delta::kLogFolder;
      });
      if (is_table) {
        skipped.push_back(folder.text());
        continue;
      }
      for (const ObjectInfo& object : listing.objects) Judge(object);
      for (const ObjectPath& link : listing.links) {
        if (plan::IsDataName(link.name(), true)) links.push_back(link.text());
      }
      for (ObjectPath& below : listing.folders) {
        if (plan::IsDataName(below.name(), true)) folders.push_back(std::move(below));
      }
    }
    co_return Status{};
  }

  std::vector<ObjectPath> unneeded;
  int64_t bytes = 0;
  int64_t young = 0;
  std::vector<std::string> skipped;
  std::vector<std::string> links;

 private:
  void Judge(const ObjectInfo& object) {
    if (!plan::IsDataName(object.path.name(), false)) return;
    const plan::ObjectFate fate = plan::FateOf(object.path, object.modified, needed_, now_, young_);
    if (fate == plan::ObjectFate::kYoung) ++young;
    if (fate != plan::ObjectFate::kUnneeded) return;
    unneeded.push_back(object.path);
    bytes = AddSaturated(bytes, object.size_bytes);
  }

  ObjectStore& store_;
  const plan::NeededObjects& needed_;
  TimeMs now_;
  Millis young_;
};

}  // namespace

Task<Result<plan::Manifest>> Reclaimer::NewestApplied(Call call) const {
  LF_CO_TRY(auto store, env_.stores.Open(StagingRef(spec_, StoreRight::kReadStaging)));
  const StagingArea staging(std::move(store), plan::StagingOf(spec_), env_);
  LF_CO_TRY(std::optional<AppliedEpoch> newest, co_await NewestAppliedIn(call, staging));
  if (newest && newest->staged) co_return std::move(newest->staged->manifest);
  co_return Fail(ErrorCode::kNotFound, fmt::format("staging tells of no applied epoch of group '{}'", spec_.name),
                 spec_.staging_uri, "let the receiver apply one first");
}

Task<Result<ReclaimReport>> Reclaimer::Run(Call call, ReclaimOrder order) const {
  if (spec_.mode != delta::ReplicationMode::kMirror) {
    co_return Fail(ErrorCode::kInvalidArgument, fmt::format("group '{}' is in clone mode", spec_.name), {},
                   "a clone has a history of its own: VACUUM it with an engine, which lakeferry allows");
  }
  LF_CO_TRY_OK(co_await CheckRoots(call, env_, spec_));
  LF_CO_TRY(const std::string journal, co_await env_.state.Journal(call, spec_.name));
  if (!journal.empty()) {
    co_return Fail(ErrorCode::kRefused, fmt::format("an epoch of group '{}' is half applied", spec_.name), {},
                   "run 'lakeferry receiver --once', then this again");
  }
  LF_CO_TRY(const plan::Manifest applied, co_await NewestApplied(call));
  ReclaimReport report{.group = spec_.name,
                       .removed = order.remove,
                       .readable_from = env_.clock.WallTime() - order.retention,
                       .tables = {}};
  for (const plan::ManifestTable& left : applied.tables) {
    const auto table = std::ranges::find(spec_.tables, left.name, &plan::TableSpec::name);
    if (table == spec_.tables.end()) continue;
    Result<ReclaimedTable> done = co_await ReclaimTable(call, *table, left, order);
    if (!done) co_return FailOfTable(std::move(done).error(), table->name, table->target_uri);
    report.tables.push_back(*std::move(done));
  }
  co_return report;
}

Task<Result<ReclaimedTable>> Reclaimer::ReclaimTable(Call call, plan::TableSpec table, plan::ManifestTable applied,
                                                     ReclaimOrder order) const {
  const StoreRight right = order.remove ? StoreRight::kWriteTarget : StoreRight::kReadSource;
  LF_CO_TRY(auto store, env_.stores.Open(TargetRef(table, right)));
  const TableLog log(std::move(store), env_);
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListAll(call));
  LF_CO_TRY_OK(co_await CheckOurs(call, log, table, applied, listing));
  std::vector<delta::CommitTime> times;
  times.reserve(listing.commits.size());
  for (const auto& [version, file] : listing.commits) times.push_back({.version = version, .time = file.modified});
  const TimeMs now = env_.clock.WallTime();
  const std::optional<Version> oldest = plan::OldestReadable(std::move(times), now - order.retention);
  LF_CO_TRY(const std::vector<Version> commits, CommitsAfter(listing, oldest, table));
  plan::NeededObjects needed(table.target_uri);
  delta::FileSink& live = needed;
  LF_CO_TRY_OK(co_await log.Load(call, listing, applied.source_version, live));
  for (const Version version : commits) {
    delta::ActionSink& named = needed;
    LF_CO_TRY_OK(co_await log.Feed(call, version, named));
  }
  DataWalk walk(log.store(), needed, now, spec_.direct ? plan::kYoungPlaced : plan::kYoungObject);
  LF_CO_TRY_OK(co_await walk.Run(call));
  ReclaimedTable done{.table = table.name,
                      .oldest_readable = oldest ? *oldest : commits.front(),
                      .files = static_cast<int64_t>(walk.unneeded.size()),
                      .bytes = walk.bytes,
                      .young_files = walk.young,
                      .skipped = std::move(walk.skipped),
                      .links = std::move(walk.links)};
  if (!order.remove) co_return done;
  LF_CO_TRY_OK(co_await Delete(call, log, applied.source_version, std::move(walk.unneeded)));
  // Nor does anybody go on with a copy that broke off so long ago.
  LF_CO_TRY_OK(co_await log.store().DropUnfinished(call, ObjectPath(), now - plan::kYoungPlaced));
  env_.log.Write(call, LogLevel::kInfo, "space reclaimed",
                 {{"group", spec_.name}, {"table", table.name}, {"files", done.files}, {"bytes", done.bytes}});
  co_return done;
}

Task<Status> Reclaimer::Delete(Call call, const TableLog& log, Version newest, std::vector<ObjectPath> objects) const {
  LF_CO_TRY(const delta::LogListing later, co_await log.ListFrom(call, newest.Next()));
  if (!later.commits.empty()) {
    co_return Fail(ErrorCode::kDiverged, "somebody has written to the replica meanwhile",
                   std::string(log.store().uri()),
                   "nothing was deleted; where engines write to the replica, they reclaim space there");
  }
  const auto width = static_cast<size_t>(env_.limits.copies_in_flight_max);
  co_return co_await DeleteAll(call, log.store(), std::move(objects), width);
}

}  // namespace lakeferry::engine
