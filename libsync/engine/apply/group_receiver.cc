#include "engine/apply/group_receiver.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/saturated.h"
#include "engine/apply/epoch_check.h"
#include "engine/apply/replica_set.h"
#include "engine/apply/table_placer.h"
#include "engine/change/live_sets.h"
#include "engine/group/group_risk.h"
#include "engine/group/store_roots.h"
#include "engine/staging/staged_record.h"
#include "engine/start_anew.h"

namespace lakeferry::engine {

using plan::GroupStage;

namespace {

constexpr std::string_view kGone = "the replica is gone, and the epoch holds only what changed since";

}  // namespace

GroupReceiver::GroupReceiver(const Environment& env, plan::GroupSpec spec)
    : env_(env),
      spec_(std::move(spec)),
      book_(env_, spec_, Role::kReceiver),
      meter_(env_, book_),
      checkpoints_(env_),
      live_sets_(env_, spec_, Role::kReceiver) {}

Task<Status> GroupReceiver::Prepare() {
  LF_CO_TRY_OK(co_await book_.Open());
  LF_CO_TRY_OK(co_await CheckRoots(env_, spec_));
  if (!staging_) {
    LF_CO_TRY(auto store, env_.stores.Open(spec_.staging_uri));
    staging_.emplace(std::move(store), spec_, env_);
    position_.emplace(env_, spec_, book_, *staging_);
  }
  co_return co_await position_->Open();
}

void GroupReceiver::Forget() {
  position_.reset();
  staging_.reset();
}

Task<Result<PassResult>> GroupReceiver::RunOnce(std::stop_token stop) {
  LF_CO_TRY_OK(co_await Prepare());
  PassResult result;
  book_.SetStage(GroupStage::kRecovering);
  LF_CO_TRY_OK(co_await Recover(result, stop));
  LF_CO_TRY(const std::vector<std::string> doubtful, co_await CompareDiffering(stop));
  // What was rolled forward before the comparison proves nothing of it.
  const Epoch compared = position_->completed() ? position_->completed()->epoch : Epoch();
  while (!stop.stop_requested()) {
    LF_CO_TRY(const bool applied, co_await ApplyNext(result, stop));
    if (!applied) break;
  }
  const bool proven = !doubtful.empty() && position_->completed()->epoch != compared;
  if (proven) LF_CO_TRY_OK(co_await NoteProven(doubtful));
  LF_CO_TRY(std::optional<std::string> due, co_await live_sets_.Due(book_.record().created));
  LF_CO_TRY_OK(co_await CompareReplica(std::move(due), stop));
  book_.SetStage(GroupStage::kIdle);
  Rest(result);
  NoteReceipts();
  co_return result;
}

Task<Status> GroupReceiver::CompareReplica(std::optional<std::string> table, std::stop_token stop) {
  if (!table || !position_->completed()) co_return Status{};
  const Epoch epoch = position_->completed()->epoch;
  const plan::TableSpec* const spec = FindTable(*table);
  const std::optional<Version> version = position_->ReplicaVersion(*table);
  LF_CO_TRY(const std::optional<StagedEpoch> staged, co_await staging_->Read(epoch));
  if (spec == nullptr || !version || !staged) co_return Status{};
  const auto sent = std::ranges::find(staged->manifest.tables, *table, &plan::ManifestTable::name);
  if (sent == staged->manifest.tables.end()) co_return Status{};
  LiveSetSubject subject{.spec = *spec, .version = *version, .epoch = epoch, .expected = sent->live_set};
  LF_CO_TRY(const LiveSetVerdict verdict, co_await live_sets_.Compare(std::move(subject), std::move(stop)));
  const bool doubtful = !verdict.found.empty() && !sent->live_set_replayed;
  if (doubtful) LF_CO_TRY_OK(co_await position_->NoteReplayed(*table, verdict.found));
  co_return AsStatus(verdict, Role::kReceiver, *spec);
}

Task<Result<std::vector<std::string>>> GroupReceiver::CompareDiffering(std::stop_token stop) {
  LF_CO_TRY(const std::vector<std::string> differing, co_await live_sets_.Differing());
  std::vector<std::string> doubtful;
  if (differing.empty()) co_return doubtful;
  // First another table in its turn: while one holds the group, the sender may wait for what is found of the others.
  LF_CO_TRY(std::optional<std::string> due, co_await live_sets_.Due(book_.record().created));
  const Status other = co_await CompareReplica(std::move(due), stop);
  if (!other && other.error().code != ErrorCode::kDiverged) co_return std::unexpected(other.error());
  for (const std::string& table : differing) {
    const Status compared = co_await CompareReplica(table, stop);
    if (compared) continue;
    if (compared.error().code != ErrorCode::kDiverged) co_return std::unexpected(compared.error());
    LF_CO_TRY(const bool asks, co_await NextAsks(table));
    if (!asks) co_return std::unexpected(compared.error());
    doubtful.push_back(table);
  }
  co_return doubtful;
}

Task<Result<bool>> GroupReceiver::NextAsks(std::string table) {
  LF_CO_TRY(const std::optional<StagedEpoch> staged, co_await staging_->Read(position_->completed()->epoch));
  LF_CO_TRY(const std::optional<StagedObject> next, co_await position_->NextEpoch());
  if (!staged || !next || !next->manifest) co_return false;
  const auto sent = std::ranges::find(staged->manifest.tables, table, &plan::ManifestTable::name);
  const auto coming = std::ranges::find(next->manifest->tables, table, &plan::ManifestTable::name);
  if (sent == staged->manifest.tables.end() || coming == next->manifest->tables.end()) co_return false;
  co_return !sent->live_set_replayed;
}

Task<Status> GroupReceiver::NoteProven(std::vector<std::string> tables) {
  const Epoch epoch = position_->completed()->epoch;
  for (const std::string& table : tables) {
    const std::optional<Version> version = position_->ReplicaVersion(table);
    if (version) LF_CO_TRY_OK(co_await live_sets_.NoteSame(table, epoch, *version));
  }
  co_return Status{};
}

void GroupReceiver::Rest(PassResult& result) {
  const std::string& restaging = book_.record().restaging;
  if (!restaging.empty()) {
    result.state = GroupState::kRestaging;
    result.reason = restaging + "; the sender's next epoch brings it";
    return;
  }
  if (result.epoch) return;
  if (RestsWithoutTargets(result)) return;
  result.reason = "no further epoch is staged";
  if (!position_->completed()) {
    // That there is a replica one day must not be taken for granted.
    result.state = GroupState::kWaiting;
    if (!book_.record().waiting_since) book_.record().waiting_since = book_.record().created;
  }
  if (!position_->refused()) {
    // What waited for a target that was away for a while waits no more.
    if (position_->completed()) book_.record().waiting_since.reset();
    return;
  }
  result.state = GroupState::kWaiting;
  result.reason =
      fmt::format("epoch {} was refused, and the sender has staged nothing since", position_->refused()->value());
}

bool GroupReceiver::RestsWithoutTargets(PassResult& result) {
  if (position_->gone().empty()) return false;
  std::string names;
  for (const std::string& table : position_->gone()) names += fmt::format("{}'{}'", names.empty() ? "" : ", ", table);
  result.state = GroupState::kRestaging;
  result.reason = fmt::format("the target of table {} is gone; the sender's next epoch is asked for it whole", names);
  if (!book_.record().waiting_since) book_.record().waiting_since = env_.clock.WallTime();
  return true;
}

void GroupReceiver::NoteReceipts() {
  GroupRisk found = RiskOf(position_->Uncounted());
  book_.record().risk = found.risk;
  book_.record().risk_text = std::move(found.text);
  book_.record().risk_remedy = std::move(found.remedy);
}

Task<Status> GroupReceiver::Recover(PassResult& result, std::stop_token stop) {
  LF_CO_TRY(const std::string text, co_await env_.state.Journal(spec_.name));
  if (!text.empty()) {
    LF_CO_TRY(ApplyJournal journal, ReadJournal(text));
    // Another receiver may have rolled it forward; then its staged data may be gone.
    LF_CO_TRY(const std::optional<plan::Receipt> answer, co_await staging_->ReadReceipt(journal.epoch));
    if (answer && answer->applied) LF_CO_TRY_OK(co_await position_->LearnAnswered());
    const auto& completed = position_->completed();
    if (completed && journal.epoch <= completed->epoch) {
      LF_CO_TRY_OK(co_await position_->EraseJournal());
    } else {
      LF_CO_TRY_OK(co_await RollForward(std::move(journal), result, std::move(stop)));
    }
  }
  co_return co_await position_->PutDueReceipt();
}

Task<Status> GroupReceiver::RollForward(ApplyJournal journal, PassResult& result, std::stop_token stop) {
  LF_CO_TRY(const std::optional<StagedEpoch> staged, co_await staging_->ReadSound(journal.epoch));
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
  Status completed = co_await CompleteHalf(*staged, journal.timestamp, result, std::move(stop));
  if (!completed) co_return std::unexpected(BeyondRefusal(std::move(completed).error()));
  co_return Status{};
}

// The journal says that every file was placed, not that it still is: nothing referred to it, and VACUUM on a replica
// takes such files once they are old.
Task<Status> GroupReceiver::CompleteHalf(const StagedEpoch& next, TimeMs journaled, PassResult& result,
                                         std::stop_token stop) {
  LF_CO_TRY(std::vector<Work> work, co_await Inspect(next));
  LF_CO_TRY_OK(CheckNoneIsGone(work));
  BeginMeter(work);
  LF_CO_TRY_OK(co_await PlaceFiles(next, work, result, stop));
  co_return co_await CommitAll(next, work, journaled, result, std::move(stop));
}

Task<Result<bool>> GroupReceiver::ApplyNext(PassResult& result, std::stop_token stop) {
  LF_CO_TRY(std::optional<StagedObject> object, co_await position_->NextEpoch());
  if (!object) co_return false;
  book_.SetStage(GroupStage::kIntake);
  work_started_ = env_.clock.WallTime();
  work_began_ = env_.clock.Monotonic();
  if (object->unreadable()) co_return co_await RefuseUnreadable(*object);
  LF_CO_TRY_OK(object->manifest);
  const auto epoch = std::make_optional<StagedEpoch>(*std::move(object->manifest), std::move(object->sha256));
  NoteStaged(*epoch);
  asks_ = {};
  begun_ = false;
  expected_ = false;
  Result<std::vector<Work>> work = co_await Bring(*epoch, result, stop);
  if (!work) {
    LF_CO_TRY_OK(co_await Answer(*epoch, std::move(work).error()));
    co_return true;
  }
  // Not before: placing may have taken days.
  const TimeMs timestamp = env_.clock.WallTime();
  StateChange intent;
  intent.journals.push_back(JournalEntry{
      .group = spec_.name,
      .content =
          WriteJournal({.epoch = epoch->manifest.epoch, .manifest_sha256 = epoch->sha256, .timestamp = timestamp})});
  LF_CO_TRY_OK(co_await book_.Save(std::move(intent)));
  // From here on the epoch can only be rolled forward: an error is never a refusal.
  Status applied = co_await CommitAll(*epoch, *work, timestamp, result, std::move(stop));
  if (!applied) co_return std::unexpected(BeyondRefusal(std::move(applied).error()));
  co_return true;
}

// Nothing of it can be placed, and nobody can mend its bytes: what it would have brought is staged anew behind it.
Task<Result<bool>> GroupReceiver::RefuseUnreadable(const StagedObject& next) {
  book_.record().staged_epoch = next.epoch;
  const Error& error = next.manifest.error();
  const Error why = WithRefusal(
      Error{.code = ErrorCode::kCorruptData,
            .message = fmt::format("the manifest of epoch {} cannot be read: {}", next.epoch.value(), error.message),
            .where = error.where});
  EpochRecord record = RecordOfUnreadable(next, spec_.name, work_started_);
  record.error = ToString(why);
  LF_CO_TRY_OK(co_await position_->Refuse(std::move(record), {}));
  co_return std::unexpected(why);
}

void GroupReceiver::NoteStaged(const StagedEpoch& next) {
  GroupRecord& record = book_.record();
  // Until the first epoch the group waited from its first look on, for nothing in particular.
  if (record.staged_epoch == Epoch()) record.waiting_since.reset();
  record.staged_epoch = next.manifest.epoch;
  record.sync_time_to_region = next.manifest.cut_time;
  const TimeMs since = std::max(next.manifest.cut_time, record.created);
  record.waiting_since = std::min(record.waiting_since.value_or(since), since);
}

Task<Status> GroupReceiver::Answer(const StagedEpoch& next, Error error) {
  if (begun_) co_return std::unexpected(BeyondRefusal(std::move(error)));
  if (!CallsForRestaging(error.code)) co_return std::unexpected(std::move(error));
  const Error why = WithRefusal(std::move(error));
  LF_CO_TRY_OK(co_await Refuse(next, why));
  if (expected_) {
    book_.SetStage(GroupStage::kAnswering);
    co_return Status{};
  }
  // The pass ends with it; the next pass looks for the epoch staged anew.
  co_return std::unexpected(why);
}

const plan::TableSpec* GroupReceiver::FindTable(const std::string& name) const {
  const auto it = std::ranges::find(spec_.tables, name, &plan::TableSpec::name);
  return it == spec_.tables.end() ? nullptr : &*it;
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
    Result<ReplicaHead> head = co_await item.replica->Inspect(context, table, position_->ReplicaVersion(table.name));
    if (!head) co_return FailOfTable(std::move(head).error(), table.name, spec->target_uri);
    item.head = *head;
    const bool changed = !item.unchanged();
    if (changed && !item.head.committed) {
      Status free = co_await item.replica->CheckNextIsFree(item.head);
      if (!free) co_return FailOfTable(std::move(free).error(), table.name, spec->target_uri);
    }
    // By a receiver whose journal was lost. A mirror's log is the source's, whatever epoch brings it.
    begun_ = begun_ || (spec_.mode == delta::ReplicationMode::kClone && item.head.committed && changed);
    work.push_back(std::move(item));
  }
  co_return work;
}

