#include "engine/send/receipt_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "async/both.h"
#include "async/task_group.h"
#include "engine/staging/staged_record.h"
#include "env/store_calls.h"
#include "plan/rules/receipt_rules.h"
#include "plan/rules/start_anew.h"

namespace lakeferry::engine {
namespace {

constexpr int64_t kEpochsMax = 1'000'000;
// Answered epochs whose parts are looked through at the start.
constexpr size_t kLookBack = 4;
constexpr Millis kLookEvery = std::chrono::hours(24);

// Whose data an object below the folder `data` is.
std::optional<Epoch> EpochOf(const ObjectPath& data, const ObjectPath& path) {
  const std::string_view below = std::string_view(path.text()).substr(data.text().size() + 1);
  return plan::StagingLayout::ParseNumber(below.substr(0, below.find('/')));
}

// As much of a record's manifest as a receipt is held against.
plan::Manifest ManifestOf(const EpochRecord& record) {
  plan::Manifest manifest;
  for (const TablePosition& table : record.tables) {
    manifest.tables.push_back({.name = table.table, .source_version = table.source_version, .parts = {}});
  }
  return manifest;
}

// What the store keeps against us, by a retention or for want of a right, takes room and holds nothing up: it is tried
// again by the next process. Any other failure is one.
Status OrKept(Status released, const Call& call, Logger& log, const std::string& group, Epoch epoch) {
  if (released || released.error().code != ErrorCode::kUnauthorized) return released;
  log.Write(call, LogLevel::kWarning, "staged objects of an epoch stay: the store does not let them be deleted",
            {{"group", group},
             {"epoch", epoch.value()},
             {"error", released.error().message},
             {"where", released.error().where.text()},
             {"remedy", released.error().remedy}});
  return {};
}

}  // namespace

Task<Status> ReceiptDesk::Open(Call call) {
  if (open_) co_return Status{};
  LF_CO_TRY(const std::vector<EpochRecord> known, co_await env_.state.Epochs(call, Role::kSender, group_, kEpochsMax));
  for (const EpochRecord& record : known) {
    newest_ = std::max(newest_, record.epoch);
    if (record.state == EpochState::kStaged) unanswered_.emplace(record.epoch, record);
    if (record.state == EpochState::kApplied) NoteApplied(record);
    if (record.state == EpochState::kApplied || record.state == EpochState::kRefused) settled_.insert(record.epoch);
  }
  LF_CO_TRY_OK(co_await LookForLeftovers(call));
  open_ = true;
  co_return Status{};
}

// Another sender that came too late may have put a part beside those of an epoch that was released, and died.
Task<Status> ReceiptDesk::LookForLeftovers(Call call) {
  const auto answered = [this](Epoch epoch) { return epoch != Epoch() && !unanswered_.contains(epoch); };
  Epoch epoch = newest_;
  for (size_t i = 0; i < kLookBack && epoch != Epoch(); ++i, epoch = epoch.Previous()) {
    if (answered(epoch)) at_once_.erase(epoch);
    NoteAnswered(epoch);
  }
  LF_CO_TRY_OK(co_await FindLeftovers(call));
  looked_ = env_.clock.Monotonic();
  co_return Status{};
}

// A crash between a receipt and the deletion, and another sender that came too late, leave data behind: it is found by
// its folder. What one page holds of all that is staged need not be listed again to be deleted.
Task<Status> ReceiptDesk::FindLeftovers(Call call) {
  const ObjectPath data = staging_.layout().Data();
  LF_CO_TRY(ListPage page, co_await staging_.store().List(call, {.folder = data, .recursive = true}));
  // What stands there for the folder of an epoch is no name of what it has staged: who lists that folder is told so.
  const auto stands_for_one = [&data](const ObjectPath& link) { return link == data / link.name(); };
  const bool linked = std::ranges::any_of(page.listing.links, stands_for_one);
  seen_ = SeenData{.whole = page.resume.empty() && !linked, .found = {}};
  if (seen_.whole) {
    for (ObjectInfo& object : page.listing.objects) {
      const auto epoch = EpochOf(data, object.path);
      if (epoch) seen_.found[*epoch].objects.push_back(std::move(object));
    }
    for (ObjectPath& link : page.listing.links) {
      const auto epoch = EpochOf(data, link);
      if (epoch) seen_.found[*epoch].links.push_back(std::move(link));
    }
    for (const auto& [epoch, found] : seen_.found) NoteAnswered(epoch);
    co_return Status{};
  }
  LF_CO_TRY(const Listing folders, co_await ListAll(call, staging_.store(), data));
  for (const ObjectPath& folder : folders.folders) {
    const auto epoch = plan::StagingLayout::ParseNumber(folder.name());
    if (epoch) NoteAnswered(*epoch);
  }
  co_return Status{};
}

Task<Result<Epoch>> ReceiptDesk::NewestRecorded(Call call) {
  LF_CO_TRY_OK(co_await Open(call));
  co_return newest_;
}

std::optional<Epoch> ReceiptDesk::AwaitsAnswer() const {
  if (unanswered_.empty() || uncounted_.contains(unanswered_.begin()->first)) return std::nullopt;
  return unanswered_.begin()->first;
}

std::optional<TimeMs> ReceiptDesk::OldestUnanswered() const {
  if (unanswered_.empty()) return std::nullopt;
  return unanswered_.begin()->second.cut_time;
}

void ReceiptDesk::Expect(EpochRecord record, Attempts attempts) {
  if (attempts.at_once) at_once_.insert(record.epoch);
  if (attempts.at_once && !attempts.left_data) without_data_.insert(record.epoch);
  newest_ = std::max(newest_, record.epoch);
  unanswered_.insert_or_assign(record.epoch, std::move(record));
}

Task<Status> ReceiptDesk::LearnStaged(Call call, Epoch newest_staged) {
  if (newest_staged <= newest_) co_return Status{};
  LF_CO_TRY(const std::vector<Epoch> epochs, co_await staging_.EpochsAfter(call, newest_));
  StateChange learned;
  for (const Epoch epoch : epochs) {
    // What cannot be read was refused, or the position would not have been found.
    LF_CO_TRY(const std::optional<StagedEpoch> staged, co_await staging_.ReadSound(call, epoch));
    if (!staged) continue;
    learned.epochs.push_back(RecordOf(*staged, Role::kSender));
  }
  if (learned.epochs.empty()) co_return Status{};
  LF_CO_TRY_OK(co_await env_.state.Save(call, learned));
  for (EpochRecord& record : learned.epochs) Expect(std::move(record), {});
  co_return Status{};
}

// Whether the receipt is of what was staged, or refuses what has become of it since.
Task<Result<bool>> ReceiptDesk::Answers(Call call, plan::Receipt receipt, EpochRecord record) const {
  if (receipt.manifest_sha256 == record.manifest_sha256) co_return true;
  LF_CO_TRY(const std::optional<StagedObject> there, co_await staging_.Look(call, record.epoch));
  co_return there && there->unreadable() && Refuses(receipt, *there);
}

Task<Result<bool>> ReceiptDesk::Counts(Call call, plan::Receipt receipt, EpochRecord record) {
  LF_CO_TRY(const bool answers, co_await Answers(call, receipt, record));
  if (!answers) co_return AnswersAnother(receipt, staging_.store().uri());
  if (!receipt.applied) co_return true;
  std::string flaw = plan::FlawOf(receipt, ManifestOf(record), record.manifest_sha256, spec_);
  if (flaw.empty()) co_return true;
  uncounted_.emplace(record.epoch, std::move(flaw));
  co_return false;
}

Task<Status> ReceiptDesk::LookAgain(Call call) {
  if (!newest_applied_) co_return Status{};
  LF_CO_TRY(std::optional<plan::Receipt> receipt, co_await staging_.ReadReceipt(call, newest_applied_->epoch));
  if (!receipt || receipt->manifest_sha256 != newest_applied_->manifest_sha256) co_return Status{};
  if (!receipt->applied) co_return co_await TakeBack(call, *std::move(receipt));
  ManagedVersions told;
  for (const plan::ReceiptTable& table : receipt->tables) {
    if (table.managed_version) told.emplace(table.name, *table.managed_version);
  }
  if (told == newest_applied_->managed) co_return Status{};
  co_return co_await TakeUpClones(call, std::move(told));
}

Task<Status> ReceiptDesk::TakeUpClones(Call call, ManagedVersions told) {
  LF_CO_TRY(std::vector<EpochRecord> known, co_await env_.state.Epochs(call, Role::kSender, group_, kEpochsMax));
  const auto record = std::ranges::find(known, newest_applied_->epoch, &EpochRecord::epoch);
  if (record != known.end()) {
    for (TablePosition& table : record->tables) {
      const auto managed = told.find(table.table);
      table.managed_version = managed == told.end() ? std::nullopt : std::optional(managed->second);
    }
    LF_CO_TRY_OK(co_await env_.state.Save(call, {.epochs = {*record}}));
  }
  newest_applied_->managed = std::move(told);
  co_return Status{};
}

Task<Status> ReceiptDesk::TakeBack(Call call, plan::Receipt refusal) {
  const Epoch epoch = newest_applied_->epoch;
  env_.log.Write(call, LogLevel::kWarning, "the receiver has taken back that an epoch was applied",
                 {{"group", group_}, {"epoch", epoch.value()}, {"reason", refusal.reason}});
  LF_CO_TRY(std::vector<EpochRecord> known, co_await env_.state.Epochs(call, Role::kSender, group_, kEpochsMax));
  const auto record = std::ranges::find(known, epoch, &EpochRecord::epoch);
  if (record != known.end()) {
    record->state = EpochState::kRefused;
    record->error = refusal.reason;
    record->error_kind = refusal.kind;
    StateChange taken;
    taken.epochs.push_back(*record);
    LF_CO_TRY_OK(co_await env_.state.Save(call, std::move(taken)));
  }
  const auto before = std::ranges::find(known, EpochState::kApplied, &EpochRecord::state);
  newest_applied_.reset();
  applied_ = EpochRecord();
  if (before != known.end()) {
    applied_.reset();
    NoteApplied(*before);
  }
  co_return Status{};
}

Task<Result<std::optional<EpochRecord>>> ReceiptDesk::Settle(Call call, Epoch newest_staged) {
  seen_ = {};  // a call before may have failed half-way
  LF_CO_TRY_OK(co_await Open(call));
  LF_CO_TRY_OK(co_await LearnStaged(call, newest_staged));
  uncounted_.clear();
  StateChange answered;
  for (auto& [epoch, record] : unanswered_) {
    LF_CO_TRY(const std::optional<plan::Receipt> receipt, co_await staging_.ReadReceipt(call, epoch));
    if (!receipt) continue;
    LF_CO_TRY(const bool counts, co_await Counts(call, *receipt, record));
    if (!counts) continue;
    record.state = receipt->applied ? EpochState::kApplied : EpochState::kRefused;
    record.ended = receipt->answered;
    record.error = receipt->reason;
    record.error_kind = receipt->kind;
    for (const plan::ReceiptTable& answer : receipt->tables) {
      const auto table = std::ranges::find(record.tables, answer.name, &TablePosition::table);
      if (table == record.tables.end()) continue;
      table->replica_version = answer.replica_version;
      table->managed_version = answer.managed_version;
    }
    answered.epochs.push_back(record);
  }
  // A newer one that was applied says that nothing was taken back.
  const bool applied = std::ranges::count(answered.epochs, EpochState::kApplied, &EpochRecord::state) > 0;
  if (!applied) LF_CO_TRY_OK(co_await LookAgain(call));
  if (!answered.epochs.empty()) LF_CO_TRY_OK(co_await env_.state.Save(call, answered));
  for (const EpochRecord& record : answered.epochs) {
    if (record.state == EpochState::kApplied) NoteApplied(record);
    unanswered_.erase(record.epoch);
    settled_.insert(record.epoch);
    LogAnswer(call, record);
  }
  for (const EpochRecord& record : answered.epochs) NoteAnswered(record.epoch);
  if (!answered.epochs.empty()) LF_CO_TRY_OK(co_await LookAfterAnswers(call, answered.epochs));
  LF_CO_TRY_OK(co_await ReleaseAll(call));
  co_return std::exchange(applied_, std::nullopt);
}

Task<Status> ReceiptDesk::LookAfterAnswers(Call call, const std::vector<EpochRecord>& answered) {
  const bool all = env_.clock.Monotonic() - looked_ >= kLookEvery;
  if (all) co_return co_await LookForLeftovers(call);
  const bool none =
      std::ranges::all_of(answered, [this](const auto& one) { return without_data_.contains(one.epoch); });
  if (none) co_return Status{};
  co_return co_await FindLeftovers(call);
}

Task<Status> ReceiptDesk::ReleaseAll(Call call) {
  while (!unreleased_.empty()) {
    const Epoch epoch = *unreleased_.begin();
    const Status released = co_await Release(call, epoch);
    LF_CO_TRY_OK(OrKept(released, call, env_.log, group_, epoch));
    unreleased_.erase(epoch);
  }
  seen_ = {};
  co_return Status{};
}

void ReceiptDesk::LogAnswer(const Call& call, const EpochRecord& record) const {
  const bool applied = record.state == EpochState::kApplied;
  std::vector<LogField> fields{{"group", group_},
                               {"epoch", record.epoch.value()},
                               {"since_cut_ms", (*record.ended - record.cut_time).count()},
                               {"cut", FormatUtc(record.cut_time)}};
  if (!applied) {
    fields.push_back({"kind", record.error_kind});
    fields.push_back({"error", record.error});
  }
  env_.log.Write(call, applied ? LogLevel::kInfo : LogLevel::kWarning,
                 applied ? "the receiver has applied an epoch" : "the receiver has refused an epoch",
                 std::move(fields));
}

void ReceiptDesk::NoteAnswered(Epoch epoch) {
  if (epoch != Epoch() && !unanswered_.contains(epoch)) unreleased_.insert(epoch);
}

void ReceiptDesk::NoteApplied(const EpochRecord& record) {
  if (newest_applied_ && newest_applied_->epoch >= record.epoch) return;
  newest_applied_ = Applied{.epoch = record.epoch, .manifest_sha256 = record.manifest_sha256, .managed = {}};
  for (const TablePosition& table : record.tables) {
    if (table.managed_version) newest_applied_->managed.emplace(table.table, *table.managed_version);
  }
  applied_ = record;
}

Task<Status> ReceiptDesk::Release(Call call, Epoch epoch) {
  LF_CO_TRY(const std::optional<plan::Receipt> receipt, co_await staging_.ReadReceipt(call, epoch));
  // Without a receipt it is an attempt that is under way, or was given up before its manifest: the next attempt at this
  // epoch takes it up, and its receipt releases it.
  if (!receipt) co_return Status{};
  if (!settled_.contains(epoch)) {
    // Nor does a receipt release what has no manifest, but for a refusal of one that cannot be read.
    LF_CO_TRY(const std::optional<StagedObject> staged, co_await staging_.Look(call, epoch));
    if (!staged || !Refuses(receipt, *staged)) co_return Status{};
  }
  // The data goes last: its folder is what a start after a crash finds an unfinished release by.
  if (at_once_.erase(epoch) == 0) LF_CO_TRY_OK(co_await DeleteUnnamedParts(call, epoch));
  if (without_data_.erase(epoch) > 0 && !seen_.found.contains(epoch)) co_return Status{};
  // Nobody goes on with what a copy of the epoch left that broke off.
  LF_CO_TRY_OK(co_await staging_.store().DropUnfinished(call, staging_.layout().DataFolder(epoch), {}));
  if (!seen_.whole) co_return co_await DeleteBelow(call, staging_.layout().DataFolder(epoch));
  std::vector<ObjectPath> names;
  NoteNames(call, std::exchange(seen_.found[epoch], {}), names);
  co_return co_await DeleteAll(call, staging_.store(), std::move(names), width());
}

Task<Status> ReceiptDesk::DeleteUnnamedParts(Call call, Epoch epoch) {
  auto [staged, parts] =
      co_await Both(staging_.ReadSound(call, epoch), ListAll(call, staging_.store(), staging_.layout().Parts(epoch)));
  LF_CO_TRY_OK(staged);
  // Which parts a manifest names that cannot be read, nobody knows: they stay.
  if (!*staged) co_return Status{};
  LF_CO_TRY_OK(parts);
  std::set<std::string> named;
  for (const plan::ManifestTable& table : (*staged)->manifest.tables) {
    for (const plan::ManifestPart& part : table.parts) named.insert(part.sha256);
  }
  std::vector<ObjectPath> unnamed;
  for (ObjectInfo& part : parts->objects) {
    if (!named.contains(std::string(part.path.name()))) unnamed.push_back(std::move(part.path));
  }
  co_return co_await DeleteAll(call, staging_.store(), std::move(unnamed), width());
}

// How deep and how many the folders are is up to whoever writes to staging: only a page of names is kept. While it is
// deleted the next is listed.
Task<Status> ReceiptDesk::DeleteBelow(Call call, ObjectPath top) {
  ListRequest request{.folder = std::move(top), .recursive = true};
  std::vector<ObjectPath> found;
  for (bool more = true; more || !found.empty();) {
    std::vector<ObjectPath> names = std::exchange(found, {});
    auto [listed, deleted] = co_await Both(FindMore(call, request, more, found),
                                           DeleteAll(call, staging_.store(), std::move(names), width()));
    LF_CO_TRY_OK(listed);
    LF_CO_TRY_OK(deleted);
  }
  co_return Status{};
}

// The names of the next page, if there is one.
Task<Status> ReceiptDesk::FindMore(Call call, ListRequest& request, bool& more, std::vector<ObjectPath>& found) const {
  if (!more) co_return Status{};
  LF_CO_TRY(ListPage page, co_await staging_.store().List(call, request));
  request.resume = std::move(page.resume);
  more = !request.resume.empty();
  NoteNames(call, std::move(page.listing), found);
  co_return Status{};
}

void ReceiptDesk::NoteNames(const Call& call, Listing listing, std::vector<ObjectPath>& names) const {
  for (ObjectInfo& object : listing.objects) names.push_back(std::move(object.path));
  for (ObjectPath& link : listing.links) {
    env_.log.Write(call, LogLevel::kWarning, "a link in staging is deleted; what it leads to is left as it is",
                   {{"group", group_}, {"link", link.text()}});
    names.push_back(std::move(link));
  }
}

}  // namespace lakeferry::engine
