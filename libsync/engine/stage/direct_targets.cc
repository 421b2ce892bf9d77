#include "engine/stage/direct_targets.h"

#include <algorithm>
#include <utility>

#include "base/trial_name.h"
#include "engine/copy/object_copy.h"
#include "engine/group/store_refs.h"

namespace lakeferry::engine {
namespace {

// But for what a check, or the probe of a store, may have left.
bool HoldsNothing(const Listing& root) {
  const auto trial = [](const ObjectPath& path) { return path.text().starts_with(kTrialPrefix); };
  return root.links.empty() && std::ranges::all_of(root.folders, trial) &&
         std::ranges::all_of(root.objects, trial, &ObjectInfo::path);
}

// Whether the receipt of the epoch says that the table's replica is there.
Task<Result<bool>> WasApplied(Call call, const StagingArea& staging, const plan::TableSpec& table, Epoch applied) {
  if (applied == Epoch()) co_return false;
  LF_CO_TRY(const std::optional<plan::Receipt> receipt, co_await staging.ReadReceipt(call, applied));
  if (!receipt || !receipt->applied) co_return false;
  const auto said = std::ranges::find(receipt->tables, table.name, &plan::ReceiptTable::name);
  co_return said != receipt->tables.end() && said->target == table.target_uri;
}

}  // namespace

Task<Result<std::shared_ptr<ObjectStore>>> DirectTargets::Open(Call call, const StagingArea& staging,
                                                               plan::TableSpec table, Epoch applied) {
  LF_CO_TRY(std::shared_ptr<ObjectStore> target, env_.stores.Open(PlaceRef(table)));
  LF_CO_TRY(const bool ours, co_await IsOurs(call, staging, *target, table, applied));
  if (ours) co_return target;
  env_.log.Write(call, LogLevel::kWarning,
                 "the files of a table go through staging: its target is not known to be ours",
                 {{"group", staging.group()}, {"table", table.name}, {"target", std::string(target->uri())}});
  co_return nullptr;
}

Task<Result<bool>> DirectTargets::IsOurs(Call call, const StagingArea& staging, ObjectStore& target,
                                         const plan::TableSpec& table, Epoch applied) {
  const std::string& uri = table.target_uri;
  if (known_.contains(uri)) co_return true;
  const ObjectPath claim = staging.layout().Placing(uri);
  const Result<ObjectInfo> before = co_await staging.store().Head(call, claim);
  if (!before && before.error().code != ErrorCode::kNotFound) co_return std::unexpected(before.error());
  if (!before) {
    LF_CO_TRY(const ListPage root, co_await target.List(call, {}));
    bool ours = HoldsNothing(root.listing);
    if (!ours) {
      LF_CO_TRY(ours, co_await WasApplied(call, staging, table, applied));
    }
    if (!ours) co_return false;
    LF_CO_TRY_OK(co_await PutSettled(call, staging.store(), claim, uri + "\n"));
  }
  known_.insert(uri);
  co_return true;
}

}  // namespace lakeferry::engine