// The base was applied, as its receipt says, and nothing here shows it: a sender that goes by that receipt would build
// upon it for ever.
Task<Status> GroupReceiver::AskForLostBase(const StagedEpoch& next) {
  LF_CO_TRY(const std::optional<plan::Receipt> base, co_await staging_->ReadReceipt(next.manifest.base_epoch));
  if (!base || !base->applied) co_return Status{};
  for (const plan::ManifestTable& table : next.manifest.tables) asks_.restage_whole.push_back(table.name);
  co_return Status{};
}

Status GroupReceiver::AskForGone(const std::vector<Work>& work) {
  const auto first = std::ranges::find_if(work, &Work::gone);
  if (first == work.end()) return {};
  std::string names;
  for (const Work& item : work) {
    if (!item.gone()) continue;
    asks_.restage_whole.push_back(item.table.name);
    names += fmt::format("{}'{}'", names.empty() ? "" : ", ", item.table.name);
  }
  expected_ = true;
  book_.record().restaging = fmt::format("the target of table {} is gone, and the table is brought whole again", names);
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
  const Status follows = co_await position_->CheckFollows(next);
  // What was staged upon the epoch that was refused goes the same way.
  expected_ = !book_.record().restaging.empty();
  if (!follows) LF_CO_TRY_OK(co_await AskForLostBase(next));
  LF_CO_TRY_OK(follows);
  expected_ = false;
  LF_CO_TRY(const std::vector<plan::EpochNeeds> needs, co_await CheckContent(next));
  LF_CO_TRY(std::vector<Work> work, co_await Inspect(next));
  for (size_t i = 0; i < work.size(); ++i) work[i].needs = needs[i];
  LF_CO_TRY_OK(begun_ ? CheckNoneIsGone(work) : AskForGone(work));
  LF_CO_TRY_OK(CheckNeeds(work));
  book_.SetStage(GroupStage::kPlacing);
  BeginMeter(work);
  book_.record().sync_start = work_started_;
  LF_CO_TRY_OK(co_await book_.Save());
  LF_CO_TRY_OK(co_await PlaceFiles(next, work, result, std::move(stop)));
  LF_CO_TRY_OK(co_await CheckLiveSets(next, work));
  co_return work;
}

