#include "engine/group_receiver.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/receipt_desk.h"
#include "engine/start_anew.h"
#include "engine/table_placer.h"

namespace lakeferry::engine {

using plan::GroupStage;

namespace {

// Errors that the receiver answers with a refusal: trying again can do nothing, staging anew can.
bool CallsForRestaging(ErrorCode code) { return code == ErrorCode::kCorruptData; }

// Nothing has been committed: the sender can make it good.
Error WithRefusal(Error error) {
  if (error.remedy.empty()) error.remedy = "the epoch is refused; the sender stages the change again with its next cut";
  return error;
}

// A log may hold the epoch already: it can only be completed, and nobody stages what it lacks again.
Error BeyondRefusal(Error error) {
  if (!CallsForRestaging(error.code)) return error;
  error.remedy = fmt::format(
      "a journaled epoch is not refused any more: restore what is named, and it goes on by itself (a data file may be "
      "put at its place at the replica instead); where nobody has it, {}",
      kStartAnew);
  return error;
}

std::unexpected<Error> LostAtTarget(const std::string& table, const ObjectPath& object, std::string_view uri) {
  return Fail(ErrorCode::kCorruptData,
              fmt::format("table '{}': the replica has lost an object that the epoch builds upon", table),
              fmt::format("{}/{}", uri, object.text()),
              "find out who deletes from the replica; the sender stages the whole table with its next cut");
}

constexpr std::string_view kGone = "the replica is gone, and the epoch holds only what changed since";

plan::Receipt ReceiptOf(const EpochRecord& record) {
  plan::Receipt receipt{.group = record.group,
                        .epoch = record.epoch,
                        .manifest_sha256 = record.manifest_sha256,
                        .applied = record.state == EpochState::kApplied,
                        .reason = record.error,
                        .answered = record.ended.value_or(record.started),
                        .worked_ms = record.worked_ms,
                        .tables = {}};
  for (const TablePosition& table : record.tables) {
    receipt.files += table.files;
    receipt.bytes += table.bytes;
    receipt.tables.push_back(plan::ReceiptTable{
        .name = table.table, .source_version = table.source_version, .replica_version = table.replica_version});
  }
  return receipt;
}

}  // namespace

GroupReceiver::GroupReceiver(const Environment& env, plan::GroupSpec spec)
    : env_(env), spec_(std::move(spec)), book_(env_, spec_, Role::kReceiver), checkpoints_(env_) {}

Task<Status> GroupReceiver::Prepare() {
  LF_CO_TRY_OK(co_await book_.Open());
  if (!staging_) {
    LF_CO_TRY(auto store, env_.stores.Open(spec_.staging_uri));
    staging_.emplace(std::move(store), spec_.name, env_);
  }
  if (!loaded_) LF_CO_TRY_OK(co_await LoadCompleted());
  LF_CO_TRY_OK(co_await CheckSameStaging());
  if (loaded_) co_return Status{};
  LF_CO_TRY_OK(co_await LearnAnswered());
  receipt_due_ = completed_.has_value();
  loaded_ = true;
  co_return Status{};
}

Task<Status> GroupReceiver::LoadCompleted() {
  // An attempt before may have failed half-way.
  NoteAnswered(Epoch(), std::string());
  completed_.reset();
  LF_CO_TRY(const std::vector<EpochRecord> records, co_await env_.state.Epochs(Role::kReceiver, spec_.name, 1'000));
  for (const EpochRecord& record : records) {
    if (record.epoch > answered_) NoteAnswered(record.epoch, record.manifest_sha256);
    if (record.state == EpochState::kApplied && !completed_) completed_ = record;
  }
  co_return Status{};
}

void GroupReceiver::NoteAnswered(Epoch epoch, std::string manifest_sha256) {
  answered_ = epoch;
  answered_sha256_ = std::move(manifest_sha256);
}

// What is in staging has to go on from what was answered here: a staging location that was started anew would take the
// receipts of the one before for its own.
Task<Status> GroupReceiver::CheckSameStaging() {
  if (answered_ == Epoch()) co_return Status{};
  LF_CO_TRY(const std::optional<StagedEpoch> answered, co_await staging_->Read(answered_));
  if (answered && answered->sha256 == answered_sha256_) co_return Status{};
  if (!answered) {
    // Somebody may have tidied up: what follows proves as much.
    LF_CO_TRY(const std::optional<StagedEpoch> next, co_await staging_->Read(answered_.Next()));
    if (next && next->manifest.previous_sha256 == answered_sha256_) co_return Status{};
  }
  co_return Fail(ErrorCode::kRefused,
                 fmt::format("{} epoch {} of the group, which this receiver answered",
                             answered ? "staging holds another" : "staging has lost", answered_.value()),
                 fmt::format("{}/{}", staging_->store().uri(), staging_->layout().Manifest(answered_).text()),
                 fmt::format("restore the staging location; or {}", kStartAnew));
}

// After the loss of the metadata store, with an older copy of it, or beside another receiver: receipts say what was
// completed, manifests what it was.
Task<Status> GroupReceiver::LearnAnswered() {
  LF_CO_TRY(const std::vector<plan::Receipt> receipts, co_await staging_->ReceiptsAfter(answered_));
  StateChange rebuilt;
  std::pair<Epoch, std::string> answered(answered_, answered_sha256_);
  std::optional<EpochRecord> completed = completed_;
  for (const plan::Receipt& receipt : receipts) {
    answered = {receipt.epoch, receipt.manifest_sha256};
    LF_CO_TRY(const std::optional<StagedEpoch> staged, co_await staging_->Read(receipt.epoch));
    if (!staged) continue;
    if (staged->sha256 != receipt.manifest_sha256) co_return AnswersAnother(receipt, staging_->store().uri());
    EpochRecord record = RecordOf(*staged, Role::kReceiver);
    record.state = receipt.applied ? EpochState::kApplied : EpochState::kRefused;
    record.error = receipt.reason;
    record.ended = receipt.answered;
    record.worked_ms = receipt.worked_ms;
    for (TablePosition& table : record.tables) {
      const auto answer = std::ranges::find(receipt.tables, table.table, &plan::ReceiptTable::name);
      if (answer != receipt.tables.end()) table.replica_version = answer->replica_version;
    }
    if (receipt.applied) completed = record;
    rebuilt.epochs.push_back(std::move(record));
  }
  if (!rebuilt.epochs.empty()) {
    if (completed) {
      book_.record().epoch = completed->epoch;
      book_.record().cut_time = completed->cut_time;
      book_.record().sync_time_in_region = completed->cut_time;
    }
    env_.log.Write(LogLevel::kWarning, "epochs learnt from receipts that the metadata store did not know",
                   {{"group", spec_.name}, {"epoch", answered.first.value()}});
    LF_CO_TRY_OK(co_await book_.Save(std::move(rebuilt)));
  }
  // Not before all of it is known and on record: a pass that fails half-way must come by here again.
  NoteAnswered(answered.first, std::move(answered.second));
  completed_ = std::move(completed);
  co_return Status{};
}

Task<Result<PassResult>> GroupReceiver::RunOnce(std::stop_token stop) {
  LF_CO_TRY_OK(co_await Prepare());
  PassResult result;
  book_.SetStage(GroupStage::kRecovering);
  LF_CO_TRY_OK(co_await Recover(result, stop));
  while (!stop.stop_requested()) {
    LF_CO_TRY(const bool applied, co_await ApplyNext(result, stop));
    if (!applied) break;
  }
  book_.SetStage(GroupStage::kIdle);
  if (!result.epoch) result.reason = "no further epoch is staged";
  co_return result;
}

Task<Status> GroupReceiver::Recover(PassResult& result, std::stop_token stop) {
  LF_CO_TRY(const std::string text, co_await env_.state.Journal(spec_.name));
  if (!text.empty()) {
    LF_CO_TRY(ApplyJournal journal, ReadJournal(text));
    // Another receiver may have rolled it forward; then its staged data may be gone.
    LF_CO_TRY(const std::optional<plan::Receipt> answer, co_await staging_->ReadReceipt(journal.epoch));
    if (answer && answer->applied) LF_CO_TRY_OK(co_await LearnAnswered());
    const bool done = completed_ && journal.epoch <= completed_->epoch;
    if (done) {
      LF_CO_TRY_OK(co_await EraseJournal());
    } else {
      LF_CO_TRY_OK(co_await RollForward(std::move(journal), result, std::move(stop)));
    }
  }
  if (!receipt_due_ || !completed_) co_return Status{};
  LF_CO_TRY_OK(co_await staging_->PutReceipt(ReceiptOf(*completed_)));
  receipt_due_ = false;
  co_return Status{};
}

Task<Status> GroupReceiver::RollForward(ApplyJournal journal, PassResult& result, std::stop_token stop) {
  LF_CO_TRY(std::optional<StagedEpoch> staged, co_await staging_->Read(journal.epoch));
  if (!staged || staged->sha256 != journal.manifest_sha256) {
    co_return Fail(
        ErrorCode::kRefused,
        fmt::format("the manifest of epoch {}, which is half applied, is gone or another", journal.epoch.value()),
        std::string(staging_->store().uri()),
        fmt::format("restore the staging location: the group is not whole before; or {}", kStartAnew));
  }
  env_.log.Write(LogLevel::kWarning, "rolling a half-applied epoch forward",
                 {{"group", spec_.name}, {"epoch", journal.epoch.value()}});
  work_started_ = env_.clock.WallTime();
  work_began_ = env_.clock.Monotonic();
  Status completed = co_await CompleteHalf(*std::move(staged), journal.timestamp, result, std::move(stop));
  if (!completed) co_return std::unexpected(BeyondRefusal(std::move(completed).error()));
  co_return Status{};
}

// The journal says that every file was placed, not that it still is: nothing referred to it, and VACUUM on a replica
// takes such files once they are old.
Task<Status> GroupReceiver::CompleteHalf(StagedEpoch next, TimeMs journaled, PassResult& result, std::stop_token stop) {
  LF_CO_TRY(std::vector<Work> work, co_await Inspect(next));
  LF_CO_TRY_OK(CheckNoneIsGone(work));
  LF_CO_TRY_OK(co_await PlaceFiles(next, work, result, stop));
  co_return co_await CommitAll(std::move(next), std::move(work), journaled, result, std::move(stop));
}

// Of an older copy of the metadata store: the epoch was completed since.
Task<Status> GroupReceiver::EraseJournal() {
  StateChange erased;
  erased.journals.push_back(JournalEntry{.group = spec_.name, .content = {}});
  co_return co_await book_.Save(std::move(erased));
}

Task<Result<bool>> GroupReceiver::ApplyNext(PassResult& result, std::stop_token stop) {
  LF_CO_TRY(std::optional<StagedEpoch> next, co_await NextEpoch());
  if (!next) co_return false;
  book_.SetStage(GroupStage::kIntake);
  work_started_ = env_.clock.WallTime();
  work_began_ = env_.clock.Monotonic();
  StagedEpoch epoch = *std::move(next);
  restage_whole_.clear();
  begun_ = false;
  Result<std::vector<Work>> work = co_await Bring(epoch, result, stop);
  if (!work) {
    if (begun_) co_return std::unexpected(BeyondRefusal(std::move(work).error()));
    if (!CallsForRestaging(work.error().code)) co_return std::unexpected(std::move(work).error());
    Error why = WithRefusal(std::move(work).error());
    LF_CO_TRY_OK(co_await Refuse(std::move(epoch), why));
    // A refusal is an error for people, and the pass ends with it; the next pass looks for the epoch staged anew.
    co_return std::unexpected(std::move(why));
  }
  // Not before: placing may have taken days.
  const TimeMs timestamp = env_.clock.WallTime();
  StateChange intent;
  intent.journals.push_back(JournalEntry{
      .group = spec_.name,
      .content =
          WriteJournal({.epoch = epoch.manifest.epoch, .manifest_sha256 = epoch.sha256, .timestamp = timestamp})});
  LF_CO_TRY_OK(co_await book_.Save(std::move(intent)));
  // From here on the epoch can only be rolled forward: an error is never a refusal.
  Status applied = co_await CommitAll(std::move(epoch), *std::move(work), timestamp, result, std::move(stop));
  if (!applied) co_return std::unexpected(BeyondRefusal(std::move(applied).error()));
  co_return true;
}

Task<Result<std::optional<StagedEpoch>>> GroupReceiver::NextEpoch() {
  LF_CO_TRY(const std::vector<Epoch> epochs, co_await staging_->EpochsAfter(answered_));
  for (const Epoch epoch : epochs) {
    if (epoch <= answered_) continue;
    LF_CO_TRY(std::optional<StagedEpoch> staged, co_await staging_->Read(epoch));
    if (!staged) continue;
    LF_CO_TRY(const std::optional<plan::Receipt> answer, co_await staging_->ReadReceipt(epoch));
    if (!answer) co_return staged;
    // A crash may have come between a refusal and its record, or another receiver was here: the answer stands.
    LF_CO_TRY_OK(co_await LearnAnswered());
  }
  co_return std::optional<StagedEpoch>();
}

Task<Status> GroupReceiver::CheckChain(const StagedEpoch& next) {
  const plan::Manifest& manifest = next.manifest;
  const std::string where =
      fmt::format("{}/{}", staging_->store().uri(), staging_->layout().Manifest(manifest.epoch).text());
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
    co_return Fail(ErrorCode::kRefused,
                   fmt::format("epoch {} follows epoch {}, and the newest answered here is {}", manifest.epoch.value(),
                               manifest.previous_epoch.value(), answered_.value()),
                   where,
                   fmt::format("a manifest in between is missing: restore the staging location; or {}", kStartAnew));
  }
  if (manifest.base_epoch != completed && manifest.base_epoch.value() != 0) {
    co_return Fail(ErrorCode::kCorruptData,
                   fmt::format("the epoch holds what changed since epoch {}, and epoch {} is applied here",
                               manifest.base_epoch.value(), completed.value()),
                   where);
  }
  if (manifest.previous_epoch.value() == 0) co_return Status{};
  LF_CO_TRY(const std::optional<StagedEpoch> previous, co_await staging_->Read(manifest.previous_epoch));
  if (previous &&
      (previous->sha256 != manifest.previous_sha256 || previous->manifest.generation > manifest.generation)) {
    co_return Fail(ErrorCode::kRefused,
                   "the manifest is not chained to the one before it, or is of an older generation", where,
                   "a fenced sender is still at work, or staging was edited");
  }
  co_return Status{};
}

const plan::TableSpec* GroupReceiver::FindTable(const std::string& name) const {
  const auto it = std::ranges::find(spec_.tables, name, &plan::TableSpec::name);
  return it == spec_.tables.end() ? nullptr : &*it;
}

std::optional<Version> GroupReceiver::KnownReplicaVersion(const std::string& table) const {
  if (!completed_) return std::nullopt;
  const auto it = std::ranges::find(completed_->tables, table, &TablePosition::table);
  return it == completed_->tables.end() ? std::nullopt : it->replica_version;
}

Task<Result<std::vector<GroupReceiver::Work>>> GroupReceiver::Inspect(const StagedEpoch& next) {
  std::vector<Work> work;
  const ApplyContext context{.staging = &*staging_, .epoch = &next};
  for (const plan::ManifestTable& table : next.manifest.tables) {
    const plan::TableSpec* spec = FindTable(table.name);
    if (spec == nullptr) {
      co_return Fail(ErrorCode::kRefused, fmt::format("table '{}' of the epoch is not configured here", table.name),
                     std::string(staging_->store().uri()), "add it, with its target, to the group");
    }
    LF_CO_TRY(auto store, env_.stores.Open(spec->target_uri));
    Work item{.table = table, .replica = MakeReplicaTable(spec_.mode, std::move(store), env_), .head = {}};
    Result<ReplicaHead> head = co_await item.replica->Inspect(context, table, KnownReplicaVersion(table.name));
    if (!head) co_return FailOfTable(std::move(head).error(), table.name, spec->target_uri);
    item.head = *head;
    // By a receiver whose journal was lost. A mirror's log is the source's, whatever epoch brings it.
    const bool changed = table.base_version != table.source_version;
    begun_ = begun_ || (spec_.mode == delta::ReplicationMode::kClone && item.head.committed && changed);
    work.push_back(std::move(item));
  }
  co_return work;
}

Status GroupReceiver::AskForGone(const std::vector<Work>& work) {
  const auto first = std::ranges::find_if(work, &Work::gone);
  if (first == work.end()) return {};
  for (const Work& item : work) {
    if (item.gone()) restage_whole_.push_back(item.table.name);
  }
  return Fail(ErrorCode::kCorruptData, fmt::format("table '{}': {}", first->table.name, kGone),
              std::string(first->replica->store().uri()),
              "nothing, if it was moved away: the sender stages the whole table with its next cut; otherwise find out "
              "where the target is");
}

// Half of the group may stand at the epoch already: it cannot be refused any more.
Status GroupReceiver::CheckNoneIsGone(const std::vector<Work>& work) {
  const auto first = std::ranges::find_if(work, &Work::gone);
  if (first == work.end()) return {};
  return Fail(ErrorCode::kDiverged, fmt::format("table '{}', in the middle of an epoch: {}", first->table.name, kGone),
              std::string(first->replica->store().uri()),
              fmt::format("put the target back until the epoch is applied; or {}", kStartAnew));
}

Task<Result<std::vector<GroupReceiver::Work>>> GroupReceiver::Bring(const StagedEpoch& next, PassResult& result,
                                                                    std::stop_token stop) {
  LF_CO_TRY_OK(co_await CheckChain(next));
  LF_CO_TRY(std::vector<Work> work, co_await Inspect(next));
  LF_CO_TRY_OK(begun_ ? CheckNoneIsGone(work) : AskForGone(work));
  book_.SetStage(GroupStage::kPlacing);
  book_.record().sync_start = work_started_;
  LF_CO_TRY_OK(co_await book_.Save());
  LF_CO_TRY_OK(co_await PlaceFiles(next, work, result, std::move(stop)));
  co_return work;
}

Task<Status> GroupReceiver::PlaceFiles(const StagedEpoch& next, const std::vector<Work>& work, PassResult& result,
                                       std::stop_token stop) {
  for (const Work& item : work) {
    if (item.head.committed) continue;
    TablePlacer placer(env_, *staging_, item.replica->store(), stop);
    const Result<Placed> placed = co_await placer.Place(next.manifest.epoch, item.table);
    if (!placed) co_return FailOfTable(placed.error(), item.table.name, item.replica->store().uri());
    if (placed->lost) {
      restage_whole_.push_back(item.table.name);
      co_return LostAtTarget(item.table.name, *placed->lost, item.replica->store().uri());
    }
    result.files += placed->files;
    result.bytes += placed->bytes;
  }
  co_return Status{};
}

Task<Status> GroupReceiver::CommitAll(StagedEpoch next, std::vector<Work> work, TimeMs timestamp, PassResult& result,
                                      std::stop_token stop) {
  book_.SetStage(GroupStage::kCommitting);
  EpochRecord record = RecordOf(next, Role::kReceiver);
  // Tombstones of the journal's age may have expired in an outage: the next VACUUM would take files that were live
  // until this moment. A commit is known by its id, whatever its bytes.
  const TimeMs tombstones = std::max(timestamp, env_.clock.WallTime());
  const ApplyContext context{.staging = &*staging_, .epoch = &next, .timestamp = timestamp, .tombstones = tombstones};
  for (size_t i = 0; i < work.size(); ++i) {
    const Result<Version> version = co_await work[i].replica->Commit(context, work[i].table, work[i].head);
    if (!version) co_return FailOfTable(version.error(), work[i].table.name, work[i].replica->store().uri());
    record.tables[i].replica_version = *version;
  }
  record.state = EpochState::kApplied;
  record.started = work_started_;
  record.ended = env_.clock.WallTime();
  record.worked_ms = (env_.clock.Monotonic() - work_began_).count();
  result.epoch = record.epoch;
  LF_CO_TRY_OK(co_await Complete(std::move(next), record));
  co_await KeepCheckpoints(work, record, std::move(stop));
  co_return Status{};
}

Task<void> GroupReceiver::KeepCheckpoints(const std::vector<Work>& work, const EpochRecord& record,
                                          std::stop_token stop) {
  // A mirror's checkpoints are its source's.
  if (spec_.mode != delta::ReplicationMode::kClone) co_return;
  for (size_t i = 0; i < work.size() && !stop.stop_requested(); ++i) {
    const std::optional<Version> version = record.tables[i].replica_version;
    const bool wrote = work[i].head.committed || version != work[i].head.version;
    if (!wrote || !version) continue;
    co_await checkpoints_.Keep(work[i].table.name, work[i].replica->log().shared_store(), *version, stop);
  }
}

Task<Status> GroupReceiver::Complete(StagedEpoch next, EpochRecord record) {
  book_.record().epoch = record.epoch;
  book_.record().cut_time = record.cut_time;
  book_.record().sync_time_in_region = record.cut_time;
  book_.record().sync_end = record.ended;
  StateChange done;
  done.epochs.push_back(record);
  done.journals.push_back(JournalEntry{.group = spec_.name, .content = {}});
  LF_CO_TRY_OK(co_await book_.Save(std::move(done)));
  // Not before it is on record: a pass that finds the journal again must come by here again.
  completed_ = record;
  NoteAnswered(record.epoch, record.manifest_sha256);
  receipt_due_ = true;
  book_.SetStage(GroupStage::kAnswering);
  LF_CO_TRY_OK(co_await staging_->PutReceipt(ReceiptOf(record)));
  receipt_due_ = false;
  env_.log.Write(LogLevel::kInfo, "epoch applied",
                 {{"group", spec_.name},
                  {"epoch", record.epoch.value()},
                  {"tables", static_cast<int64_t>(next.manifest.tables.size())},
                  {"ms", record.worked_ms},
                  {"cut", FormatUtc(record.cut_time)}});
  co_return Status{};
}

Task<Status> GroupReceiver::Refuse(StagedEpoch next, Error why) {
  EpochRecord record = RecordOf(next, Role::kReceiver);
  record.state = EpochState::kRefused;
  record.error = ToString(why);
  record.started = work_started_;
  record.ended = env_.clock.WallTime();
  StateChange refused;
  refused.epochs.push_back(record);
  plan::Receipt receipt = ReceiptOf(record);
  receipt.restage_whole = restage_whole_;
  LF_CO_TRY_OK(co_await staging_->PutReceipt(std::move(receipt)));
  env_.log.Write(LogLevel::kError, "epoch refused",
                 {{"group", spec_.name}, {"epoch", record.epoch.value()}, {"error", record.error}});
  LF_CO_TRY_OK(co_await book_.Save(std::move(refused)));
  // Where that failed, the next pass finds the receipt and learns the answer from it.
  NoteAnswered(record.epoch, record.manifest_sha256);
  co_return Status{};
}

}  // namespace lakeferry::engine
