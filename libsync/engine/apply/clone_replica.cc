#include "engine/apply/clone_replica.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "delta/commit_times.h"
#include "engine/apply/clone_commit_writer.h"
#include "engine/copy/object_copy.h"
#include "engine/log/log_leftover.h"

namespace lakeferry::engine {
namespace {

std::unexpected<Error> Foreign(std::string_view uri, Version version) {
  return Fail(ErrorCode::kDiverged, fmt::format("somebody else has written version {} of the replica", version.value()),
              std::string(uri),
              fmt::format("a replica is read-only while it follows its source (RESTORE is a foreign commit too): move "
                          "the target away, and the table is copied anew; or {}",
                          HowToDeleteFrom(version)));
}

// The staging location is not the one that the replica was fed from.
std::unexpected<Error> Ahead(std::string_view uri, int64_t marker, int64_t epoch) {
  return Fail(ErrorCode::kRefused,
              fmt::format("the replica holds epoch {} of other manifests, and staging offers epoch {}", marker, epoch),
              std::string(uri),
              "restore the staging location, receipts included; to start the group anew, move the target away");
}

// What a commit of the replica tells of itself: it may be larger than memory.
class CommitGist final : public delta::ActionSink {
 public:
  Status OnCommitInfo(delta::CommitInfo&& info) override {
    info_ = std::move(info);
    return {};
  }
  Status OnTxn(delta::Txn&& txn) override {
    apps_.insert(std::move(txn.app_id));
    return {};
  }
  Status OnAdd(delta::AddFile&&) override { return Changed(); }
  Status OnRemove(delta::RemoveFile&&) override { return Changed(); }
  Status OnMetadata(delta::Metadata&&) override { return Changed(); }
  Status OnProtocol(delta::Protocol&&) override { return Changed(); }
  Status OnDomainMetadata(delta::DomainMetadata&&) override { return Changed(); }

  [[nodiscard]] bool IsOurs(const std::string& group) const { return apps_.contains(plan::MarkerAppId(group)); }
  [[nodiscard]] bool HasTxnId(const std::string& txn_id) const { return info_ && info_->txn_id == txn_id; }
  // It changes nothing a reader sees, as VACUUM's own entries.
  [[nodiscard]] bool IsHarmless() const { return !changed_; }
  // No later than any time can be, so that it can be counted on.
  [[nodiscard]] int64_t time_ms() const {
    const int64_t told = info_ ? info_->in_commit_timestamp.value_or(info_->timestamp.value_or(0)) : 0;
    return ToEpochMs(TimeFromOutside(told));
  }

 private:
  Status Changed() {
    changed_ = true;
    return {};
  }

  std::optional<delta::CommitInfo> info_;
  std::set<std::string> apps_;
  bool changed_ = false;
};

Task<Result<CommitGist>> ReadGist(Call call, const TableLog& log, Version version) {
  CommitGist gist;
  LF_CO_TRY_OK(co_await log.Feed(call, version, gist));
  co_return gist;
}

// Which versions of the source the rows of an epoch's files bear.
class RowCommits : public plan::PartSink {
 public:
  Status OnAdd(delta::AddFile&& add) override {
    newest_ = std::max(newest_, add.default_row_commit_version.value_or(-1));
    return {};
  }
  [[nodiscard]] int64_t newest() const { return newest_; }

 private:
  int64_t newest_ = -1;
};

// What the manifest's first part says of protocol and metadata.
class ChangesTable : public plan::PartSink {
 public:
  Status OnProtocol(delta::Protocol&&) override {
    found_ = true;
    return {};
  }
  Status OnMetadata(delta::Metadata&&) override {
    found_ = true;
    return {};
  }
  [[nodiscard]] bool found() const { return found_; }