Task<Result<std::vector<plan::EpochNeeds>>> GroupReceiver::CheckContent(const StagedEpoch& next) {
  Result<std::vector<plan::EpochNeeds>> needs = co_await CheckEpoch(*staging_, next.manifest, env_.random.Next());
  const bool good = needs || !CallsForRestaging(needs.error().code);
  if (good || spec_.mode == delta::ReplicationMode::kMirror) co_return needs;
  // What a clone's log holds already is not refused any more.
  const Result<std::vector<Work>> work = co_await Inspect(next);
  if (!work && !CallsForRestaging(work.error().code)) co_return std::unexpected(work.error());
  co_return needs;
}

Status GroupReceiver::CheckNeeds(const std::vector<Work>& work) const {
  if (spec_.mode != delta::ReplicationMode::kClone) return {};
  for (const Work& item : work) {
    if (item.head.committed) continue;
    Status found = engine::CheckNeeds(item.table, item.needs, item.head);
    if (!found) return FailOfTable(std::move(found).error(), item.table.name, item.replica->store().uri());
  }
  return {};
}

Task<Result<std::map<std::string, delta::LiveSet>>> GroupReceiver::LiveSetsBefore(const StagedEpoch& next) {
  std::map<std::string, delta::LiveSet> sets;
  const Epoch base = next.manifest.base_epoch;
  if (base == Epoch()) co_return sets;
  // Somebody may have tidied up: then the replicas are replayed.
  LF_CO_TRY(const std::optional<StagedEpoch> before, co_await staging_->Read(base));
  if (!before) co_return sets;
  for (const plan::ManifestTable& table : before->manifest.tables) {
    const bool found_so = position_->LiveSetLeft(table.name) == table.live_set.Fingerprint();
    if (found_so) sets.emplace(table.name, table.live_set);
  }
  co_return sets;
}

