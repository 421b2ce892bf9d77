#include "engine/receive/replica_witness.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "engine/group/store_refs.h"
#include "env/store_calls.h"
#include "plan/change/clone_commit.h"

namespace lakeferry::engine {
namespace {

using plan::ReplicaMark;

// Commits behind ours that are looked through for it: those of VACUUM, and those that take versions.
constexpr size_t kCommitsLookedAt = 1'000;

// The id that a commit tells of itself in its first line; what follows may be larger than memory, and is not read.
class FirstLine final : public delta::ActionSink {
 public:
  Status OnCommitInfo(delta::CommitInfo&& info) override {
    txn_id_ = std::move(info.txn_id);
    return Stop();
  }
  Status OnTxn(delta::Txn&&) override { return Stop(); }
  Status OnAdd(delta::AddFile&&) override { return Stop(); }
  Status OnRemove(delta::RemoveFile&&) override { return Stop(); }
  Status OnMetadata(delta::Metadata&&) override { return Stop(); }
  Status OnProtocol(delta::Protocol&&) override { return Stop(); }
  Status OnDomainMetadata(delta::DomainMetadata&&) override { return Stop(); }

  [[nodiscard]] bool stopped() const { return stopped_; }
  [[nodiscard]] const std::optional<std::string>& txn_id() const { return txn_id_; }

 private:
  Status Stop() {
    stopped_ = true;
    return Fail(ErrorCode::kCancelled, "the first line says enough");
  }

