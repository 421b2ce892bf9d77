#include "engine/receive/receiver_position.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "async/both.h"
#include "base/saturated.h"
#include "plan/rules/epoch_rules.h"
#include "plan/rules/receipt_rules.h"
#include "plan/rules/start_anew.h"

namespace lakeferry::engine {
namespace {

void Enter(const EpochRecord& completed, GroupRecord& group) {
  group.epoch = completed.epoch;
  group.cut_time = completed.cut_time;
  group.staged_epoch = std::max(group.staged_epoch, completed.epoch);
  group.sync_time_in_region = completed.cut_time;
  group.restaging.clear();
  // The next staged epoch, if there is one, says anew what waits.
  group.waiting_since.reset();
}

}  // namespace

Task<Status> ReceiverPosition::Open(Call call) {
  if (loaded_) {
    LF_CO_TRY(const std::vector<std::string> lacking, co_await Lacking(call));
    loaded_ = lacking.empty() && proven_;
  }
  std::vector<EpochRecord> records;
  if (!loaded_) {
    LF_CO_TRY(records, co_await LoadCompleted(call));
  }
  LF_CO_TRY_OK(co_await CheckConfiguration(call));
  const auto [same, listed] = co_await Both(CheckSameStaging(call), ListStaging(call));
  LF_CO_TRY_OK(same);
  LF_CO_TRY(const bool news, listed);
  if (!loaded_) LF_CO_TRY_OK(co_await ProveCompleted(call, std::move(records)));
  // Most passes find all as it was left, and the logs have been looked at already.
  const bool as_left = loaded_ && !news;
  gone_.clear();
  if (!as_left) {
    LF_CO_TRY_OK(co_await LearnAnswered(call));
    LF_CO_TRY(gone_, co_await Lacking(call));
  }
  if (!opened_) receipt_due_ = completed_.has_value() && proven_;
  opened_ = true;
  loaded_ = true;
  co_return Status{};
}

std::optional<Epoch> ReceiverPosition::refused() const {
  const Epoch applied = completed_ ? completed_->epoch : Epoch();
  return answered_ > applied ? std::optional(answered_) : std::nullopt;
}

std::optional<Version> ReceiverPosition::ReplicaVersion(const std::string& table) const {
  const TablePosition* const left = FindLeft(table);
  return left == nullptr ? std::nullopt : left->replica_version;
}

const TablePosition* ReceiverPosition::FindLeft(const std::string& table) const {
  if (completed_) {
    const auto told = std::ranges::find(completed_->tables, table, &TablePosition::table);
    if (told != completed_->tables.end() && told->replica_version) return &*told;
  }
  const auto before = left_before_.find(table);
  return before == left_before_.end() ? nullptr : &before->second;
}

std::map<std::string, TablePosition> ReceiverPosition::LeftAt() const {
  std::map<std::string, TablePosition> left = left_before_;
  if (!completed_) return left;
  for (const TablePosition& table : completed_->tables) {
    if (table.replica_version) left.insert_or_assign(table.table, table);
  }
  return left;
}

Task<Result<std::vector<EpochRecord>>> ReceiverPosition::LoadCompleted(Call call) {
  // An attempt before may have failed half-way.
  NoteAnswered(Epoch(), std::string());
  ForgetCompleted();
  proven_ = true;
  LF_CO_TRY(std::vector<EpochRecord> records, co_await env_.state.Epochs(call, Role::kReceiver, spec_.name, 1'000));
  // They come newest first.
  for (size_t i = records.size(); i > 0; --i) {
    const EpochRecord& record = records[i - 1];
    if (record.state == EpochState::kStaged) continue;  // it was taken for applied once
    NoteAnswered(record.epoch, record.manifest_sha256);
    if (record.state == EpochState::kApplied) NoteCompleted(record);
  }
  co_return records;
}

void ReceiverPosition::NoteCompleted(const EpochRecord& record) {
  left_before_ = LeftAt();
  completed_ = record;
  for (const TablePosition& table : record.tables) {
    if (table.replica_version) left_before_.erase(table.table);
  }
}

void ReceiverPosition::ForgetCompleted() {
  completed_.reset();
  left_before_.clear();
}

void ReceiverPosition::NoteAnswered(Epoch epoch, std::string manifest_sha256) {
  answered_ = epoch;
  answered_sha256_ = std::move(manifest_sha256);
}

std::string ReceiverPosition::PlaceOf(Epoch epoch) const {
  return fmt::format("{}/{}", staging_.store().uri(), staging_.layout().Manifest(epoch).text());
}

// What is in staging has to go on from what was answered here: a staging location that was started anew would take the
// receipts of the one before for its own.
Task<Status> ReceiverPosition::CheckSameStaging(Call call) {
  if (answered_ == Epoch()) co_return Status{};
  LF_CO_TRY(const std::optional<std::string> digest, co_await staging_.DigestOf(call, answered_));
  if (digest == answered_sha256_) co_return Status{};
  LF_CO_TRY(const std::optional<StagedObject> answered, co_await staging_.Look(call, answered_));
  if (!answered) {
    // Somebody may have tidied up: what follows proves as much.
    LF_CO_TRY(const std::optional<StagedEpoch> next, co_await staging_.ReadSound(call, answered_.Next()));
    if (next && next->manifest.previous_sha256 == answered_sha256_) co_return Status{};
  }
  co_return Fail(
      ErrorCode::kRefused,
      fmt::format("{} epoch {} of the group, which this receiver answered",
                  answered ? "staging holds another" : "staging has lost", answered_.value()),
      PlaceOf(answered_),
      fmt::format("if sync_location_secondary or the group's name was changed, set it back; restore the staging "
                  "location; or {}",
                  plan::kStartAnew));
}

// After the loss of the metadata store, with an older copy of it, or beside another receiver: receipts say what was
// completed, manifests what it was, and the tables whether it is true.
Task<Status> ReceiverPosition::LearnAnswered(Call call) {
  ReplicaWitness witness(env_, spec_, staging_);
  LF_CO_TRY(const std::string journal, co_await env_.state.Journal(call, spec_.name));
  LF_CO_TRY(KnownReceipts known, co_await WeighReceipts(call, spec_, staging_, witness,
                                                        {.answered = answered_,
                                                         .sha256 = answered_sha256_,
                                                         .half_applied = !journal.empty(),
                                                         .begun = book_.record().staged_epoch}));
  NoteUncounted(call, std::move(known.uncounted));
  std::vector<EpochRecord> completed;
  for (const EpochRecord& record : known.records) {
    if (record.state == EpochState::kApplied) completed.push_back(record);
  }
  if (!known.records.empty() && known.proven) {
    if (!completed.empty()) Enter(completed.back(), book_.record());
    env_.log.Write(call, LogLevel::kWarning, "epochs learnt from receipts that the metadata store did not know",
                   {{"group", spec_.name}, {"epoch", known.answered.value()}});
    LF_CO_TRY_OK(co_await book_.Save(call, {.epochs = std::move(known.records)}));
  }
  // Not before all of it is known and on record: a pass that fails half-way must come by here again.
  NoteAnswered(known.answered, std::move(known.answered_sha256));
  for (const EpochRecord& record : completed) NoteCompleted(record);
  proven_ = proven_ && known.proven;
  co_return Status{};
}

Task<Result<std::optional<StagedObject>>> ReceiverPosition::NextEpoch(Call call) {
  LF_CO_TRY(const std::vector<Epoch> epochs, co_await EpochsAhead(call));
  for (const Epoch epoch : epochs) {
    if (epoch <= answered_) continue;
    auto [looked, read] = co_await Both(staging_.Look(call, epoch), staging_.ReadReceipt(call, epoch));
    LF_CO_TRY(std::optional<StagedObject> staged, std::move(looked));
    if (!staged) continue;
    LF_CO_TRY(const std::optional<plan::Receipt> answer, std::move(read));
    const bool weighed = uncounted_.contains(epoch);
    // A crash may have come between a refusal and its record, or another receiver was here: the answer stands, if the
    // tables bear it out.
    if (answer && !weighed) LF_CO_TRY_OK(co_await LearnAnswered(call));
    // What counts as answered is behind that by now.
    if (epoch > answered_) {
      // Its own words say that it follows; of what has none, only its number does.
      if (staged->unreadable() && epoch != answered_.Next()) co_return Skips(epoch);
      co_return staged;
    }
  }
  co_return std::optional<StagedObject>();
}

// At the start of a pass both are asked for at once.
Task<Result<bool>> ReceiverPosition::ListStaging(Call call) {
  ahead_.reset();
  ahead_of_ = answered_;
  auto [news, epochs] = co_await Both(HasNews(call), staging_.EpochsAfter(call, answered_));
  LF_CO_TRY(ahead_, std::move(epochs));
  co_return news;
}

// What was listed at the start serves for the pass: what comes meanwhile the next one finds. Where the tables stand
// farther back, it is not all.
Task<Result<std::vector<Epoch>>> ReceiverPosition::EpochsAhead(Call call) {
  if (ahead_ && ahead_of_ <= answered_) co_return *ahead_;
  co_return co_await staging_.EpochsAfter(call, answered_);
}

std::unexpected<Error> ReceiverPosition::Skips(Epoch epoch) const {
  return Fail(
      ErrorCode::kRefused,
      fmt::format("epoch {} cannot be read, and the newest answered here is {}", epoch.value(), answered_.value()),
      PlaceOf(epoch),
      fmt::format("a manifest in between is missing: restore the staging location; or {}", plan::kStartAnew));
}

// The first epoch that the group is to apply has nothing before it to be compared with.
std::vector<plan::ConfigChange> ReceiverPosition::SwappedIn(const plan::Manifest& manifest) const {
  std::vector<plan::ConfigChange> changes = plan::ChangesSince(manifest, std::nullopt, spec_, Role::kReceiver, {});
  std::erase_if(changes, [](const auto& change) { return change.kind != plan::ChangeKind::kSwapped; });
  return changes;
}

// A mirror has the source's versions, and none is taken back: it would be told to be where it is not.
Status ReceiverPosition::CheckNotBehind(const plan::Manifest& manifest) const {
  if (spec_.mode != delta::ReplicationMode::kMirror) return {};
  for (const plan::ManifestTable& table : manifest.tables) {
    const TablePosition* left = FindLeft(table.name);
    if (left == nullptr || !left->replica_version || table.source_version >= *left->replica_version) continue;
    return Fail(ErrorCode::kCorruptData,
                fmt::format("the epoch has table '{}' at version {}, and its mirror stands at version {}", table.name,
                            table.source_version.value(), left->replica_version->value()),
                PlaceOf(manifest.epoch));
  }
  return {};
}

Task<Status> ReceiverPosition::CheckFollows(Call call, const StagedEpoch& next) const {
  const plan::Manifest& manifest = next.manifest;
  const std::string where = PlaceOf(manifest.epoch);
  LF_CO_TRY_OK(plan::CheckUnchanged(SwappedIn(manifest)));
  if (manifest.mode != spec_.mode) {
    co_return Fail(ErrorCode::kRefused,
                   fmt::format("the group is staged in {} mode and configured here in {} mode",
                               delta::ReplicationModeName(manifest.mode), delta::ReplicationModeName(spec_.mode)),
                   where, "configure both sides alike");
  }
  const Epoch completed = completed_ ? completed_->epoch : Epoch();
  if (completed_ && manifest.previous_epoch == completed && manifest.previous_sha256 != completed_->manifest_sha256) {
    co_return Fail(
        ErrorCode::kRefused,
        fmt::format("the manifest does not follow the one of epoch {} that is applied here", completed.value()), where,
        "another sender has taken over the staging location: find out which one is right");
  }
  if (manifest.previous_epoch != answered_) {
    co_return Fail(
        ErrorCode::kRefused,
        fmt::format("epoch {} follows epoch {}, and the newest answered here is {}", manifest.epoch.value(),
                    manifest.previous_epoch.value(), answered_.value()),
        where, fmt::format("a manifest in between is missing: restore the staging location; or {}", plan::kStartAnew));
  }
  if (plan::BuildsUponBase(manifest) && manifest.base_epoch != completed) {
    co_return Fail(ErrorCode::kCorruptData,
                   fmt::format("the epoch holds what changed since epoch {}, and epoch {} is applied here",
                               manifest.base_epoch.value(), completed.value()),
                   where);
  }
  LF_CO_TRY_OK(CheckNotBehind(manifest));
  if (manifest.previous_epoch.value() == 0) co_return Status{};
  LF_CO_TRY(const std::optional<StagedObject> previous, co_await staging_.Look(call, manifest.previous_epoch));
  const bool older = previous && previous->manifest && previous->manifest->generation > manifest.generation;
  if (older || (previous && previous->sha256 != manifest.previous_sha256)) {
    co_return Fail(ErrorCode::kRefused,
                   "the manifest is not chained to the one before it, or is of an older generation", where,
                   "a fenced sender is still at work, or staging was edited");
  }
  co_return Status{};
}

Task<Status> ReceiverPosition::Complete(Call call, EpochRecord record) {
  listings_.clear();
  Enter(record, book_.record());
  book_.record().sync_end = record.ended;
  StateChange done;
  done.epochs.push_back(record);
  done.journals.push_back(JournalEntry{.group = spec_.name, .content = {}});
  LF_CO_TRY_OK(co_await book_.Save(call, std::move(done)));
  // Not before it is on record: a pass that finds the journal again must come by here again.
  NoteAnswered(record.epoch, record.manifest_sha256);
  NoteCompleted(record);
  proven_ = true;
  gone_.clear();
  receipt_due_ = true;
  receipt_new_ = true;
  book_.SetStage(plan::GroupStage::kAnswering);
  co_return co_await PutDueReceipt(call);
}

Task<Status> ReceiverPosition::PutDueReceipt(Call call) {
  if (!receipt_due_ || !completed_) co_return Status{};
  LF_CO_TRY(const PutOutcome put, co_await PutAnswer(call, ReceiptOf(*completed_)));
  if (put == PutOutcome::kExisted && receipt_new_) LF_CO_TRY_OK(co_await CheckSpeaksForOurs(call));
  if (put == PutOutcome::kExisted && spec_.sql_clone) LF_CO_TRY_OK(co_await AmendReceipt(call));
  receipt_due_ = false;
  uncounted_.erase(completed_->epoch);
  co_return Status{};
}

// On record first: where the receipt cannot be replaced, the next pass tries that again, and clones nothing.
Task<Status> ReceiverPosition::NoteCloned(Call call, EpochRecord cloned) {
  LF_CO_TRY_OK(co_await book_.Save(call, {.epochs = {cloned}}));
  NoteCompleted(cloned);
  receipt_due_ = true;
  book_.SetStage(plan::GroupStage::kAnswering);
  co_return co_await PutDueReceipt(call);
}

// It answers the same manifest, at the time it did: what is new in it is what was made since.
Task<Status> ReceiverPosition::AmendReceipt(Call call) const {
  LF_CO_TRY(const std::string bytes, co_await staging_.ReceiptBytes(call, completed_->epoch));
  LF_CO_TRY(std::optional<plan::Receipt> there, co_await staging_.ReadReceipt(call, completed_->epoch));
  if (!there || !plan::OtherTarget(*there, spec_).empty()) co_return Status{};
  bool lacks = false;
  for (const TablePosition& table : completed_->tables) {
    const auto told = std::ranges::find(there->tables, table.table, &plan::ReceiptTable::name);
    if (told == there->tables.end() || !table.managed_version) continue;
    lacks = lacks || told->managed_version != table.managed_version;
    told->managed_version = table.managed_version;
  }
  if (!lacks) co_return Status{};
  LF_CO_TRY_OK(co_await staging_.PutReceiptOver(call, *std::move(there), bytes));
  co_return Status{};
}

Task<Status> ReceiverPosition::Refuse(Call call, EpochRecord record, plan::RefusalAsks asks) {
  StateChange refused;
  refused.epochs.push_back(record);
  plan::Receipt receipt = ReceiptOf(record);
  receipt.asks = std::move(asks);
  LF_CO_TRY_OK(co_await PutAnswer(call, std::move(receipt)));
  env_.log.Write(
      call, LogLevel::kWarning, "epoch refused",
      {{"group", spec_.name}, {"epoch", record.epoch.value()}, {"kind", record.error_kind}, {"error", record.error}});
  LF_CO_TRY_OK(co_await book_.Save(call, std::move(refused)));
  // Where that failed, the next pass finds the receipt and learns the answer from it.
  NoteAnswered(record.epoch, record.manifest_sha256);
  uncounted_.erase(record.epoch);
  co_return Status{};
}

Task<Status> ReceiverPosition::NoteReplayed(Call call, std::string table, std::string live_set) {
  const TablePosition* const left = FindLeft(table);
  if (!completed_ || left == nullptr) co_return Status{};
  LF_CO_TRY(const std::string bytes, co_await staging_.ReceiptBytes(call, completed_->epoch));
  LF_CO_TRY(const std::optional<plan::Receipt> there, co_await staging_.ReadReceipt(call, completed_->epoch));
  if (left->live_set != live_set) {
    EpochRecord found = *completed_;
    const auto recorded = std::ranges::find(found.tables, table, &TablePosition::table);
    if (recorded != found.tables.end()) recorded->live_set = live_set;
    LF_CO_TRY_OK(co_await book_.Save(call, {.epochs = {found}}));
    // Not before it is on record: the next pass must come by here again.
    completed_ = std::move(found);
    const auto before = left_before_.find(table);
    if (before != left_before_.end()) before->second.live_set = live_set;
  }
  const plan::Receipt receipt = ReceiptOf(*completed_);
  const bool ours = there && plan::OtherTarget(*there, spec_).empty();
  if (!ours || there->tables == receipt.tables) co_return Status{};
  LF_CO_TRY_OK(co_await staging_.PutReceiptOver(call, receipt, bytes));
  co_return Status{};
}

Task<Status> ReceiverPosition::EraseJournal(Call call) {
  StateChange erased;
  erased.journals.push_back(JournalEntry{.group = spec_.name, .content = {}});
  co_return co_await book_.Save(call, std::move(erased));
}

}  // namespace lakeferry::engine
