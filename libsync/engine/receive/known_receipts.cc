#include "engine/receive/known_receipts.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/staging/staged_record.h"
#include "plan/rules/receipt_rules.h"

namespace lakeferry::engine {
namespace {

// A receipt with what lies in the place of its manifest.
struct StagedClaim {
  plan::Receipt receipt;
  StagedObject staged;
};

enum class Weight { kCounts, kUnproven, kNot };

std::unexpected<Error> OfOtherTargets(const plan::Receipt& receipt, std::string_view what, std::string_view uri) {
  return Fail(ErrorCode::kRefused,
              fmt::format("the receipt of epoch {} says that it was applied, and {}", receipt.epoch.value(), what),
              std::string(uri),
              "another receiver works on this group: stop one of them; or name the targets here that the receipt is "
              "for; or give each region a staging location of its own");
}

class Scales {
 public:
  Scales(const plan::GroupSpec& spec, const StagingArea& staging, ReplicaWitness& witness, ReceiverMemory memory)
      : spec_(spec), staging_(staging), witness_(witness), memory_(std::move(memory)) {}

  Task<Result<KnownReceipts>> Weigh(Call call) {
    known_.answered = memory_.answered;
    known_.answered_sha256 = memory_.sha256;
    LF_CO_TRY_OK(co_await Collect(call, memory_.answered));
    size_t counting = 0;  // how many of the claims
    for (size_t i = claims_.size(); i > 0 && counting == 0; --i) {
      if (!claims_[i - 1].receipt.applied) continue;
      LF_CO_TRY(const Weight weight, co_await WeighOne(call, claims_[i - 1]));
      if (weight != Weight::kNot) counting = i;
      if (weight == Weight::kUnproven) known_.proven = false;
    }
    for (size_t i = 0; i < claims_.size(); ++i) {
      // What comes behind an epoch that is still to be answered is looked at once that is.
      if (i >= counting && known_.uncounted.contains(claims_[i].receipt.epoch)) break;
      LF_CO_TRY_OK(Take(claims_[i]));
    }
    for (const plan::Receipt& receipt : tidied_) {
      if (!IsBehindUnanswered(receipt.epoch)) Advance(receipt);
    }
    co_return std::move(known_);
  }

 private:
  Task<Status> Collect(Call call, Epoch after) {
    LF_CO_TRY(const std::vector<Epoch> answered, co_await staging_.AnsweredAfter(call, after));
    LF_CO_TRY(const Epoch newest, co_await staging_.NewestStaged(call, after));
    LF_CO_TRY(first_unanswered_, co_await FirstUnanswered(call, after, answered));
    for (const Epoch epoch : answered) {
      if (epoch > newest) {
        Leave(epoch, plan::FlawWithoutManifest(epoch, newest));
        continue;
      }
      LF_CO_TRY(std::optional<plan::Receipt> receipt, co_await staging_.ReadReceipt(call, epoch));
      LF_CO_TRY(std::optional<StagedObject> staged, co_await staging_.Look(call, epoch));
      if (!receipt) continue;
      if (!staged) {
        LF_CO_TRY_OK(co_await TakeWithoutManifest(call, *std::move(receipt), newest));
        continue;
      }
      if (staged->sha256 != receipt->manifest_sha256) co_return AnswersAnother(*receipt, staging_.store().uri());
      claims_.push_back({*std::move(receipt), *std::move(staged)});
    }
    co_return Status{};
  }

  // The first staged epoch that has no receipt at all; absent for none.
  Task<Result<std::optional<Epoch>>> FirstUnanswered(Call call, Epoch after, std::vector<Epoch> answered) const {
    LF_CO_TRY(const std::vector<Epoch> epochs, co_await staging_.EpochsAfter(call, after));
    for (const Epoch epoch : epochs) {
      if (std::ranges::binary_search(answered, epoch)) continue;
      LF_CO_TRY(const std::optional<StagedObject> staged, co_await staging_.Look(call, epoch));
      if (staged) co_return epoch;
    }
    co_return std::optional<Epoch>();
  }

  // Somebody may have tidied up: the next manifest proves that there was one.
  Task<Status> TakeWithoutManifest(Call call, plan::Receipt receipt, Epoch newest) {
    LF_CO_TRY(const std::optional<StagedEpoch> next, co_await staging_.ReadSound(call, receipt.epoch.Next()));
    if (next && next->manifest.previous_sha256 == receipt.manifest_sha256) {
      tidied_.push_back(std::move(receipt));
    } else {
      Leave(receipt.epoch, plan::FlawWithoutManifest(receipt.epoch, newest));
    }
    co_return Status{};
  }