  std::optional<std::string> txn_id_;
  bool stopped_ = false;
};

// Whether it is the log that tells nothing, and not its store that cannot be reached.
bool IsOfTheLog(ErrorCode code) {
  return code == ErrorCode::kCorruptLog || code == ErrorCode::kCorruptData || code == ErrorCode::kNotFound ||
         code == ErrorCode::kUnsupportedTable;
}

Task<Result<ReplicaMark>> MarkWithoutCommits(Call call, const TableLog& log, std::string why) {
  LF_CO_TRY(const Listing left, co_await ListAll(call, log.store(), ObjectPath::Of(delta::kLogFolder)));
  if (left.objects.empty() && left.folders.empty() && left.links.empty()) co_return ReplicaMark{};
  co_return ReplicaMark{.log = ReplicaMark::Log::kThere, .why = std::move(why)};
}

// Neither found nor missing where the log was cleaned up, or is too long to say.
struct Found {
  std::optional<Version> at = {};
  bool missing = false;
};

// Looks for the commit of this id, newest first.
Task<Result<Found>> FindCommit(Call call, const TableLog& log, const delta::LogListing& listing, std::string txn_id) {
  const size_t count = std::min(listing.commits.size(), kCommitsLookedAt);
  for (size_t i = 0; i < count; ++i) {
    FirstLine line;
    const Version version = listing.commits[listing.commits.size() - 1 - i].first;
    Status fed = co_await log.Feed(call, version, line);
    if (!fed && !line.stopped()) co_return std::unexpected(std::move(fed).error());
    if (line.txn_id() == txn_id) co_return Found{.at = version};
  }
  const bool whole = count == listing.commits.size() && count > 0 && listing.commits.front().first == Version(0);
  co_return Found{.missing = whole};
}

}  // namespace

Task<Result<plan::EpochProof>> ReplicaWitness::Prove(Call call, plan::Manifest manifest) {
  plan::EpochProof proof;
  for (const plan::ManifestTable& claim : manifest.tables) {
    const auto table = std::ranges::find(spec_.tables, claim.name, &plan::TableSpec::name);
    if (table == spec_.tables.end()) continue;
    LF_CO_TRY(const ReplicaMark mark, co_await MarkOf(call, *table, claim));
    plan::TableProof judged = plan::JudgeMark(mark, claim, spec_.mode);
    judged.target = table->target_uri;
    const bool may_be_half_made = judged.proof == plan::Proof::kDenied && spec_.mode == delta::ReplicationMode::kMirror;
    if (may_be_half_made) {
      LF_CO_TRY(const bool anew, co_await ComesWhole(call, claim.name, manifest.epoch));
      if (anew) judged.proof = plan::Proof::kUnknown;
    }
    proof.tables.push_back(std::move(judged));
  }
  co_return proof;
}

std::optional<Version> ReplicaWitness::NewestOfClone(const std::string& table) const {
  const auto mark = clones_.find(table);
  return mark == clones_.end() ? std::nullopt : mark->second.version;
}

std::optional<Version> ReplicaWitness::MarkedAt(const std::string& table, Epoch marked) const {
  const auto mark = clones_.find(table);
  if (mark == clones_.end() || mark->second.epoch != marked) return std::nullopt;
  return mark->second.marked_at;
}

Task<Result<ReplicaMark>> ReplicaWitness::MarkOf(Call call, plan::TableSpec table, plan::ManifestTable claim) {
  const auto known = clones_.find(table.name);
  if (known != clones_.end()) co_return known->second;
  LF_CO_TRY(auto store, env_.stores.Open(TargetRef(table)));
  const TableLog log(std::move(store), env_);
  const Result<delta::LogListing> listing = co_await log.ListAll(call);
  Result<ReplicaMark> mark = std::unexpected(Error{});
  if (listing && spec_.mode == delta::ReplicationMode::kMirror) {
    mark = co_await MarkOfMirror(call, log, *listing, claim);
  } else if (listing) {
    mark = co_await MarkOfClone(call, table, log, *listing, claim);
  } else if (listing.error().code == ErrorCode::kNotFound) {
    mark = co_await MarkWithoutCommits(call, log, listing.error().message);
  } else {
    mark = std::unexpected(listing.error());
  }
  if (!mark && !IsOfTheLog(mark.error().code)) co_return FailOfTable(mark.error(), table.name, table.target_uri);
  if (!mark) mark = ReplicaMark{.log = ReplicaMark::Log::kUnreadable, .why = ToString(mark.error())};
  if (spec_.mode == delta::ReplicationMode::kClone) clones_.emplace(table.name, *mark);
  co_return mark;
}

Task<Result<std::optional<std::string>>> ReplicaWitness::StagedDigest(Call call, Epoch epoch) {
  if (const auto known = digests_.find(epoch); known != digests_.end()) co_return known->second;
  LF_CO_TRY(const std::optional<StagedObject> staged, co_await staging_.Look(call, epoch));
  std::optional<std::string> digest;
  if (staged) digest = staged->sha256;
  digests_.emplace(epoch, digest);
  co_return digest;
}

Task<Result<ReplicaMark>> ReplicaWitness::MarkOfClone(Call call, plan::TableSpec table, TableLog log,
                                                      delta::LogListing listing, plan::ManifestTable claim) {
  ReplicaMark mark{.log = ReplicaMark::Log::kThere};
  const auto newest = listing.commits.empty() ? std::nullopt : std::optional(listing.commits.back().first);
  LF_CO_TRY(const delta::Snapshot snapshot, co_await log.Load(call, listing, newest));
  mark.version = snapshot.version;
  const auto marker = snapshot.txns.find(plan::MarkerAppId(spec_.name));
  if (marker == snapshot.txns.end()) co_return co_await MarkByCommit(call, std::move(mark), table, log, listing, claim);
  mark.epoch = Epoch(marker->second.version);
  LF_CO_TRY(const std::optional<std::string> staged, co_await StagedDigest(call, *mark.epoch));
  if (!staged) {
    // Somebody may have tidied up old manifests; none is ahead of staging.
    LF_CO_TRY(const std::vector<Epoch> later, co_await staging_.EpochsAfter(call, *mark.epoch));
    mark.of_other_manifests = later.empty();
    co_return mark;
  }
  const std::string ours = plan::CommitTxnId(*staged, table.name);
  const bool newest_is_ours = snapshot.commit_info && snapshot.commit_info->txn_id == ours;
  Found found{.at = snapshot.version};
  if (!newest_is_ours) {
    LF_CO_TRY(found, co_await FindCommit(call, log, listing, ours));
  }
  mark.marked_at = found.at;
  mark.of_other_manifests = found.missing;
  co_return mark;
}

// Markers expire where the table says so (delta.setTransactionRetentionDuration); the commit still tells.
Task<Result<ReplicaMark>> ReplicaWitness::MarkByCommit(Call call, ReplicaMark mark, plan::TableSpec table,
                                                       const TableLog& log, const delta::LogListing& listing,
                                                       plan::ManifestTable claim) {
  LF_CO_TRY(const std::optional<std::string> staged, co_await StagedDigest(call, claim.marked_epoch));
  Found found;
  if (staged) {
    LF_CO_TRY(found, co_await FindCommit(call, log, listing, plan::CommitTxnId(*staged, table.name)));
  }
  if (found.at) mark.epoch = claim.marked_epoch;
  mark.marked_at = found.at;
  if (!found.at && !found.missing) {
    mark.log = ReplicaMark::Log::kUnreadable;
    mark.why = "its log does not tell which epoch it shows";
  }
  co_return mark;
}

Task<Result<ReplicaMark>> ReplicaWitness::MarkOfMirror(Call call, TableLog log, delta::LogListing listing,
                                                       plan::ManifestTable claim) {
  ReplicaMark mark{.log = ReplicaMark::Log::kThere};
  LF_CO_TRY(mark.version, delta::NewestVersion(listing));
  const auto commit =
      std::ranges::find(listing.commits, claim.source_version, [](const auto& one) { return one.first; });
  mark.has_commit = commit != listing.commits.end();
  if (!mark.has_commit) co_return mark;
  LF_CO_TRY(mark.commit_sha256, co_await log.CommitDigest(call, claim.source_version));
  co_return mark;
}

Task<Result<bool>> ReplicaWitness::ComesWhole(Call call, std::string table, Epoch after) const {
  LF_CO_TRY(const std::vector<Epoch> epochs, co_await staging_.EpochsAfter(call, after));
  for (const Epoch epoch : epochs) {
    LF_CO_TRY(const std::optional<StagedEpoch> staged, co_await staging_.ReadSound(call, epoch));
    if (!staged) continue;
    const auto entry = std::ranges::find(staged->manifest.tables, table, &plan::ManifestTable::name);
    if (entry != staged->manifest.tables.end() && !entry->base_version) co_return true;
  }
  co_return false;
}

}  // namespace lakeferry::engine
