#include "engine/staging/target_owner.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/group/store_refs.h"
#include "engine/log/table_log.h"
#include "plan/change/clone_commit.h"

namespace lakeferry::engine {
namespace {

using Kind = TargetOwner::Kind;

// Of the newest receipt that says what became of the table.
Task<Result<bool>> ReceiptNames(Call call, const StagingArea& staging, plan::TableSpec table) {
  LF_CO_TRY(const std::vector<Epoch> answered, co_await staging.AnsweredAfter(call, Epoch()));
  for (size_t i = answered.size(); i > 0; --i) {
    const Result<std::optional<plan::Receipt>> receipt = co_await staging.ReadReceipt(call, answered[i - 1]);
    if (!receipt && receipt.error().code != ErrorCode::kCorruptLog) co_return std::unexpected(receipt.error());
    if (!receipt || !*receipt || !(*receipt)->applied) continue;
    const std::vector<plan::ReceiptTable>& tables = (*receipt)->tables;
    const auto known = std::ranges::find(tables, table.name, &plan::ReceiptTable::name);
    if (known != tables.end()) co_return known->target == table.target_uri;
  }
  co_return false;
}

TargetOwner OwnerByMarkers(const std::map<std::string, delta::Txn>& txns, const std::string& group) {
  if (txns.contains(plan::MarkerAppId(group))) return {.kind = Kind::kOurs};
  const std::string prefix = plan::MarkerAppId("");
  const auto other = std::ranges::find_if(txns, [&prefix](const auto& txn) { return txn.first.starts_with(prefix); });
  if (other == txns.end()) return {.kind = Kind::kSomebody};
  return {.kind = Kind::kOtherGroup, .group = other->first.substr(prefix.size())};
}

}  // namespace

Task<Result<TargetOwner>> OwnerOf(Call call, const Environment& env, const StagingArea& staging,
                                  delta::ReplicationMode mode, plan::TableSpec table) {
  LF_CO_TRY(auto store, env.stores.Open(TargetRef(table)));
  const TableLog log(std::move(store), env);
  const Result<delta::LogListing> listing = co_await log.ListAll(call);
  if (!listing && listing.error().code == ErrorCode::kNotFound) co_return TargetOwner();
  if (!listing && IsTransient(listing.error().code)) co_return std::unexpected(listing.error());
  if (mode == delta::ReplicationMode::kMirror) {
    LF_CO_TRY(const bool ours, co_await ReceiptNames(call, staging, table));
    co_return TargetOwner{.kind = ours ? Kind::kOurs : Kind::kSomebody};
  }
  if (!listing) co_return TargetOwner{.kind = Kind::kSomebody};
  // Of the commits: a checkpoint after them may be what somebody else has left.
  const auto newest = listing->commits.empty() ? std::nullopt : std::optional(listing->commits.back().first);
  const Result<delta::Snapshot> snapshot = co_await log.Load(call, *listing, newest);
  if (!snapshot && IsTransient(snapshot.error().code)) co_return std::unexpected(snapshot.error());
  if (!snapshot) co_return TargetOwner{.kind = Kind::kSomebody};
  co_return OwnerByMarkers(snapshot->txns, staging.group());
}

std::string OthersRemedy(const TargetOwner& owner, const plan::TableSpec& table) {
  if (owner.kind == Kind::kOtherGroup) {
    return fmt::format(
        "group '{}' has written this table: if the group was renamed, give it that name again on both "
        "sides; else name another target for table '{}'",
        owner.group, table.name);
  }
  return fmt::format(
      "this is somebody's table, and nothing of it is to be touched for the group: name another target "
      "for table '{}'",
      table.name);
}

Task<Error> HeedOwner(Call call, const Environment& env, const StagingArea& staging, delta::ReplicationMode mode,
                      plan::TableSpec table, Error error) {
  if (error.code != ErrorCode::kRefused && error.code != ErrorCode::kDiverged) co_return error;
  const Result<TargetOwner> owner = co_await OwnerOf(call, env, staging, mode, table);
  // Whose it is was not to be found out: then it is not ours to touch.
  const TargetOwner known = owner ? *owner : TargetOwner{.kind = Kind::kSomebody};
  if (known.kind == Kind::kNobody || known.kind == Kind::kOurs) co_return error;
  error.remedy = OthersRemedy(known, table);
  co_return error;
}

}  // namespace lakeferry::engine