  Task<Result<Weight>> WeighOne(Call call, const StagedClaim& claim) {
    LF_CO_TRY_OK(claim.staged.manifest);
    const plan::Manifest& manifest = *claim.staged.manifest;
    LF_CO_TRY(const plan::EpochProof proof, co_await witness_.Prove(call, manifest));
    if (memory_.half_applied ? proof.confirmed_by_all() : proof.confirmed()) co_return Weight::kCounts;
    const std::string elsewhere = plan::OtherTarget(claim.receipt, spec_);
    if (!elsewhere.empty()) co_return OfOtherTargets(claim.receipt, elsewhere, staging_.store().uri());
    const bool builds_upon = std::ranges::any_of(
        manifest.tables, [](const plan::ManifestTable& table) { return table.base_version.has_value(); });
    if (!proof.denied() && builds_upon && MayBeForgotten(claim.receipt.epoch)) co_return Weight::kUnproven;
    const plan::TableProof* const first = proof.First();
    std::string why = first == nullptr ? std::string("no table of it is configured here")
                                       : fmt::format("table '{}' at {}: {}", first->table, first->target, first->why);
    LF_CO_TRY(std::string bytes, co_await staging_.ReceiptBytes(call, claim.receipt.epoch));
    known_.uncounted[claim.receipt.epoch] = {.why = std::move(why), .staged = true, .bytes = std::move(bytes)};
    co_return Weight::kNot;
  }

  // Whether this receiver may have applied it and have lost both its memory and its targets.
  [[nodiscard]] bool MayBeForgotten(Epoch epoch) const {
    // Epochs are answered in their order.
    const bool skips = first_unanswered_ && *first_unanswered_ < epoch;
    const bool remembers = memory_.begun != Epoch() && memory_.begun <= epoch;
    return !skips && !remembers && !memory_.half_applied;
  }

  Status Take(const StagedClaim& claim) {
    known_.uncounted.erase(claim.receipt.epoch);
    Advance(claim.receipt);
    LF_TRY(EpochRecord record, RecordFrom(claim));
    known_.records.push_back(std::move(record));
    return {};
  }

  Result<EpochRecord> RecordFrom(const StagedClaim& claim) const {
    const plan::Receipt& receipt = claim.receipt;
    const bool refused_unread = claim.staged.unreadable() && !receipt.applied;
    if (!refused_unread) LF_TRY_OK(claim.staged.manifest);
    EpochRecord record = refused_unread ? RecordOfUnreadable(claim.staged, spec_.name, receipt.answered)
                                        : RecordOf({*claim.staged.manifest, claim.staged.sha256}, Role::kReceiver);
    record.state = receipt.applied ? EpochState::kApplied : EpochState::kRefused;
    record.error = receipt.reason;
    record.error_kind = receipt.kind;
    record.ended = receipt.answered;
    record.worked_ms = receipt.worked_ms;
    for (TablePosition& table : record.tables) {
      const auto answer = std::ranges::find(receipt.tables, table.table, &plan::ReceiptTable::name);
      if (answer == receipt.tables.end()) continue;
      table.replica_version = LeftAt(claim, *answer);
      table.live_set = answer->live_set;
      // What was cloned is what the receipt says was left there, and of nothing else.
      if (table.replica_version == answer->replica_version) table.managed_version = answer->managed_version;
    }
    return record;
  }

  // A version that the replica does not have is no place to go on from, nor is one before the commit that the epoch
  // came with. Behind that commit there may be others' that change nothing.
  std::optional<Version> LeftAt(const StagedClaim& claim, const plan::ReceiptTable& answer) const {
    const std::optional<Version> newest = witness_.NewestOfClone(answer.name);
    const bool there = !newest || answer.replica_version <= newest;
    const std::optional<Version> said = there ? answer.replica_version : std::nullopt;
    if (!claim.staged.manifest) return said;
    const auto& tables = claim.staged.manifest->tables;
    const auto table = std::ranges::find(tables, answer.name, &plan::ManifestTable::name);
    if (table == tables.end()) return said;
    return std::max(said, witness_.MarkedAt(answer.name, table->marked_epoch));
  }

  void Advance(const plan::Receipt& receipt) {
    if (receipt.epoch <= known_.answered) return;
    known_.answered = receipt.epoch;
    known_.answered_sha256 = receipt.manifest_sha256;
  }

  [[nodiscard]] bool IsBehindUnanswered(Epoch epoch) const {
    return std::ranges::any_of(known_.uncounted,
                               [epoch](const auto& left) { return left.second.staged && left.first < epoch; });
  }

  void Leave(Epoch epoch, std::string why) { known_.uncounted[epoch] = {.why = std::move(why), .bytes = {}}; }

  const plan::GroupSpec& spec_;
  const StagingArea& staging_;
  ReplicaWitness& witness_;
  ReceiverMemory memory_;
  std::vector<StagedClaim> claims_;
  std::optional<Epoch> first_unanswered_;
  std::vector<plan::Receipt> tidied_;  // of manifests that are gone, and that another follows
  KnownReceipts known_;
};

}  // namespace

Task<Result<KnownReceipts>> WeighReceipts(Call call, const plan::GroupSpec& spec, const StagingArea& staging,
                                          ReplicaWitness& witness, ReceiverMemory memory) {
  Scales scales(spec, staging, witness, std::move(memory));
  co_return co_await scales.Weigh(call);
}

}  // namespace lakeferry::engine
