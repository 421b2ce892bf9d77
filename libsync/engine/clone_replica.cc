#include "engine/clone_replica.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "delta/commit_times.h"
#include "engine/clone_commit_writer.h"

namespace lakeferry::engine {
namespace {

std::unexpected<Error> Foreign(std::string_view uri, Version version) {
  return Fail(ErrorCode::kDiverged, fmt::format("somebody else has written version {} of the replica", version.value()),
              std::string(uri),
              "a replica is read-only while it follows its source; move the target away: the table is then copied "
              "anew (RESTORE would be a foreign commit too)");
}

// The staging location is not the one that the replica was fed from.
std::unexpected<Error> Ahead(std::string_view uri, int64_t marker, int64_t epoch) {
  return Fail(ErrorCode::kRefused,
              fmt::format("the replica holds epoch {} of other manifests, and staging offers epoch {}", marker, epoch),
              std::string(uri),
              "restore the staging location, receipts included; to start the group anew, move the target away");
}

bool IsOurs(const delta::Commit& commit, const std::string& group) {
  return std::ranges::any_of(commit.txns,
                             [&](const delta::Txn& txn) { return txn.app_id == plan::MarkerAppId(group); });
}

// A commit that changes nothing a reader sees, such as VACUUM's own entries.
bool IsHarmless(const delta::Commit& commit) {
  return !commit.HasFileActions() && !commit.metadata && !commit.protocol && commit.domains.empty();
}

bool HasTxnId(const delta::Commit& commit, const std::string& txn_id) {
  return commit.commit_info && commit.commit_info->txn_id == txn_id;
}

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

Task<Result<ReplicaHead>> CloneReplica::Inspect(ApplyContext context, plan::ManifestTable table,
                                                std::optional<Version> known) {
  if (known) co_return co_await InspectSince(context, std::move(table), *known);
  co_return co_await InspectUnknown(context, std::move(table));
}

Task<Result<ReplicaHead>> CloneReplica::InspectSince(ApplyContext context, plan::ManifestTable table,
                                                     Version known) const {
  const std::string txn_id = plan::CommitTxnId(context.epoch->sha256, table.name);
  LF_CO_TRY(const delta::LogListing listing, co_await log_.ListFrom(known));
  ReplicaHead head{.version = known};
  bool found = false;
  for (const auto& [version, file] : listing.commits) {
    if (version == known) found = true;
    if (version <= known) continue;
    LF_CO_TRY(const delta::Commit commit, co_await log_.ReadCommit(version));
    if (HasTxnId(commit, txn_id)) {
      head.committed = true;
    } else if (!IsHarmless(commit)) {
      co_return Foreign(store().uri(), version);
    }
    head.version = version;
  }
  const bool there = found || head.version != known;
  if (there && known != Version(0)) co_return head;
  // This very epoch may have made a replica anew that was gone, before a crash: its versions begin again.
  LF_CO_TRY(const bool anew, co_await IsMadeAnew(context, table));
  if (anew) co_return ReplicaHead{.version = Version(0), .committed = true};
  if (there) co_return head;
  co_return co_await InspectGone(
      context, std::move(table),
      fmt::format("version {} of the replica, which this receiver left, is gone", known.value()));
}

Task<Result<bool>> CloneReplica::IsMadeAnew(ApplyContext context, plan::ManifestTable table) const {
  if (table.base_version) co_return false;
  const Result<delta::Commit> first = co_await log_.ReadCommit(Version(0));
  if (!first && first.error().code == ErrorCode::kNotFound) co_return false;
  LF_CO_TRY_OK(first);
  co_return HasTxnId(*first, plan::CommitTxnId(context.epoch->sha256, table.name));
}

Task<Result<ReplicaHead>> CloneReplica::InspectUnknown(ApplyContext context, plan::ManifestTable table) const {
  const std::string& group = context.epoch->manifest.group;
  Result<delta::LogListing> listing = co_await log_.ListAll();
  if (!listing && listing.error().code == ErrorCode::kNotFound) {
    // Data files without a log are what a crash before the first commit leaves.
    if (table.base_version) {
      co_return co_await InspectGone(context, std::move(table), "the commits of the replica are gone");
    }
    LF_CO_TRY_OK(co_await CheckFree(context, std::move(table)));
    co_return ReplicaHead{};
  }
  LF_CO_TRY_OK(listing);
  LF_CO_TRY(const delta::Snapshot snapshot, co_await log_.Load(*listing, std::nullopt));
  const auto marker = snapshot.txns.find(plan::MarkerAppId(group));
  if (marker == snapshot.txns.end()) {
    co_return Fail(ErrorCode::kRefused, "the target is not empty and was not written by this group",
                   std::string(store().uri()), "name an empty target, or move what is there away");
  }
  const int64_t epoch = context.epoch->manifest.epoch.value();
  if (marker->second.version > epoch) co_return Ahead(store().uri(), marker->second.version, epoch);
  ReplicaHead head{.version = snapshot.version, .committed = marker->second.version == epoch};
  const std::string txn_id = plan::CommitTxnId(context.epoch->sha256, table.name);
  // The newest commit that is not harmless must be ours.
  for (size_t i = listing->commits.size(); i > 0; --i) {
    LF_CO_TRY(const delta::Commit commit, co_await log_.ReadCommit(listing->commits[i - 1].first));
    if (IsOurs(commit, group)) {
      if (head.committed && !HasTxnId(commit, txn_id)) co_return Ahead(store().uri(), epoch, epoch);
      break;
    }
    if (!IsHarmless(commit)) co_return Foreign(store().uri(), listing->commits[i - 1].first);
  }
  co_return head;
}

Task<Result<plan::CloneCommitFacts>> CloneReplica::Facts(ApplyContext context, plan::ManifestTable table,
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
    LF_CO_TRY(const delta::Commit last, co_await log_.ReadCommit(*head.version));
    if (last.commit_info) {
      previous = last.commit_info->in_commit_timestamp.value_or(last.commit_info->timestamp.value_or(0));
    }
  }
  facts.in_commit_timestamp_ms = std::max(ToEpochMs(context.timestamp), previous + 1);
  co_return facts;
}

Task<Result<Version>> CloneReplica::Commit(ApplyContext context, plan::ManifestTable table, ReplicaHead head) {
  const bool unchanged = table.base_version == table.source_version && table.parts.empty();
  if (head.committed || (unchanged && head.version)) co_return *head.version;
  const Version version = head.version ? head.version->Next() : Version(0);
  LF_CO_TRY(plan::CloneCommitFacts facts, co_await Facts(context, table, head));
  const std::string txn_id = plan::CommitTxnId(facts.manifest_sha256, facts.table);
  LF_CO_TRY_OK(co_await Write(context, std::move(table), std::move(facts), version));
  LF_CO_TRY(const PutOutcome settled, co_await Settle(version, txn_id));
  if (settled == PutOutcome::kCreated) co_return version;
  co_return Foreign(store().uri(), version);
}

Task<Status> CloneReplica::Write(ApplyContext context, plan::ManifestTable table, plan::CloneCommitFacts facts,
                                 Version version) {
  std::optional<ReplicaState> replica;
  if (facts.read_version) {
    ChangesTable changes;
    if (!table.parts.empty()) {
      LF_CO_TRY_OK(co_await context.staging->ReadPart(facts.epoch, table.parts.front(), changes));
    }
    if (changes.found() || !table.base_version) {
      LF_CO_TRY(const delta::LogListing listing, co_await log_.ListAll());
      replica.emplace();
      delta::FileTotals uncompared;
      delta::FileSink& files = table.base_version ? static_cast<delta::FileSink&>(uncompared) : replica->files;
      LF_CO_TRY(replica->snapshot, co_await log_.Load(listing, facts.read_version, files));
    }
  }
  LF_CO_TRY(std::unique_ptr<ObjectWriter> writer, co_await store().OpenWrite(TableLog::CommitPath(version)));
  CommitStream out(std::move(writer));
  CloneCommitWriter lines(context, table, std::move(facts), version, std::move(replica));
  LF_CO_TRY_OK(co_await lines.WriteTo(out));
  Result<PutOutcome> outcome = co_await out.Publish();
  // Created, existed or unknown: what is there now says whose it is.
  if (outcome || outcome.error().code == ErrorCode::kOutcomeUnknown) co_return Status{};
  co_return std::unexpected(outcome.error());
}

Task<Result<PutOutcome>> CloneReplica::Settle(Version version, std::string txn_id) const {
  Result<delta::Commit> there = co_await log_.ReadCommit(version);
  if (there) co_return HasTxnId(*there, txn_id) ? PutOutcome::kCreated : PutOutcome::kExisted;
  if (there.error().code != ErrorCode::kNotFound) co_return std::unexpected(there.error());
  co_return Fail(ErrorCode::kUnavailable, "the commit was lost on its way", TableLog::CommitPath(version).text());
}

}  // namespace lakeferry::engine
