#include "engine/receive/group_receiver.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/saturated.h"
#include "engine/group/store_refs.h"
#include "engine/group/store_roots.h"
#include "engine/group/table_lookup.h"
#include "engine/receive/catalog_registrar.h"
#include "engine/receive/journaled_tables.h"
#include "engine/receive/record_notes.h"
#include "engine/receive/replica_comparison.h"
#include "engine/staging/staged_record.h"
#include "engine/staging/staged_tables.h"
#include "plan/group/catalog_rules.h"
#include "plan/record/run_ids_text.h"
#include "plan/rules/start_anew.h"

namespace lakeferry::engine {

using plan::GroupStage;

GroupReceiver::GroupReceiver(const Environment& env, plan::GroupSpec spec)
    : env_(env),
      spec_(std::move(spec)),
      configured_(plan::AsksCatalogs(spec_) ? std::optional(spec_) : std::nullopt),
      route_(plan::ReplicationRoute(spec_, env_.region)),
      book_(env_, spec_, Role::kReceiver),
      meter_(env_, book_),
      checkpoints_(env_),
      clones_(env_, spec_, book_, meter_),
      live_sets_(env_, spec_, Role::kReceiver) {}

Task<Status> GroupReceiver::Prepare(Call call) {
  LF_CO_TRY_OK(co_await book_.Open(call));
  LF_CO_TRY_OK(co_await FindTables(call));
  LF_CO_TRY_OK(co_await ClaimRoots(call, env_, spec_, Role::kReceiver, held_));
  co_return OpenStaging();
}

Status GroupReceiver::OpenStaging() {
  if (staging_) return {};
  LF_TRY(auto store, env_.stores.Open(StagingRef(spec_, StoreRight::kReadStaging)));
  LF_TRY(auto answers, env_.stores.Open(StagingRef(spec_, StoreRight::kWriteStaging)));
  staging_.emplace(std::move(store), route_.staging, env_, std::move(answers));
  position_.emplace(env_, spec_, book_, *staging_);
  return {};
}

// Those that it has by patterns stand in the record, and in epochs that are not answered yet.
Task<Status> GroupReceiver::FindTables(Call call) {
  if (!configured_) co_return Status{};
  std::vector<std::string> known = book_.record().tables;
  if (!configured_->patterns.empty()) {
    LF_CO_TRY_OK(OpenStaging());
    LF_CO_TRY(const std::vector<std::string> staged, co_await TablesAfter(call, *staging_, book_.record().epoch));
    known.insert(known.end(), staged.begin(), staged.end());
  }
  Result<bool> changed = co_await UpdateTables(call, env_, *configured_, Role::kReceiver, std::move(known), spec_);
  unasked_.reset();
  if (!changed) {
    // What is half applied goes on where it began, whether or not the catalog answers.
    LF_CO_TRY(std::vector<plan::TableSpec> journaled, co_await JournaledTables(call, env_, *configured_));
    if (journaled.empty()) co_return std::unexpected(std::move(changed).error());
    unasked_ = std::move(changed).error();
    spec_.tables = std::move(journaled);
  } else if (!*changed) {
    co_return Status{};
  }
  route_ = plan::ReplicationRoute(spec_, env_.region);
  book_.TakeTables();
  Forget();
  co_return Status{};
}

void GroupReceiver::Forget() {
  reused_.Clear();
  position_.reset();
  staging_.reset();
}

Task<Result<bool>> GroupReceiver::HasNews(Call call) {
  if (!position_) co_return false;
  const Result<bool> staged = co_await staging_->HasManifest(call, position_->next());
  const Sight now{.staged = staged.value_or(false), .failure = staged ? std::string() : ToString(staged.error())};
  if (!seen_) seen_ = now;
  co_return now != *seen_;
}

Task<Result<PassResult>> GroupReceiver::RunOnce(Call call) {
  Result<PassResult> result = co_await Pass(std::move(call));
  if (position_) position_->EndPass();
  if (result || !position_) co_return result;
  co_return std::unexpected(plan::AfterChanges(std::move(result).error(), position_->changes()));
}

Task<Result<PassResult>> GroupReceiver::Pass(Call call) {
  seen_.reset();
  LF_CO_TRY_OK(co_await Prepare(call));
  const StagingArea::KeptDocuments kept(*staging_);
  LF_CO_TRY_OK(co_await position_->Open(call));
  PassResult result;
  book_.SetStage(GroupStage::kRecovering);
  LF_CO_TRY_OK(co_await Recover(call, result));
  if (unasked_) co_return std::unexpected(*unasked_);
  ReplicaComparison comparison(route_, *staging_, *position_, live_sets_, book_.record().created);
  LF_CO_TRY(const std::vector<std::string> doubtful, co_await comparison.CompareDiffering(call));
  // What was rolled forward before the comparison proves nothing of it.
  const Epoch compared = position_->completed() ? position_->completed()->epoch : Epoch();
  while (!call.stopped()) {
    LF_CO_TRY(const bool applied, co_await ApplyNext(call, result));
    if (!applied) break;
  }
  const bool proven = !doubtful.empty() && position_->completed()->epoch != compared;
  if (proven) LF_CO_TRY_OK(co_await comparison.NoteProven(call, doubtful));
  Status due = co_await comparison.CompareDue(call);
  LF_CO_TRY_OK(UnlessStopped(std::move(due)));
  LF_CO_TRY_OK(co_await CatchUpClones(call));
  book_.SetStage(GroupStage::kIdle);
  Rest(result);
  if (!position_->completed() && !result.epoch) co_await NoteOtherGroups(call, result);
  NoteReceipts(book_.record(), position_->Uncounted());
  // An epoch is whole without: what fails is told, and tried again by the next pass.
  if (position_->completed()) {
    LF_CO_TRY(result.reason, co_await RegisterReplicas(call, env_, spec_, result.reason));
  }
  if (!call.stopped()) seen_ = Sight();
  co_return result;
}

Task<Status> GroupReceiver::Recover(Call call, PassResult& result) {
  LF_CO_TRY(const std::string text, co_await env_.state.Journal(call, spec_.name));
  // No replica is half-way then, and managed tables are no more this group's to tell of.
  if (text.empty() && !spec_.sql_clone) book_.record().torn_since.reset();
  if (!text.empty()) {
    LF_CO_TRY(plan::ApplyJournal journal, plan::ReadJournal(text));
    // Another receiver may have rolled it forward; then its staged data may be gone.
    LF_CO_TRY(const std::optional<plan::Receipt> answer, co_await staging_->ReadReceipt(call, journal.epoch));
    if (answer && answer->applied) LF_CO_TRY_OK(co_await position_->LearnAnswered(call));
    const auto& completed = position_->completed();
    if (completed && journal.epoch <= completed->epoch) {
      book_.record().torn_since.reset();
      LF_CO_TRY_OK(co_await position_->EraseJournal(call));
    } else {
      LF_CO_TRY_OK(co_await RollForward(call, std::move(journal), result));
    }
  }
  co_return co_await position_->PutDueReceipt(call);
}

// A journal is written before the first commit of an epoch: where it is still there, some tables may stand at that
// epoch and others before it, and readers see a mixed state for as long as that lasts. Nothing else may come first: not
// a newer epoch, whose changes build upon this one; not a refusal, for a part of it is committed and commits are not
// taken back. So it is the same manifest, by its digest, and the same time in every commit, that is taken through to
// the end; each step finds out by itself what a former attempt has done. A failure here is the group's, and no answer.
Task<Status> GroupReceiver::RollForward(Call call, plan::ApplyJournal journal, PassResult& result) {
  call = call.Named(fmt::format("epoch {}", journal.epoch.value()));
  LF_CO_TRY(const std::optional<StagedEpoch> staged, co_await staging_->ReadSound(call, journal.epoch));
  if (!staged || staged->sha256 != journal.manifest_sha256) {
    co_return Fail(
        ErrorCode::kRefused,
        fmt::format("the manifest of epoch {}, which is half applied, is gone or another", journal.epoch.value()),
        std::string(staging_->store().uri()),
        fmt::format("restore the staging location: the group is not whole before; or {}", plan::kStartAnew));
  }
  env_.log.Write(call, LogLevel::kWarning, "rolling a half-applied epoch forward",
                 {{"group", spec_.name}, {"epoch", journal.epoch.value()}});
  work_started_ = env_.clock.WallTime();
  work_began_ = env_.clock.Monotonic();
  Status completed = co_await CompleteHalf(call, *staged, journal.timestamp, result);
  if (!completed) co_return std::unexpected(BeyondRefusal(std::move(completed).error()));
  co_return Status{};
}

Task<Status> GroupReceiver::CompleteHalf(Call call, const StagedEpoch& next, TimeMs journaled, PassResult& result) {
  const TablesLeft left = position_->LeftAt();
  EpochApplier applier(env_, route_, *staging_, left, next, meter_, reused_);
  NoteTorn(book_.record(), spec_, next.manifest, journaled);
  LF_CO_TRY_OK(co_await applier.ExamineHalf(call));
  LF_CO_TRY(const BroughtVolume volume, co_await applier.Place(call));
  Note(volume, result);
  co_return co_await CommitAll(call, next, applier, journaled, result);
}

Task<Result<bool>> GroupReceiver::ApplyNext(Call call, PassResult& result) {
  LF_CO_TRY(std::optional<StagedObject> object, co_await position_->NextEpoch(call));
  if (!object) co_return false;
  call = call.Named(fmt::format("epoch {}", object->epoch.value()));
  book_.SetStage(GroupStage::kIntake);
  work_started_ = env_.clock.WallTime();
  work_began_ = env_.clock.Monotonic();
  if (object->unreadable()) co_return co_await RefuseUnreadable(call, *object);
  LF_CO_TRY_OK(object->manifest);
  const auto epoch = std::make_optional<StagedEpoch>(*std::move(object->manifest), std::move(object->sha256));
  NoteStaged(book_.record(), epoch->manifest);
  answer_ = {};
  const TablesLeft left = position_->LeftAt();
  EpochApplier applier(env_, route_, *staging_, left, *epoch, meter_, reused_);
  applier.SetListings(position_->TakeListings());
  Status brought = co_await Bring(call, *epoch, applier, result);
  if (!brought) {
    LF_CO_TRY_OK(co_await Answer(call, *epoch, applier, std::move(brought).error()));
    co_return true;
  }
  NoteFoundThere(call, applier.found_there(), result);
  // Not before: placing may have taken days.
  const TimeMs timestamp = env_.clock.WallTime();
  NoteTorn(book_.record(), spec_, epoch->manifest, timestamp);
  StateChange intent;
  intent.journals.push_back(JournalEntry{.group = spec_.name,
                                         .content = plan::WriteJournal({.epoch = epoch->manifest.epoch,
                                                                        .manifest_sha256 = epoch->sha256,
                                                                        .timestamp = timestamp,
                                                                        .targets = TargetsToJournal(spec_)})});
  LF_CO_TRY_OK(co_await book_.Save(call, std::move(intent)));
  // From here on the epoch can only be rolled forward: an error is never a refusal.
  Status applied = co_await CommitAll(call, *epoch, applier, timestamp, result);
  if (!applied) co_return std::unexpected(BeyondRefusal(std::move(applied).error()));
  co_return true;
}

// Nothing of it can be placed, and nobody can mend its bytes: what it would have brought is staged anew behind it.
Task<Result<bool>> GroupReceiver::RefuseUnreadable(Call call, const StagedObject& next) {
  book_.record().staged_epoch = next.epoch;
  const Error& error = next.manifest.error();
  const Error why = WithRefusal(
      Error{.code = ErrorCode::kCorruptData,
            .message = fmt::format("the manifest of epoch {} cannot be read: {}", next.epoch.value(), error.message),
            .where = error.where});
  EpochRecord record = RecordOfUnreadable(next, spec_.name, work_started_);
  record.error = ToString(why);
  record.error_kind = ErrorCodeName(why.code);
  LF_CO_TRY_OK(co_await position_->Refuse(call, std::move(record), {}));
  co_return std::unexpected(why);
}

Task<Status> GroupReceiver::Answer(Call call, const StagedEpoch& next, const EpochApplier& applier, Error error) {
  if (applier.begun()) co_return std::unexpected(BeyondRefusal(std::move(error)));
  if (!applier.gone().empty()) {
    answer_.expected = true;
    book_.record().restaging =
        fmt::format("the target of table {} is gone, and the table is brought whole again", applier.gone());
  }
  if (!CallsForRestaging(error.code)) co_return std::unexpected(std::move(error));
  const Error why = WithRefusal(std::move(error));
  plan::RefusalAsks asks = applier.asks();
  asks.restage_whole.insert(asks.restage_whole.end(), answer_.lost_with_base.begin(), answer_.lost_with_base.end());
  LF_CO_TRY_OK(co_await Refuse(call, next, why, std::move(asks)));
  if (answer_.expected) {
    book_.SetStage(GroupStage::kAnswering);
    co_return Status{};
  }
  // The pass ends with it; the next pass looks for the epoch staged anew.
  co_return std::unexpected(why);
}

// The base was applied, as its receipt says, and nothing here shows it: a sender that goes by that receipt would build
// upon it for ever.
Task<Status> GroupReceiver::AskForLostBase(Call call, const StagedEpoch& next) {
  LF_CO_TRY(const std::optional<plan::Receipt> base, co_await staging_->ReadReceipt(call, next.manifest.base_epoch));
  if (!base || !base->applied) co_return Status{};
  for (const plan::ManifestTable& table : next.manifest.tables) answer_.lost_with_base.push_back(table.name);
  co_return Status{};
}

Task<Status> GroupReceiver::Bring(Call call, const StagedEpoch& next, EpochApplier& applier, PassResult& result) {
  const Status follows = co_await position_->CheckFollows(call, next);
  // What was staged upon the epoch that was refused goes the same way.
  answer_.expected = !book_.record().restaging.empty();
  if (!follows) LF_CO_TRY_OK(co_await AskForLostBase(call, next));
  LF_CO_TRY_OK(follows);
  answer_.expected = false;
  LF_CO_TRY_OK(co_await applier.Examine(call));
  book_.SetStage(GroupStage::kPlacing);
  book_.record().sync_start = work_started_;
  LF_CO_TRY_OK(co_await book_.Save(call));
  LF_CO_TRY(const BroughtVolume volume, co_await applier.Place(call));
  Note(volume, result);
  co_return co_await applier.Compare(call);
}

void GroupReceiver::Note(const BroughtVolume& volume, PassResult& result) {
  result.files += volume.files;
  result.bytes = AddSaturated(result.bytes, volume.bytes);
}

Task<Status> GroupReceiver::CommitAll(Call call, const StagedEpoch& next, EpochApplier& applier, TimeMs timestamp,
                                      PassResult& result) {
  book_.SetStage(GroupStage::kCommitting);
  // A stop in the middle would leave the tables at two epochs for as long as it lasts.
  const Call to_the_end = call.Unstoppable();
  LF_CO_TRY(const std::vector<Version> versions, co_await applier.Commit(to_the_end, timestamp));
  EpochRecord record = RecordOf(next, Role::kReceiver);
  for (size_t i = 0; i < versions.size(); ++i) record.tables[i].replica_version = versions[i];
  const TablesLeft left = position_->LeftAt();
  // This may take hours, and a stop ends it: what is torn then is told, and the next pass goes on.
  LF_CO_TRY_OK(co_await clones_.Refresh(call, left, record));
  record.state = EpochState::kApplied;
  record.started = work_started_;
  record.ended = env_.clock.WallTime();
  record.worked_ms = (env_.clock.Monotonic() - work_began_).count();
  record.resumed_bytes = book_.record().resumed_bytes;
  result.epoch = record.epoch;
  result.run_ids.insert(result.run_ids.end(), record.run_ids.begin(), record.run_ids.end());
  const std::optional<TimeMs> torn_since = std::exchange(book_.record().torn_since, std::nullopt);
  if (!record.torn) record.torn = torn_since ? std::max(*record.ended - *torn_since, Millis(0)) : Millis(0);
  book_.record().torn = record.torn;
  Status completed = co_await Complete(to_the_end, record);
  const bool on_record = position_->completed() && position_->completed()->epoch == next.manifest.epoch;
  if (!on_record) book_.record().torn_since = torn_since;
  LF_CO_TRY_OK(completed);
  Trace(applier.commits(), record);
  // After the answer, so that no epoch waits for them.
  co_await applier.KeepCheckpoints(call, checkpoints_, versions);
  co_return Status{};
}

// Replicas that are gone are cloned with the epoch that brings them again.
Task<Status> GroupReceiver::CatchUpClones(Call call) {
  if (!position_->completed() || !position_->gone().empty()) co_return Status{};
  EpochRecord record = *position_->completed();
  call = call.Named(fmt::format("epoch {}", record.epoch.value()));
  const TablesLeft left = position_->LeftAt();
  LF_CO_TRY(const bool cloned, co_await clones_.CatchUp(call, left, record));
  if (!cloned) co_return Status{};
  book_.record().torn_since.reset();
  co_return co_await position_->NoteCloned(call.Unstoppable(), std::move(record));
}

Task<Status> GroupReceiver::Complete(Call call, EpochRecord record) {
  LF_CO_TRY_OK(co_await position_->Complete(call, record));
  env_.log.Write(call, LogLevel::kInfo, "epoch applied",
                 {{"group", spec_.name},
                  {"epoch", record.epoch.value()},
                  {"tables", static_cast<int64_t>(record.tables.size())},
                  {"resumed_bytes", record.resumed_bytes},
                  {"took_ms", record.worked_ms},
                  {"torn_ms", record.torn.value_or(Millis(0)).count()},
                  {"run_ids", plan::RunIdsText(record.run_ids, ",")},
                  {"cut", FormatUtc(record.cut_time)}});
  co_return Status{};
}

Task<Status> GroupReceiver::Refuse(Call call, const StagedEpoch& next, Error why, plan::RefusalAsks asks) {
  EpochRecord record = RecordOf(next, Role::kReceiver);
  record.state = EpochState::kRefused;
  record.error = ToString(why);
  record.error_kind = ErrorCodeName(why.code);
  record.started = work_started_;
  record.ended = env_.clock.WallTime();
  LF_CO_TRY_OK(co_await position_->Refuse(call, record, std::move(asks)));
  Trace({}, record);
  co_return Status{};
}

void GroupReceiver::Trace(const std::vector<plan::CommitMark>& commits, const EpochRecord& record) {
  if (env_.tracer == nullptr) return;
  env_.tracer->Take(plan::TraceOfAnswered(book_.marks(), commits, record, env_.clock.WallTime()));
}

}  // namespace lakeferry::engine
