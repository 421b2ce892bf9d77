#include "engine/send/group_sender.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/saturated.h"
#include "engine/group/store_refs.h"
#include "engine/group/store_roots.h"
#include "engine/group/table_lookup.h"
#include "engine/send/asked_whole.h"
#include "engine/send/moved_sources.h"
#include "engine/send/source_look.h"
#include "engine/staging/renamed_group.h"
#include "engine/staging/staged_record.h"
#include "plan/group/catalog_rules.h"
#include "plan/group/refusal_pause.h"
#include "plan/incident/group_risk.h"
#include "plan/record/run_ids_text.h"

namespace lakeferry::engine {

using plan::GroupStage;

namespace {

// A copy that fails now is tried again within the interval; less than an hour is near in any case.
Millis NearMargin(const plan::GroupSpec& spec) { return std::max<Millis>(spec.sync_interval, std::chrono::hours(1)); }

}  // namespace

GroupSender::GroupSender(const Environment& env, plan::GroupSpec spec)
    : env_(env),
      spec_(std::move(spec)),
      configured_(plan::AsksCatalogs(spec_) ? std::optional(spec_) : std::nullopt),
      route_(plan::ReplicationRoute(spec_, env_.region)),
      book_(env_, spec_, Role::kSender),
      meter_(env_, book_),
      owner_(env_, spec_, book_),
      targets_(env_),
      watch_(env_, spec_),
      clocks_(env_, spec_),
      live_sets_(env_, spec_, Role::kSender) {}

Task<Status> GroupSender::Prepare(Call call, StoreRight right) {
  LF_CO_TRY_OK(co_await book_.Open(call));
  if (configured_) {
    LF_CO_TRY(const bool changed,
              co_await UpdateTables(call, env_, *configured_, Role::kSender, book_.record().tables, spec_));
    if (changed) TakeTables();
  }
  TakeRelocations(book_.record().relocated, spec_);
  LF_CO_TRY_OK(co_await ClaimRoots(call, env_, spec_, Role::kSender, held_));
  if (staging_ && (staging_right_ == right || MayWrite(staging_right_))) co_return Status{};
  Forget();
  LF_CO_TRY(auto store, env_.stores.Open(StagingRef(spec_, right)));
  staging_.emplace(std::move(store), route_.staging, env_);
  staging_right_ = right;
  receipts_.emplace(env_, *staging_, spec_);
  clocks_.set_known(book_.record().clocks);
  co_return Status{};
}

void GroupSender::TakeTables() {
  route_ = plan::ReplicationRoute(spec_, env_.region);
  book_.TakeTables();
  Forget();
}

void GroupSender::Forget() {
  position_.reset();
  receipts_.reset();
  staging_.reset();
  targets_.Forget();
  owner_.Forget();
  sources_proven_at_ = Epoch();
  clocks_.set_staging(nullptr);
}

Task<Status> GroupSender::FindPosition(Call call) {
  LF_CO_TRY(const Epoch recorded, co_await receipts_->NewestRecorded(call));
  const SenderPosition* known = position_ ? &*position_ : nullptr;
  LF_CO_TRY(position_, co_await LoadSenderPosition(call, *staging_, spec_, env_.region, known, recorded));
  BeginWhole(book_.record(), *position_);
  LF_CO_TRY_OK(plan::CheckNoneVanished(spec_, position_->Tables()));
  const bool begins = !position_->newest;
  if (begins && claim() == Claim::kRespect) co_return co_await CheckNotRenamed(call, env_, spec_, *staging_);
  if (position_->moved.empty() || sources_proven_at_ == position_->base_epoch) co_return Status{};
  LF_CO_TRY_OK(co_await CheckMovedSources(call, env_, spec_, position_->moved));
  sources_proven_at_ = position_->base_epoch;
  co_return Status{};
}

// An epoch that is not in the record may be another sender's, which has taken the group over.
Task<Status> GroupSender::CheckOwner(Call call) {
  const Epoch newest = position_->newest ? position_->newest->epoch : Epoch();
  if (newest > book_.record().staged_epoch) owner_.Forget();
  co_return co_await owner_.Settle(call, *staging_, claim());
}

Task<Result<PassResult>> GroupSender::RunOnce(Call call) {
  Result<PassResult> result = co_await Pass(std::move(call));
  const bool rested = position_ && !position_->has_live_sets();
  // Of a manifest that is another now, what is left is not believed either.
  if (!result && result.error().code == ErrorCode::kCorruptData && rested) Forget();
  co_return result;
}

Task<Result<PassResult>> GroupSender::Pass(Call call) {
  seen_.reset();
  staged_ = false;
  LF_CO_TRY_OK(co_await Prepare(call, StoreRight::kWriteStaging));
  const StagingArea::KeptDocuments kept(*staging_);
  clocks_.set_staging(&*staging_);
  book_.SetStage(GroupStage::kReleasing);
  book_.record().restaging.clear();
  LF_CO_TRY_OK(co_await FindPosition(call));
  LF_CO_TRY_OK(co_await CheckOwner(call));
  LF_CO_TRY(const std::optional<EpochRecord> applied,
            co_await receipts_->Settle(call, position_->newest ? position_->newest->epoch : Epoch()));
  if (applied) {
    book_.record().epoch = applied->epoch;
    NoteAppliedWhole(applied->epoch, book_.record());
    const bool any = applied->epoch != Epoch();
    book_.record().cut_time = any ? std::optional(applied->cut_time) : std::nullopt;
    book_.record().sync_time_in_region = book_.record().cut_time;
  }
  if (position_->newest) {
    book_.record().staged_epoch = position_->newest->epoch;
    if (position_->newest->manifest) book_.record().sync_time_to_region = position_->newest->manifest->cut_time;
  }
  LF_CO_TRY(const std::vector<std::string> differing, co_await live_sets_.Differing(call));
  for (const std::string& table : differing) LF_CO_TRY_OK(co_await CompareSource(call, table));
  Result<PassResult> worked = co_await Work(call);
  keeping_ = std::vector<plan::TableKeeping>();  // with its memory
  LF_CO_TRY(const PassResult result, std::move(worked));
  LF_CO_TRY(std::optional<std::string> due, co_await live_sets_.Due(book_.record().created));
  Status compared = co_await CompareSource(call, std::move(due));
  LF_CO_TRY_OK(UnlessStopped(std::move(compared)));
  if (differing.empty()) RestPosition();
  co_return result;
}

Task<Status> GroupSender::CompareSource(Call call, std::optional<std::string> table) {
  if (!table) co_return Status{};
  LF_CO_TRY_OK(co_await ReadLiveSets(call, *staging_, *position_));
  const auto base = position_->base.find(*table);
  const auto spec = std::ranges::find(spec_.tables, *table, &plan::TableSpec::name);
  if (base == position_->base.end() || spec == spec_.tables.end()) co_return Status{};
  const auto found_there = position_->found_there.find(*table);
  LiveSetSubject subject{.spec = *spec,
                         .version = base->second->source_version,
                         .epoch = position_->base_epoch,
                         .expected = base->second->live_set};
  if (found_there != position_->found_there.end()) subject.found_there = found_there->second;
  LF_CO_TRY(const LiveSetVerdict verdict, co_await live_sets_.Compare(call, std::move(subject)));
  co_return AsStatus(verdict, Role::kSender, *spec);
}

Task<Result<PassResult>> GroupSender::Work(Call call) {
  book_.SetStage(GroupStage::kCutting);
  // Before the tables are read: what changes meanwhile is news afterwards.
  Result<CutMaker::Candidates> seen = co_await Candidates(call);
  seen_ = SightOf(seen);
  if (!seen) co_return std::unexpected(std::move(seen).error());
  LF_CO_TRY(CutOutcome found, co_await FindCut(call, *std::move(seen)));
  book_.record().files_may_vanish.reset();
  book_.record().clocks = clocks_.account();
  SourceSights sights;
  if (!found.keeping) sights = co_await LookAtSources(call, env_, spec_, position_->base);
  co_await NoteRisks(call, found, sights);
  if (found.newest_success) book_.record().last_successful_run_time = found.newest_success;
  NoteWaiting(found);
  LF_CO_TRY_OK(CheckSourcesThere(spec_, sights, position_->base));
  if (found.cut) PauseAfterRefusals(found);
  if (!found.cut) {
    book_.SetStage(GroupStage::kIdle);
    co_return Resting(found);
  }
  LF_CO_TRY_OK(co_await TakeLiveSets(call, *found.cut));
  co_return co_await StageEpoch(call, *std::move(found.cut));
}

// What was refused again and again is not staged at every look, as long as it is the same.
void GroupSender::PauseAfterRefusals(CutOutcome& found) const {
  const Refusals& refusals = position_->refusals;
  const TimeMs again = refusals.newest + plan::RefusalPause(refusals.count, spec_.sync_interval);
  const bool same = std::ranges::all_of(found.cut->tables, [&refusals](const TableCut& table) {
    const auto refused = refusals.sources.find(table.scan.spec.name);
    return refused != refusals.sources.end() && refused->second == table.version;
  });
  if (!same || env_.clock.WallTime() >= again) return;
  found.cut.reset();
  found.held = true;
  found.until_run_ends = false;
  found.reason = fmt::format(
      "the receiver has refused the same change {} times; it is staged again after {}, or once a table has changed; "
      "the "
      "newest reason: {}",
      refusals.count, FormatUtc(again), refusals.reason);
}

Task<Result<CutMaker::Candidates>> GroupSender::Candidates(Call call) {
  const CutMaker maker(env_, spec_, clocks_);
  co_return co_await maker.Find(call, *position_, Terms());
}

Task<Result<CutOutcome>> GroupSender::FindCut(Call call, CutMaker::Candidates seen) {
  const CutMaker maker(env_, spec_, clocks_);
  LF_CO_TRY(CutOutcome found, co_await maker.Make(call, *position_, Terms(), std::move(seen)));
  const bool by_interval = spec_.workflows.empty() && !spec_.schedule.cron;
  // A forced cut of what went over already would only say of a whole state that it is none.
  const bool by_time = by_interval || (found.cut && !found.cut->cut.atomic);
  if (found.cut && by_time && NothingChanged(*found.cut)) {
    found.cut.reset();
    found.reason = "no table has changed since the last cut";
    if (by_interval) found.oldest_unsent.reset();
  }
  co_return found;
}

GroupSender::Sight GroupSender::SightOf(const Result<CutMaker::Candidates>& seen) {
  if (seen) return {.cut = SignalOf(*seen)};
  return {.cut = {}, .failure = ToString(seen.error())};
}

Task<GroupSender::Sight> GroupSender::See(Call call) {
  const Result<CutMaker::Candidates> seen = co_await Candidates(call);
  Sight sight = SightOf(seen);
  const std::optional<Epoch> waits = receipts_->AwaitsAnswer();
  if (!waits) co_return sight;
  const Result<bool> answered = co_await staging_->HasReceipt(call, *waits);
  if (!answered) sight.failure += ToString(answered.error());
  if (answered.value_or(false)) sight.answered = waits;
  co_return sight;
}

Task<Result<bool>> GroupSender::HasNews(Call call) {
  if (staged_) co_return true;  // a run may have ended while it was copied
  if (!position_ || !receipts_) co_return false;
  const Sight now = co_await See(call);
  if (!seen_) seen_ = now;
  co_return now != *seen_;
}

Task<void> GroupSender::NoteRisks(Call call, const CutOutcome& found, const SourceSights& sights) {
  keeping_ = co_await watch_.Look(call, *position_, found, sights);
  unexplained_ = found.unexplained;
  SetRisk();
  const GroupRecord& record = book_.record();
  const bool said = std::exchange(risk_said_, record.risk_text) == record.risk_text;
  if (record.risk == Risk::kNone || said) co_return;
  env_.log.Write(call, record.risk == Risk::kError ? LogLevel::kError : LogLevel::kWarning, "the group is at risk",
                 {{"group", spec_.name}, {"risk", record.risk_text}, {"remedy", record.risk_remedy}});
}

void GroupSender::SetRisk() {
  plan::GroupRisk found = plan::Worse(plan::RiskOf(keeping_, spec_.sync_interval, env_.clock.WallTime()),
                                      plan::RiskOf(unexplained_, clocks_.Known().margin));
  std::map<Epoch, std::string> receipts = position_->uncounted;
  receipts.insert(receipts_->uncounted().begin(), receipts_->uncounted().end());
  found = plan::Worse(std::move(found), plan::RiskOf(receipts));
  book_.record().risk = found.risk;
  book_.record().risk_text = std::move(found.text);
  book_.record().risk_remedy = std::move(found.remedy);
}

void GroupSender::NoteVanishing(const TableScan& scan, TimeMs from) {
  auto& earliest = book_.record().files_may_vanish;
  earliest = std::min(earliest.value_or(from), from);
  for (plan::TableKeeping& table : keeping_) {
    if (table.table == scan.spec.name) table.cut_vanishes = from;
  }
}

// Says of a cut that is about to be copied from when on files of it may vanish.
Task<Status> GroupSender::NoteForecast(Call call, const GroupCut& cut, const std::vector<TableChange>& changes) {
  for (size_t i = 0; i < changes.size(); ++i) {
    const auto& forecast = changes[i].files.forecast();
    if (!forecast) continue;
    NoteVanishing(cut.tables[i].scan, forecast->from);
    const bool near = forecast->from <= env_.clock.WallTime() + NearMargin(spec_);
    env_.log.Write(call, near ? LogLevel::kWarning : LogLevel::kInfo, "files of this cut may vanish from the source",
                   {{"group", spec_.name},
                    {"table", cut.tables[i].scan.spec.name},
                    {"files", forecast->files},
                    {"from", FormatUtc(forecast->from)}});
  }
  SetRisk();
  co_return co_await book_.Save(call);
}

bool GroupSender::NothingChanged(const GroupCut& cut) const {
  return position_->base.size() == cut.tables.size() && std::ranges::all_of(cut.tables, [](const TableCut& table) {
           return table.scan.base && table.scan.base->source_version == table.version;
         });
}

Task<Result<PassResult>> GroupSender::StageEpoch(Call call, GroupCut cut) {
  call = call.Named(fmt::format("epoch {}", position_->next_epoch().value()));
  const TimeMs started = env_.clock.WallTime();
  const Millis began = env_.clock.Monotonic();
  book_.record().restaging = RestagingText(spec_, book_.record(), *position_);
  book_.SetStage(GroupStage::kCopying);
  book_.record().sync_start = started;
  book_.record().reason = book_.record().restaging;
  LF_CO_TRY_OK(co_await book_.Save(call));
  const EpochStager stager(env_, route_, *staging_, meter_, targets_);
  LF_CO_TRY(const EpochStager::Staged staged, co_await StageTables(call, stager, cut));
  const plan::Manifest& manifest = staged.manifest;
  book_.SetStage(GroupStage::kPublishing);
  LF_CO_TRY(const std::string sha256, co_await stager.Publish(call, manifest));
  published_ = manifest.epoch;
  NoteStagedWhole(manifest.epoch, *position_, book_.record());
  // The next pass begins with what this one has put.
  position_->newest =
      std::make_shared<StagedObject>(StagedObject{.epoch = manifest.epoch, .sha256 = sha256, .manifest = manifest});
  // The next run may be recorded by the next pass, and explain them.
  PassResult result{
      .epoch = manifest.epoch,
      .reason = fmt::format("epoch {} is staged and not answered by the receiver yet", manifest.epoch.value()),
      .state = GroupState::kWaiting,
      .risk_may_pass = !unexplained_.empty()};
  for (const plan::ManifestTable& table : manifest.tables) {
    result.files += table.files;
    result.bytes = AddSaturated(result.bytes, table.bytes);
  }
  book_.SetStage(GroupStage::kIdle);
  book_.record().restaging.clear();
  book_.record().files_may_vanish.reset();
  for (plan::TableKeeping& table : keeping_) {
    table = {.table = table.table, .source_uri = table.source_uri, .retention = table.retention};
  }
  SetRisk();
  LF_CO_TRY_OK(co_await Record(call, staged, sha256, started, began));
  staged_ = true;
  env_.log.Write(call, LogLevel::kInfo, "epoch staged",
                 {{"group", spec_.name},
                  {"epoch", manifest.epoch.value()},
                  {"files", result.files},
                  {"bytes", result.bytes},
                  {"resumed_bytes", book_.record().resumed_bytes},
                  {"took_ms", (env_.clock.Monotonic() - began).count()},
                  {"run_ids", plan::RunIdsText(manifest.run_ids, ",")},
                  {"cut", FormatUtc(manifest.cut_time)}});
  co_return result;
}

Task<Result<EpochStager::Staged>> GroupSender::StageTables(Call call, const EpochStager& stager, const GroupCut& cut) {
  EpochPlace place{
      .epoch = position_->next_epoch(), .base_epoch = position_->base_epoch, .previous = {}, .previous_sha256 = {}};
  place.applied = book_.record().epoch;
  if (position_->newest) {
    place.previous = position_->newest->epoch;
    place.previous_sha256 = position_->newest->sha256;
  }
  // Of another sender's attempt, which nobody can rule out, the names that it took tell.
  first_attempt_ = published_ != Epoch() && place.epoch == published_.Next() && tried_ != place.epoch;
  tried_ = place.epoch;
  LF_CO_TRY(EpochStager::CutRead read, co_await stager.Read(call, cut, place.epoch, first_attempt_));
  LF_CO_TRY_OK(co_await NoteForecast(call, cut, read.changes));
  co_return co_await stager.Stage(call, cut, std::move(read), std::move(place));
}

Task<Status> GroupSender::Record(Call call, const EpochStager::Staged& staged, std::string sha256, TimeMs started,
                                 Millis began) {
  const plan::Manifest& manifest = staged.manifest;
  EpochRecord record = RecordOf(StagedEpoch{.manifest = manifest, .sha256 = std::move(sha256)}, Role::kSender);
  const TimeMs now = env_.clock.WallTime();
  record.started = started;
  record.worked_ms = (env_.clock.Monotonic() - began).count();
  record.resumed_bytes = book_.record().resumed_bytes;
  book_.record().staged_epoch = manifest.epoch;
  book_.record().sync_time_to_region = manifest.cut_time;
  book_.record().sync_end = now;
  const TimeMs since = std::max(manifest.cut_time, book_.record().created);
  book_.record().waiting_since = std::min(book_.record().waiting_since.value_or(since), since);
  LF_CO_TRY_OK(co_await book_.Save(call, {.epochs = {record}}));
  if (env_.tracer != nullptr) env_.tracer->Take(plan::TraceOfStaged(book_.marks(), record, now));
  receipts_->Expect(std::move(record), {.at_once = first_attempt_, .left_data = staged.left_data});
  co_return Status{};
}

}  // namespace lakeferry::engine