// What a log holds already is not refused any more.
Task<Result<Difference>> GroupReceiver::Judge(const Work& item) const {
  if (begun_) co_return Difference::kProven;
  if (!item.table.base_version) co_return Difference::kOfTheEpoch;
  if (!item.table.live_set_replayed) co_return Difference::kInDoubt;
  if (item.table.base_live_set.empty() || !item.head.version) co_return Difference::kProven;
  const Result<delta::LiveSet> before = co_await ReplayLiveSet(item.replica->log(), *item.head.version, std::nullopt);
  if (!before) co_return FailOfTable(before.error(), item.table.name, item.replica->store().uri());
  const bool same = before->Fingerprint() == item.table.base_live_set;
  co_return same ? Difference::kOfTheChange : Difference::kProven;
}

Task<Status> GroupReceiver::CheckLiveSets(const StagedEpoch& next, const std::vector<Work>& work) {
  LF_CO_TRY(const auto before, co_await LiveSetsBefore(next));
  const ApplyContext context{.staging = &*staging_, .epoch = &next};
  for (const Work& item : work) {
    const auto base = before.find(item.table.name);
    const auto carried = base == before.end() ? std::nullopt : std::optional(base->second);
    Result<delta::LiveSet> found = co_await LiveSetWith(env_, context, item.table, *item.replica, item.head, carried);
    // What was carried is no proof: a remove may have told another size than the file had.
    const bool differs = found && *found != item.table.live_set;
    if (differs && carried) {
      found = co_await LiveSetWith(env_, context, item.table, *item.replica, item.head, std::nullopt);
    }
    if (!found) co_return FailOfTable(std::move(found).error(), item.table.name, item.replica->store().uri());
    if (*found != item.table.live_set) {
      LF_CO_TRY(const Difference difference, co_await Judge(item));
      if (difference == Difference::kInDoubt) asks_.replay_live_set.push_back(item.table.name);
      if (difference == Difference::kOfTheChange) asks_.restage_whole.push_back(item.table.name);
      co_return Differs(item.table, *found, next.manifest.epoch, item.replica->store(), difference);
    }
  }
  co_return Status{};
}

