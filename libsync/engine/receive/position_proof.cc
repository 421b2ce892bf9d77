// ReceiverPosition, as far as it is proven: by the tables, not by what was written down of them.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "async/task_group.h"
#include "base/saturated.h"
#include "engine/group/store_refs.h"
#include "engine/receive/receiver_position.h"
#include "engine/staging/target_owner.h"
#include "plan/rules/config_change.h"
#include "plan/rules/receipt_rules.h"
#include "plan/rules/start_anew.h"

namespace lakeferry::engine {
namespace {

Error LacksWhatWasLeft(const plan::TableProof& table, Epoch epoch) {
  return {.code = ErrorCode::kDiverged,
          .message = fmt::format("table '{}': the replica is not as epoch {} left it: {}", table.table, epoch.value(),
                                 table.why),
          .where = table.target,
          .remedy = fmt::format("restore the target, or move it away: the table is then copied anew; or {}",
                                plan::kStartAnew)};
}

}  // namespace

Task<Status> ReceiverPosition::ProveCompleted(Call call, std::vector<EpochRecord> records) {
  if (!completed_) co_return Status{};
  // In the middle of the epoch after it a table may be half made anew: the journal is rolled forward first.
  LF_CO_TRY(const std::string journal, co_await env_.state.Journal(call, spec_.name));
  if (!journal.empty()) co_return Status{};
  ReplicaWitness witness(env_, spec_, staging_);
  LF_CO_TRY(const std::optional<plan::EpochProof> proof, co_await ProofOf(call, witness, *completed_));
  if (!proof || !proof->denied()) co_return Status{};
  if (proof->denied_by_all()) {
    for (const EpochRecord& before : records) {
      if (before.state != EpochState::kApplied || before.epoch >= completed_->epoch) continue;
      LF_CO_TRY(const std::optional<plan::EpochProof> older, co_await ProofOf(call, witness, before));
      if (older && older->confirmed()) co_return co_await StepBack(call, std::move(records), before.epoch);
    }
  }
  const plan::TableProof& lacks = *proof->First();
  Error error = LacksWhatWasLeft(lacks, completed_->epoch);
  const auto table = std::ranges::find(spec_.tables, lacks.table, &plan::TableSpec::name);
  if (table != spec_.tables.end()) {
    error = co_await HeedOwner(call, env_, staging_, spec_.mode, *table, std::move(error));
  }
  co_return std::unexpected(std::move(error));
}

// Before any table is looked at. An epoch that was answered but not here, by a memory that is lost, says as much.
Task<Status> ReceiverPosition::CheckConfiguration(Call call) {
  if (configuration_checked_) co_return Status{};
  Epoch epoch = completed_ ? completed_->epoch : Epoch();
  if (!completed_) {
    LF_CO_TRY(const std::vector<Epoch> answered, co_await staging_.AnsweredAfter(call, Epoch()));
    if (!answered.empty()) epoch = answered.back();
  }
  if (epoch != Epoch()) {
    LF_CO_TRY(const std::optional<StagedObject> staged, co_await staging_.Look(call, epoch));
    Result<std::optional<plan::Receipt>> receipt = co_await staging_.ReadReceipt(call, epoch);
    // What cannot be read is said where it is needed.
    if (!receipt && receipt.error().code != ErrorCode::kCorruptLog) co_return std::unexpected(receipt.error());
    const std::optional<plan::Receipt> answer = receipt ? *std::move(receipt) : std::nullopt;
    if (staged && staged->manifest) {
      changes_ = plan::ChangesSince(*staged->manifest, answer, spec_, Role::kReceiver, {});
    }
  }
  LF_CO_TRY_OK(plan::CheckUnchanged(plan::Forbidden(changes_)));
  configuration_checked_ = true;
  co_return Status{};
}

Task<Result<std::optional<plan::EpochProof>>> ReceiverPosition::ProofOf(Call call, ReplicaWitness& witness,
                                                                        EpochRecord record) const {
  // Without its manifest there is nothing to hold the tables against.
  LF_CO_TRY(std::optional<StagedEpoch> staged, co_await staging_.ReadSound(call, record.epoch));
  if (!staged || staged->sha256 != record.manifest_sha256) co_return std::optional<plan::EpochProof>();
  LF_CO_TRY(plan::EpochProof proof, co_await witness.Prove(call, std::move(staged->manifest)));
  co_return proof;
}

// The targets were put back to an epoch before, all of them: they stand there, whatever was written down since.
Task<Status> ReceiverPosition::StepBack(Call call, std::vector<EpochRecord> records, Epoch to) {
  const Epoch claimed = completed_->epoch;
  NoteAnswered(Epoch(), std::string());
  ForgetCompleted();
  StateChange undone;
  bool behind = false;  // the first epoch that the tables do not show
  for (size_t i = records.size(); i > 0; --i) {
    EpochRecord& record = records[i - 1];
    const bool applied = record.state == EpochState::kApplied;
    behind = behind || (applied && record.epoch > to);
    if (!behind) NoteAnswered(record.epoch, record.manifest_sha256);
    if (applied && !behind) NoteCompleted(record);
    if (!applied || !behind) continue;
    record.state = EpochState::kStaged;
    record.error = "it was applied, and the tables do not show it any more";
    record.error_kind = ErrorCodeName(ErrorCode::kCorruptData);
    undone.epochs.push_back(record);
  }
  GroupRecord& group = book_.record();
  group.epoch = to;
  group.cut_time = completed_->cut_time;
  group.sync_time_in_region = completed_->cut_time;
  env_.log.Write(call, LogLevel::kWarning, "every table shows an older epoch than the metadata store",
                 {{"group", spec_.name}, {"epoch", to.value()}, {"on_record", claimed.value()}});
  co_return co_await book_.Save(call, std::move(undone));
}

Task<Result<std::vector<std::string>>> ReceiverPosition::Lacking(Call call) {
  listings_.clear();
  listed_at_ = env_.clock.Monotonic();
  std::vector<std::string> lacking;
  if (!completed_) co_return lacking;
  const std::vector<TablePosition>& tables = completed_->tables;
  std::vector<char> lacks(tables.size());
  const auto look = [this, &call, &tables, &lacks](size_t i) { return LookForLog(call, tables[i], lacks[i]); };
  LF_CO_TRY_OK(co_await ParallelFor(tables.size(), static_cast<size_t>(env_.limits.tables_at_once_max), look));
  for (size_t i = 0; i < tables.size(); ++i) {
    if (lacks[i] != 0) lacking.push_back(tables[i].table);
  }
  co_return lacking;
}

Task<Status> ReceiverPosition::LookForLog(Call call, TablePosition left, char& lacks) {
  const auto table = std::ranges::find(spec_.tables, left.table, &plan::TableSpec::name);
  if (table == spec_.tables.end() || !left.replica_version) co_return Status{};
  LF_CO_TRY(auto store, env_.stores.Open(TargetRef(*table)));
  const TableLog log(std::move(store), env_);
  LF_CO_TRY(delta::LogListing listing, co_await log.ListFrom(call, *left.replica_version));
  lacks = listing.commits.empty() ? 1 : 0;
  listings_.insert_or_assign(left.table, std::move(listing));
  co_return Status{};
}

LogListings ReceiverPosition::TakeListings() {
  // Between the two a comparison of live files may have taken its time.
  constexpr Millis kFresh{5'000};
  const bool fresh = env_.clock.Monotonic() - listed_at_ <= kFresh;
  LogListings taken = std::exchange(listings_, {});
  return fresh ? std::move(taken) : LogListings();
}

Task<Result<bool>> ReceiverPosition::HasNews(Call call) const {
  LF_CO_TRY(const std::vector<Epoch> answered, co_await staging_.AnsweredAfter(call, answered_));
  const bool known = std::ranges::all_of(answered, [this](Epoch epoch) { return uncounted_.contains(epoch); });
  co_return !known || answered.size() != uncounted_.size();
}

void ReceiverPosition::NoteUncounted(const Call& call, std::map<Epoch, UncountedReceipt> uncounted) {
  for (const auto& [epoch, receipt] : uncounted) {
    const auto before = uncounted_.find(epoch);
    if (before != uncounted_.end() && before->second.why == receipt.why) continue;
    env_.log.Write(call, LogLevel::kWarning, "a receipt does not count",
                   {{"group", spec_.name}, {"epoch", epoch.value()}, {"reason", receipt.why}});
  }
  uncounted_ = std::move(uncounted);
}

std::map<Epoch, std::string> ReceiverPosition::Uncounted() const {
  std::map<Epoch, std::string> why;
  for (const auto& [epoch, receipt] : uncounted_) why.emplace(epoch, receipt.why);
  return why;
}

Task<Result<PutOutcome>> ReceiverPosition::PutAnswer(Call call, plan::Receipt receipt) {
  const auto uncounted = uncounted_.find(receipt.epoch);
  if (uncounted == uncounted_.end() || !uncounted->second.staged) {
    co_return co_await staging_.PutReceipt(call, std::move(receipt));
  }
  co_return co_await staging_.PutReceiptOver(call, std::move(receipt), uncounted->second.bytes);
}

Task<Status> ReceiverPosition::CheckSpeaksForOurs(Call call) const {
  LF_CO_TRY(const std::optional<plan::Receipt> there, co_await staging_.ReadReceipt(call, completed_->epoch));
  const std::string elsewhere = there ? plan::OtherTarget(*there, spec_) : std::string();
  if (elsewhere.empty()) co_return Status{};
  co_return Fail(ErrorCode::kRefused,
                 fmt::format("another receiver has answered epoch {}, and {}", completed_->epoch.value(), elsewhere),
                 std::string(staging_.store().uri()), "two receivers work on one group: stop one of them");
}

plan::Receipt ReceiverPosition::ReceiptOf(const EpochRecord& record) const {
  plan::Receipt receipt{.group = record.group,
                        .epoch = record.epoch,
                        .manifest_sha256 = record.manifest_sha256,
                        .applied = record.state == EpochState::kApplied,
                        .reason = record.error,
                        .kind = record.error_kind,
                        .answered = record.ended.value_or(record.started),
                        .worked_ms = record.worked_ms,
                        .tables = {}};
  for (const TablePosition& table : record.tables) {
    receipt.files += table.files;
    receipt.bytes = AddSaturated(receipt.bytes, table.bytes);
    const auto here = std::ranges::find(spec_.tables, table.table, &plan::TableSpec::name);
    receipt.tables.push_back(plan::ReceiptTable{.name = table.table,
                                                .source_version = table.source_version,
                                                .replica_version = table.replica_version,
                                                .managed_version = table.managed_version,
                                                .live_set = table.live_set,
                                                .target = here == spec_.tables.end() ? "" : here->target_uri});
  }
  return receipt;
}

}  // namespace lakeferry::engine
