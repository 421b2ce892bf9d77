#include "engine/apply/epoch_applier.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "async/both.h"
#include "async/linked_stop.h"
#include "async/task_group.h"
#include "base/saturated.h"
#include "engine/apply/epoch_check.h"
#include "engine/apply/replica_set.h"
#include "engine/apply/table_placer.h"
#include "engine/change/live_sets.h"
#include "engine/group/store_refs.h"
#include "engine/staging/target_owner.h"
#include "plan/rules/start_anew.h"

namespace lakeferry::engine {
namespace {

// What an epoch has to hold of a table in memory, as long as it has no more parts than these.
constexpr size_t kPartsOfSmall = 2;
constexpr std::string_view kGone = "the replica is gone, and the epoch holds only what changed since";

}  // namespace

std::unexpected<Error> EpochApplier::FailOf(Error error, const Work& item) {
  return FailOfTable(std::move(error), item.table.name, item.replica->store().uri());
}

Task<Status> EpochApplier::Examine(Call call) {
  LF_CO_TRY(const std::vector<plan::EpochNeeds> needs, co_await CheckContent(call));
  const auto [inspected, read] = co_await Both(InspectAll(call), ReadLiveSetsBefore(call));
  LF_CO_TRY_OK(inspected);
  LF_CO_TRY_OK(read);
  for (size_t i = 0; i < work_.size(); ++i) work_[i].needs = needs[i];
  LF_CO_TRY_OK(begun_ ? CheckNoneIsGone() : AskForGone());
  LF_CO_TRY_OK(CheckNeedsOfClones());
  BeginMeter();
  co_return Status{};
}

Task<Status> EpochApplier::InspectAll(Call call) {
  LF_CO_TRY(work_, co_await Inspect(call));
  co_return Status{};
}

// The journal says that every file was placed, not that it still is: nothing referred to it, and VACUUM on a replica
// takes such files once they are old.
Task<Status> EpochApplier::ExamineHalf(Call call) {
  begun_ = true;
  LF_CO_TRY(work_, co_await Inspect(call));
  LF_CO_TRY_OK(CheckNoneIsGone());
  BeginMeter();
  co_return Status{};
}

Task<Result<std::vector<plan::EpochNeeds>>> EpochApplier::CheckContent(Call call) {
  Result<std::vector<plan::EpochNeeds>> needs =
      co_await CheckEpoch(call, staging_, epoch_.manifest, env_.random.Next(), width());
  const bool good = needs || !CallsForRestaging(needs.error().code);
  if (good || !clones()) co_return needs;
  // What a clone's log holds already is not refused any more.
  const Result<std::vector<Work>> work = co_await Inspect(call);
  if (!work && !CallsForRestaging(work.error().code)) co_return std::unexpected(work.error());
  co_return needs;
}

size_t EpochApplier::width() const {
  const bool large =
      std::ranges::any_of(epoch_.manifest.tables, [](const auto& table) { return table.parts.size() > kPartsOfSmall; });
  return large ? 1 : static_cast<size_t>(env_.limits.tables_at_once_max);
}

Task<Status> EpochApplier::ForEach(size_t count, std::function<Task<Status>(size_t)> work) const {
  co_return co_await ParallelFor(count, width(), std::move(work));
}

Task<Result<std::vector<EpochApplier::Work>>> EpochApplier::Inspect(Call call) {
  std::vector<Work> work(epoch_.manifest.tables.size());
  const auto inspect = [this, &call, &work](size_t i) { return InspectInto(call, epoch_.manifest.tables[i], work[i]); };
  LF_CO_TRY_OK(co_await ForEach(work.size(), inspect));
  co_return work;
}

Task<Status> EpochApplier::InspectInto(Call call, plan::ManifestTable table, Work& slot) {
  LF_CO_TRY(slot, co_await InspectTable(call, std::move(table)));
  co_return Status{};
}

Task<Result<EpochApplier::Work>> EpochApplier::InspectTable(Call call, plan::ManifestTable table) {
  call = call.Named(table.name);
  const plan::TableSpec* const spec = route_.Find(table.name);
  if (spec == nullptr) {
    co_return Fail(ErrorCode::kRefused, fmt::format("table '{}' of the epoch is not configured here", table.name),
                   std::string(staging_.store().uri()), "add it, with its target, to the group");
  }
  const auto left = left_.find(table.name);
  const auto known = left == left_.end() ? std::nullopt : left->second.replica_version;
  LF_CO_TRY(auto store, env_.stores.Open(TargetRef(*spec)));
  Work item{.table = table, .replica = MakeReplicaTable(route_.mode, std::move(store), env_), .head = {}};
  const auto listing = listings_.find(table.name);
  const ApplyContext context{
      .staging = &staging_, .epoch = &epoch_, .listing = listing == listings_.end() ? nullptr : &listing->second};
  const Result<ReplicaHead> head = co_await item.replica->Inspect(call, context, table, known);
  if (!head) {
    const Error error = co_await HeedOwner(call, env_, staging_, route_.mode, *spec, head.error());
    co_return FailOfTable(error, table.name, spec->target_uri);
  }
  item.head = *head;
  item.found_there = !clones() && !known && !table.base_version && head->version;
  const bool changed = !item.unchanged();
  if (changed && !item.head.committed) {
    const Status free = co_await item.replica->CheckNextIsFree(call, item.head);
    if (!free) {
      const Error error = co_await HeedOwner(call, env_, staging_, route_.mode, *spec, free.error());
      co_return FailOfTable(error, table.name, spec->target_uri);
    }
  }
  // By a receiver whose journal was lost. A mirror's log is the source's, whatever epoch brings it.
  begun_ = begun_ || (clones() && item.head.committed && changed);
  co_return item;
}

std::vector<std::string> EpochApplier::found_there() const {
  std::vector<std::string> tables;
  for (const Work& item : work_) {
    if (item.found_there) tables.push_back(item.table.name);
  }
  return tables;
}

Status EpochApplier::AskForGone() {
  const auto first = std::ranges::find_if(work_, &Work::gone);
  if (first == work_.end()) return {};
  for (const Work& item : work_) {
    if (!item.gone()) continue;
    asks_.restage_whole.push_back(item.table.name);
    gone_ += fmt::format("{}'{}'", gone_.empty() ? "" : ", ", item.table.name);
  }
  return Fail(ErrorCode::kCorruptData, fmt::format("table '{}': {}", first->table.name, kGone),
              std::string(first->replica->store().uri()),
              "nothing, if it was moved away: the sender stages the whole table with its next cut; otherwise find out "
              "where the target is");
}

// Half of the group may stand at the epoch already: it cannot be refused any more.
Status EpochApplier::CheckNoneIsGone() const {
  const auto first = std::ranges::find_if(work_, &Work::gone);
  if (first == work_.end()) return {};
  return Fail(ErrorCode::kDiverged, fmt::format("table '{}', in the middle of an epoch: {}", first->table.name, kGone),
              std::string(first->replica->store().uri()),
              fmt::format("put the target back until the epoch is applied; or {}", plan::kStartAnew));
}

Status EpochApplier::CheckNeedsOfClones() const {
  if (!clones()) return {};
  for (const Work& item : work_) {
    if (item.head.committed) continue;
    Status found = CheckNeeds(item.table, item.needs, item.head);
    if (!found) return FailOf(std::move(found).error(), item);
  }
  return {};
}

void EpochApplier::BeginMeter() {
  int64_t files = 0;
  int64_t bytes = 0;
  for (const Work& item : work_) {
    if (!item.brings()) continue;
    files += item.table.files;
    bytes = AddSaturated(bytes, item.table.bytes);
  }
  meter_.Begin(files, bytes);
}

Task<Result<BroughtVolume>> EpochApplier::Place(Call call) {
  BroughtVolume volume;
  LinkedStop all(call.stop);
  const auto place = [this, &call, &all, &volume](size_t i) {
    return all.Watch(PlaceTable(call.StoppedBy(all.token()), work_[i], volume));
  };
  LF_CO_TRY_OK(co_await ForEach(work_.size(), place));
  co_return volume;
}

Task<Status> EpochApplier::PlaceTable(Call call, Work& item, BroughtVolume& volume) {
  if (!item.brings()) co_return Status{};
  call = call.Named(item.table.name);
  auto taken = reused_.Take(item.table.name, item.head.version);
  if (taken) item.names.SetTaken(*std::move(taken));
  TablePlacer placer(env_, staging_, item.replica->log(), clones() ? &item.names : nullptr);
  placer.set_meter(&meter_);
  const Result<Placed> placed = co_await placer.Place(call, epoch_.manifest.epoch, item.table, item.head.version);
  if (!placed) co_return FailOf(placed.error(), item);
  if (placed->lost) {
    asks_.restage_whole.push_back(item.table.name);
    co_return LostAtTarget(item.table.name, *placed->lost, item.replica->store().uri());
  }
  volume.files += placed->files;
  volume.bytes = AddSaturated(volume.bytes, placed->bytes);
  co_return Status{};
}

Task<Status> EpochApplier::ReadLiveSetsBefore(Call call) {
  const Epoch base = epoch_.manifest.base_epoch;
  if (base == Epoch()) co_return Status{};
  // Somebody may have tidied up: then the replicas are replayed.
  LF_CO_TRY(const std::optional<StagedEpoch> before, co_await staging_.Read(call, base));
  if (!before) co_return Status{};
  for (const plan::ManifestTable& table : before->manifest.tables) {
    const auto left = left_.find(table.name);
    const bool left_so = left != left_.end() && left->second.live_set == table.live_set.Fingerprint();
    if (left_so) before_.emplace(table.name, table.live_set);
  }
  co_return Status{};
}

Task<Status> EpochApplier::Compare(Call call) {
  const auto compare = [this, &call](size_t i) {
    const auto base = before_.find(work_[i].table.name);
    return CompareTable(call, work_[i], base == before_.end() ? std::nullopt : std::optional(base->second));
  };
  co_return co_await ForEach(work_.size(), compare);
}

Task<Status> EpochApplier::CompareTable(Call call, const Work& item, std::optional<delta::LiveSet> carried) {
  call = call.Named(item.table.name);
  const ApplyContext context{.staging = &staging_, .epoch = &epoch_};
  Result<delta::LiveSet> found =
      co_await LiveSetWith(call, env_, context, item.table, *item.replica, item.head, carried);
  // What was carried is no proof: a remove may have told another size than the file had.
  const bool differs = found && *found != item.table.live_set;
  if (differs && carried) {
    found = co_await LiveSetWith(call, env_, context, item.table, *item.replica, item.head, std::nullopt);
  }
  if (!found) co_return FailOf(std::move(found).error(), item);
  if (*found == item.table.live_set) co_return Status{};
  LF_CO_TRY(const Difference difference, co_await Judge(call, item));
  if (difference == Difference::kInDoubt) asks_.replay_live_set.push_back(item.table.name);
  if (difference == Difference::kOfTheChange) asks_.restage_whole.push_back(item.table.name);
  co_return Differs(item.table, *found, epoch_.manifest.epoch, item.replica->store(), difference);
}

// What a log holds already is not refused any more.
Task<Result<Difference>> EpochApplier::Judge(Call call, const Work& item) const {
  if (begun_) co_return Difference::kProven;
  if (!item.table.base_version) co_return Difference::kOfTheEpoch;
  if (!item.table.live_set_replayed) co_return Difference::kInDoubt;
  if (item.table.base_live_set.empty() || !item.head.version) co_return Difference::kProven;
  const Result<delta::LiveSet> before =
      co_await ReplayLiveSet(call, item.replica->log(), *item.head.version, std::nullopt);
  if (!before) co_return FailOf(before.error(), item);
  const bool same = before->Fingerprint() == item.table.base_live_set;
  co_return same ? Difference::kOfTheChange : Difference::kProven;
}

Task<Result<std::vector<Version>>> EpochApplier::Commit(Call call, TimeMs timestamp) {
  // Tombstones of the journal's age may have expired in an outage: the next VACUUM would take files that were live
  // until this moment. A commit is known by its id, whatever its bytes.
  const TimeMs tombstones = std::max(timestamp, env_.clock.WallTime());
  const ApplyContext context{.staging = &staging_, .epoch = &epoch_, .timestamp = timestamp, .tombstones = tombstones};
  std::vector<Version> versions(work_.size());
  const auto commit = [this, &call, &context, &versions](size_t i) {
    return CommitTable(call, context, work_[i], versions[i]);
  };
  LF_CO_TRY_OK(co_await ForEach(work_.size(), commit));
  co_return versions;
}

Task<Status> EpochApplier::CommitTable(Call call, ApplyContext context, const Work& item, Version& version) {
  call = call.Named(item.table.name);
  context.names = &item.names;
  const TimeMs began = env_.clock.WallTime();
  const Result<Version> committed = co_await item.replica->Commit(call, context, item.table, item.head);
  if (!committed) co_return FailOf(committed.error(), item);
  version = *committed;
  const bool brings = !item.unchanged() && !item.head.committed;
  if (brings) commits_.push_back({.table = item.table.name, .began = began, .ended = env_.clock.WallTime()});
  if (item.names.taken()) reused_.Set(item.table.name, version, *item.names.taken());
  co_return Status{};
}

Task<void> EpochApplier::KeepCheckpoints(Call call, CheckpointKeeper& checkpoints,
                                         std::vector<Version> versions) const {
  // A mirror's checkpoints are its source's.
  if (!clones()) co_return;
  for (size_t i = 0; i < work_.size() && !call.stopped(); ++i) {
    const bool wrote = work_[i].head.committed || versions[i] != work_[i].head.version;
    if (!wrote) continue;
    co_await checkpoints.Keep(call.Named(work_[i].table.name), work_[i].table.name,
                              work_[i].replica->log().shared_store(), versions[i]);
  }
}

}  // namespace lakeferry::engine