void GroupReceiver::BeginMeter(const std::vector<Work>& work) {
  int64_t files = 0;
  int64_t bytes = 0;
  for (const Work& item : work) {
    if (!item.brings()) continue;
    files += item.table.files;
    bytes = AddSaturated(bytes, item.table.bytes);
  }
  meter_.Begin(files, bytes);
}

Task<Status> GroupReceiver::PlaceFiles(const StagedEpoch& next, std::vector<Work>& work, PassResult& result,
                                       std::stop_token stop) {
  for (Work& item : work) {
    if (!item.brings()) continue;
    FileNames* const names = spec_.mode == delta::ReplicationMode::kClone ? &item.names : nullptr;
    TablePlacer placer(env_, *staging_, item.replica->log(), names, stop);
    placer.set_meter(&meter_);
    const Result<Placed> placed = co_await placer.Place(next.manifest.epoch, item.table, item.head.version);
    if (!placed) co_return FailOfTable(placed.error(), item.table.name, item.replica->store().uri());
    if (placed->lost) {
      asks_.restage_whole.push_back(item.table.name);
      co_return LostAtTarget(item.table.name, *placed->lost, item.replica->store().uri());
    }
    result.files += placed->files;
    result.bytes = AddSaturated(result.bytes, placed->bytes);
  }
  co_return Status{};
}

