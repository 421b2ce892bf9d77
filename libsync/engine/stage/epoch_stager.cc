#include "engine/stage/epoch_stager.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "async/both.h"
#include "async/linked_stop.h"
#include "async/task_group.h"
#include "base/saturated.h"
#include "engine/change/read_change.h"
#include "engine/stage/table_stager.h"
#include "env/store_calls.h"
#include "plan/document/read_back.h"

namespace lakeferry::engine {

Environment EpochStager::Shared(const Environment& env, const plan::Route& route) {
  Environment shared = env;
  const size_t at_once = std::min(static_cast<size_t>(env.limits.tables_at_once_max), route.tables.size());
  const size_t parts = std::max<size_t>(at_once, 1);
  shared.limits.folded_bytes /= parts;
  shared.limits.carried_bytes /= parts;
  return shared;
}

Task<Result<EpochStager::CutRead>> EpochStager::Read(Call call, const GroupCut& cut, Epoch epoch,
                                                     bool untouched) const {
  auto [changes, leftovers] = co_await Both(ReadAll(call, cut), HasLeftovers(call, epoch, untouched));
  LF_CO_TRY_OK(changes);
  LF_CO_TRY_OK(leftovers);
  co_return CutRead{.changes = *std::move(changes), .leftovers = *leftovers};
}

Task<Result<bool>> EpochStager::HasLeftovers(Call call, Epoch epoch, bool untouched) const {
  if (untouched) co_return false;
  if (route_.direct) co_return true;  // what lies below a target does not say which attempt it is of
  LF_CO_TRY(const Listing left, co_await ListAll(call, staging_.store(), staging_.layout().DataFolder(epoch)));
  co_return !left.folders.empty();
}

Task<Result<std::vector<TableChange>>> EpochStager::ReadAll(Call call, const GroupCut& cut) const {
  std::vector<TableChange> changes;
  std::vector<std::optional<TableChange>> slots(cut.tables.size());
  const auto read_one = [this, &call, &cut, &slots](size_t i) { return ReadOne(call, cut.tables[i], slots[i]); };
  LF_CO_TRY_OK(co_await ParallelFor(slots.size(), width(), read_one));
  int64_t files = 0;
  int64_t bytes = 0;
  for (std::optional<TableChange>& slot : slots) {
    files += slot->files.files();
    bytes = AddSaturated(bytes, slot->files.bytes());
    changes.push_back(*std::move(slot));
  }
  meter_.Begin(files, bytes);
  co_return changes;
}

Task<Status> EpochStager::ReadOne(Call call, const TableCut& cut, std::optional<TableChange>& slot) const {
  LF_CO_TRY(TableChange change, co_await ReadChange(call.Named(cut.scan.spec.name), env_, cut, route_.mode));
  slot.emplace(std::move(change));
  co_return Status{};
}

plan::Manifest EpochStager::Begin(const GroupCut& cut, const EpochPlace& place) const {
  plan::Manifest manifest;
  manifest.workspace = route_.workspace;
  manifest.region = route_.from;
  manifest.group = route_.group();
  manifest.staging = route_.staging.name;
  manifest.epoch = place.epoch;
  manifest.generation = route_.staging.generation;
  manifest.mode = route_.mode;
  manifest.cut_time = cut.cut.time;
  manifest.run_ids = cut.cut.run_ids;
  manifest.atomic = cut.cut.atomic;
  manifest.evidence = cut.evidence;
  manifest.created = env_.clock.WallTime();
  manifest.base_epoch = place.base_epoch;
  manifest.previous_epoch = place.previous;
  manifest.previous_sha256 = place.previous_sha256;
  manifest.tables.resize(cut.tables.size());
  return manifest;
}

Task<Result<EpochStager::Staged>> EpochStager::Stage(Call call, const GroupCut& cut, CutRead read,
                                                     EpochPlace place) const {
  Staged staged{.manifest = Begin(cut, place)};
  const std::vector<size_t> order = CopyOrder(read.changes);
  LinkedStop all(call.stop);
  const auto stage_one = [this, &call, &cut, &read, &place, &order, &all, &staged](size_t i) {
    const size_t table = order[i];
    return all.Watch(StageOne(call.StoppedBy(all.token()), cut.tables[table], std::move(read.changes[table]),
                              read.leftovers, place.applied, staged, table));
  };
  // Tables whose files may vanish go one after the other: beside others they would take longer.
  const size_t urgent = static_cast<size_t>(std::ranges::count_if(
      read.changes, [](const TableChange& change) { return change.files.forecast().has_value(); }));
  for (size_t i = 0; i < urgent; ++i) LF_CO_TRY_OK(co_await stage_one(i));
  const auto stage_other = [&stage_one, urgent](size_t i) { return stage_one(urgent + i); };
  LF_CO_TRY_OK(co_await ParallelFor(order.size() - urgent, width(), stage_other));
  co_return staged;
}

Task<Status> EpochStager::StageOne(Call call, const TableCut& cut, TableChange change, bool leftovers, Epoch applied,
                                   Staged& staged, size_t number) const {
  const Epoch epoch = staged.manifest.epoch;
  TableStager stager(env_, staging_, cut.scan.log->store(), cut.scan.spec, epoch, route_.mode, leftovers);
  stager.set_meter(&meter_);
  // Of a new table also where it has no file: an attempt before may have put some there.
  if (route_.direct && (change.files.files() > 0 || !change.table.base_version)) {
    LF_CO_TRY(std::shared_ptr<ObjectStore> target, co_await targets_.Open(call, staging_, cut.scan.spec, applied));
    stager.set_target(std::move(target));
  }
  LF_CO_TRY(plan::ManifestTable table, co_await stager.Stage(call.Named(cut.scan.spec.name), std::move(change)));
  const auto& base = cut.scan.base;
  const bool changed = !base || table.base_version != table.source_version;
  table.marked_epoch = changed ? epoch : base->marked_epoch;
  staged.manifest.tables[number] = std::move(table);
  staged.left_data = staged.left_data || stager.left_data();
  co_return Status{};
}

Task<Result<std::string>> EpochStager::Publish(Call call, plan::Manifest manifest) const {
  LF_CO_TRY(const std::string body, plan::PublishableManifest(manifest));
  LF_CO_TRY(std::string text, staging_.Sealed(plan::DocumentKind::kManifest, body));
  const ObjectPath path = staging_.layout().Manifest(manifest.epoch);
  LF_CO_TRY(const PutOutcome outcome, co_await PutSettled(call, staging_.store(), path, std::move(text)));
  std::string sha256 = plan::DocumentDigest(body);
  if (outcome == PutOutcome::kCreated) co_return sha256;
  // The next pass finds the other sender's epoch in staging and builds upon it.
  co_return Fail(
      ErrorCode::kRefused,
      fmt::format("another sender has staged epoch {} of group '{}'", manifest.epoch.value(), route_.group()),
      fmt::format("{}/{}", staging_.store().uri(), path.text()),
      "two senders work on one group: stop one of them; nothing was lost");
}

}  // namespace lakeferry::engine