 private:
  bool found_ = false;
};

}  // namespace

Task<Result<ReplicaHead>> CloneReplica::Inspect(Call call, ApplyContext context, plan::ManifestTable table,
                                                std::optional<Version> known) {
  if (known) co_return co_await InspectSince(call, context, std::move(table), *known);
  co_return co_await InspectUnknown(call, context, std::move(table));
}

Task<Result<ReplicaHead>> CloneReplica::InspectSince(Call call, ApplyContext context, plan::ManifestTable table,
                                                     Version known) const {
  const std::string txn_id = plan::CommitTxnId(context.epoch->sha256, table.name);
  delta::LogListing listing;
  if (context.listing != nullptr) {
    listing = *context.listing;
  } else {
    LF_CO_TRY(listing, co_await log_.ListFrom(call, known));
  }
  ReplicaHead head{.version = known};
  bool found = false;
  for (const auto& [version, file] : listing.commits) {
    if (version == known) found = true;
    if (version <= known) continue;
    LF_CO_TRY(const CommitGist commit, co_await ReadGist(call, log_, version));
    if (commit.HasTxnId(txn_id)) {
      head.committed = true;
    } else if (!commit.IsHarmless()) {
      co_return Foreign(store().uri(), version);
    }
    head.version = version;
  }
  const bool there = found || head.version != known;
  // This very epoch may have made a replica anew that was gone, before a crash: its versions begin again.
  if (!there || known == Version(0)) {
    LF_CO_TRY(const bool anew, co_await IsMadeAnew(call, context, table));
    if (anew) co_return ReplicaHead{.version = Version(0), .committed = true};
  }
  if (!there) {
    co_return co_await InspectGone(
        call, context, std::move(table),
        fmt::format("version {} of the replica, which this receiver left, is gone", known.value()));
  }
  // Our own checkpoints are never newer than the head.
  LF_CO_TRY_OK(CheckNoneLeft(FilesBeyond(listing, head.version), head.version, store().uri()));
  co_return head;
}

Task<Result<bool>> CloneReplica::IsMadeAnew(Call call, ApplyContext context, plan::ManifestTable table) const {
  if (table.base_version) co_return false;
  const Result<CommitGist> first = co_await ReadGist(call, log_, Version(0));
  if (!first && first.error().code == ErrorCode::kNotFound) co_return false;
  LF_CO_TRY_OK(first);
  co_return first->HasTxnId(plan::CommitTxnId(context.epoch->sha256, table.name));
}

Task<Result<ReplicaHead>> CloneReplica::InspectUnknown(Call call, ApplyContext context,
                                                       plan::ManifestTable table) const {
  const std::string& group = context.epoch->manifest.group;
  Result<delta::LogListing> listing = co_await log_.ListAll(call);
  if (!listing && listing.error().code == ErrorCode::kNotFound) {
    // Data files without a log are what a crash before the first commit leaves.
    if (table.base_version) {
      co_return co_await InspectGone(call, context, std::move(table), "the commits of the replica are gone");
    }
    LF_CO_TRY(const bool has_log, co_await CheckFree(call, context, std::move(table)));
    if (!has_log) co_return ReplicaHead{};
    LF_CO_TRY(const delta::LogListing rest, co_await log_.ListFrom(call, Version(0)));
    LF_CO_TRY_OK(CheckNoneLeft(FilesBeyond(rest, std::nullopt), std::nullopt, store().uri()));
    co_return ReplicaHead{};
  }
  LF_CO_TRY_OK(listing);
  // Of the commits, whatever checkpoint there is after them.
  const auto newest = listing->commits.empty() ? std::nullopt : std::optional(listing->commits.back().first);
  LF_CO_TRY(const delta::Snapshot snapshot, co_await log_.Load(call, *listing, newest));
  const auto marker = snapshot.txns.find(plan::MarkerAppId(group));
  if (marker == snapshot.txns.end()) {
    co_return Fail(ErrorCode::kRefused, "the target is not empty and was not written by this group",
                   std::string(store().uri()), "name an empty target: what is there is not of this group");
  }
  const int64_t epoch = context.epoch->manifest.epoch.value();
  if (marker->second.version > epoch) co_return Ahead(store().uri(), marker->second.version, epoch);
  const ReplicaHead head{.version = snapshot.version, .committed = marker->second.version == epoch};
  LF_CO_TRY_OK(co_await CheckNewestIsOurs(call, context, table, *listing, head));
  LF_CO_TRY_OK(CheckNoneLeft(FilesBeyond(*listing, head.version), head.version, store().uri()));
  co_return head;
}

// The newest commit that is not harmless must be ours.
Task<Status> CloneReplica::CheckNewestIsOurs(Call call, ApplyContext context, plan::ManifestTable table,
                                             const delta::LogListing& listing, ReplicaHead head) const {
  const plan::Manifest& manifest = context.epoch->manifest;
  const std::string txn_id = plan::CommitTxnId(context.epoch->sha256, table.name);
  std::optional<Version> foreign;  // the first after ours
  for (size_t i = listing.commits.size(); i > 0; --i) {
    const Version version = listing.commits[i - 1].first;
    LF_CO_TRY(const CommitGist commit, co_await ReadGist(call, log_, version));
    if (commit.IsOurs(manifest.group)) {
      const bool ahead = head.committed && !commit.HasTxnId(txn_id);
      if (ahead && !foreign) co_return Ahead(store().uri(), manifest.epoch.value(), manifest.epoch.value());
      break;
    }
    if (!commit.IsHarmless()) foreign = version;
  }
  if (foreign) co_return Foreign(store().uri(), *foreign);
  co_return Status{};
}

Task<Result<plan::CloneCommitFacts>> CloneReplica::Facts(Call call, ApplyContext context, plan::ManifestTable table,
                                                         ReplicaHead head) const {
  const plan::Manifest& manifest = context.epoch->manifest;
  plan::CloneCommitFacts facts{.group = manifest.group,
                               .table = table.name,
                               .epoch = manifest.epoch,
                               .manifest_sha256 = context.epoch->sha256,
                               .read_version = head.version,
                               .timestamp = context.timestamp,
                               .in_commit_timestamp_ms = {},
                               .source_uri = table.source_uri,
                               .source_version = table.source_version,
                               .source_table_id = table.table_id,
                               .atomic = manifest.atomic,
                               .adds = table.adds,
                               .removes = table.removes,
                               .bytes = table.bytes};
  if (!table.in_commit_timestamps) co_return facts;
  int64_t previous = 0;
  if (head.version) {
    LF_CO_TRY(const CommitGist last, co_await ReadGist(call, log_, *head.version));
    previous = last.time_ms();
  }
  facts.in_commit_timestamp_ms = std::max(ToEpochMs(context.timestamp), previous + 1);
  co_return facts;
}

Task<Result<Version>> CloneReplica::Commit(Call call, ApplyContext context, plan::ManifestTable table,
                                           ReplicaHead head) {
  const bool unchanged = table.base_version == table.source_version && table.parts.empty();
  if (unchanged && head.version) co_return *head.version;
  if (head.committed) {
    RowCommits rows;
    for (const plan::ManifestPart& part : table.parts) {
      LF_CO_TRY_OK(co_await context.staging->ReadPart(call, context.epoch->manifest.epoch, part, rows));
    }
    co_return co_await ReserveVersions(call, context, std::move(table), *head.version, rows.newest());
  }
  const Version version = head.version ? head.version->Next() : Version(0);
  LF_CO_TRY(plan::CloneCommitFacts facts, co_await Facts(call, context, table, head));
  const std::string txn_id = plan::CommitTxnId(facts.manifest_sha256, facts.table);
  LF_CO_TRY(const Written written, co_await Write(call, context, table, std::move(facts), version));
  if (!written.created) {
    // Existed or unknown: what is there now says whose it is.
    LF_CO_TRY(const PutOutcome settled, co_await Settle(call, version, txn_id));
    if (settled != PutOutcome::kCreated) co_return Foreign(store().uri(), version);
  }
  co_return co_await ReserveVersions(call, context, std::move(table), version, written.newest_row_commit);
}

Task<Result<Version>> CloneReplica::ReserveVersions(Call call, ApplyContext context, plan::ManifestTable table,
                                                    Version head, int64_t row_commit) const {
  // A log may say anything; no row is younger than its table.
  row_commit = std::min(row_commit, table.source_version.value());
  if (head.value() >= row_commit) co_return head;
  LF_CO_TRY(plan::CloneCommitFacts facts,
            co_await Facts(call, context, std::move(table), ReplicaHead{.version = head}));
  while (head.value() < row_commit) {
    facts.read_version = head;
    head = head.Next();
    LF_CO_TRY(const PutOutcome put,
              co_await PutSettled(call, store(), TableLog::CommitPath(head), plan::ReserveVersionLine(facts) + "\n"));
    if (facts.in_commit_timestamp_ms) ++*facts.in_commit_timestamp_ms;
    if (put == PutOutcome::kCreated) continue;
    LF_CO_TRY(const CommitGist there, co_await ReadGist(call, log_, head));
    if (!there.IsHarmless()) co_return Foreign(store().uri(), head);
    if (facts.in_commit_timestamp_ms) {
      facts.in_commit_timestamp_ms = std::max(*facts.in_commit_timestamp_ms, there.time_ms() + 1);
    }
  }
  co_return head;
}

Task<Result<CloneReplica::Written>> CloneReplica::Write(Call call, ApplyContext context, plan::ManifestTable table,
                                                        plan::CloneCommitFacts facts, Version version) {
  std::optional<ReplicaState> replica;
  if (facts.read_version) {
    ChangesTable changes;
    if (!table.parts.empty()) {
      LF_CO_TRY_OK(co_await context.staging->ReadPart(call, facts.epoch, table.parts.front(), changes));
    }
    if (changes.found() || !table.base_version) {
      LF_CO_TRY(const delta::LogListing listing, co_await log_.ListAll(call));
      replica.emplace();
      if (table.base_version) {
        LF_CO_TRY(replica->snapshot, co_await log_.Load(call, listing, facts.read_version));
      } else {
        replica->files = std::make_unique<ReplicaFiles>(env_);
        LF_CO_TRY(replica->snapshot, co_await log_.Load(call, listing, facts.read_version, *replica->files));
      }
    }
  }
  LF_CO_TRY(std::unique_ptr<ObjectWriter> writer, co_await store().Begin(call, TableLog::CommitPath(version), {}));
  CommitStream out(std::move(writer));
  CloneCommitWriter lines(context, table, std::move(facts), version, std::move(replica));
  const Status written = co_await lines.WriteTo(call, out);
  if (!written) co_await out.GiveUp(call.Unstoppable());
  LF_CO_TRY_OK(written);
  const Result<PutOutcome> outcome = co_await out.Publish(call);
  const bool unknown = !outcome && outcome.error().code == ErrorCode::kOutcomeUnknown;
  if (!outcome && !unknown) co_return std::unexpected(outcome.error());
  co_return Written{.created = outcome && *outcome == PutOutcome::kCreated,
                    .newest_row_commit = lines.newest_row_commit()};
}

Task<Result<PutOutcome>> CloneReplica::Settle(Call call, Version version, std::string txn_id) const {
  const Result<CommitGist> there = co_await ReadGist(call, log_, version);
  if (there && !there->HasTxnId(txn_id) && there->IsHarmless()) {
    co_return Fail(ErrorCode::kUnavailable, "a commit that changes nothing came first",
                   TableLog::CommitPath(version).text(), "the next attempt commits behind it");
  }
  if (there) co_return there->HasTxnId(txn_id) ? PutOutcome::kCreated : PutOutcome::kExisted;
  if (there.error().code != ErrorCode::kNotFound) co_return std::unexpected(there.error());
  co_return Fail(ErrorCode::kUnavailable, "the commit was lost on its way", TableLog::CommitPath(version).text());
}

}  // namespace lakeferry::engine