Task<Status> GroupReceiver::CommitAll(const StagedEpoch& next, const std::vector<Work>& work, TimeMs timestamp,
                                      PassResult& result, std::stop_token stop) {
  book_.SetStage(GroupStage::kCommitting);
  EpochRecord record = RecordOf(next, Role::kReceiver);
  // Tombstones of the journal's age may have expired in an outage: the next VACUUM would take files that were live
  // until this moment. A commit is known by its id, whatever its bytes.
  const TimeMs tombstones = std::max(timestamp, env_.clock.WallTime());
  ApplyContext context{.staging = &*staging_, .epoch = &next, .timestamp = timestamp, .tombstones = tombstones};
  for (size_t i = 0; i < work.size(); ++i) {
    context.names = &work[i].names;
    const Result<Version> version = co_await work[i].replica->Commit(context, work[i].table, work[i].head);
    if (!version) co_return FailOfTable(version.error(), work[i].table.name, work[i].replica->store().uri());
    record.tables[i].replica_version = *version;
  }
  record.state = EpochState::kApplied;
  record.started = work_started_;
  record.ended = env_.clock.WallTime();
  record.worked_ms = (env_.clock.Monotonic() - work_began_).count();
  result.epoch = record.epoch;
  LF_CO_TRY_OK(co_await Complete(record));
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

Task<Status> GroupReceiver::Complete(EpochRecord record) {
  LF_CO_TRY_OK(co_await position_->Complete(record));
  env_.log.Write(LogLevel::kInfo, "epoch applied",
                 {{"group", spec_.name},
                  {"epoch", record.epoch.value()},
                  {"tables", static_cast<int64_t>(record.tables.size())},
                  {"ms", record.worked_ms},
                  {"cut", FormatUtc(record.cut_time)}});
  co_return Status{};
}

Task<Status> GroupReceiver::Refuse(const StagedEpoch& next, Error why) {
  EpochRecord record = RecordOf(next, Role::kReceiver);
  record.state = EpochState::kRefused;
  record.error = ToString(why);
  record.started = work_started_;
  record.ended = env_.clock.WallTime();
  co_return co_await position_->Refuse(std::move(record), asks_);
}

}  // namespace lakeferry::engine
