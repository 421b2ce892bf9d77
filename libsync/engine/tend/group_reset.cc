#include "engine/tend/group_reset.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "engine/group/store_refs.h"
#include "engine/staging/target_owner.h"
#include "env/store_calls.h"
#include "plan/rules/config_change.h"

namespace lakeferry::engine {
namespace {

using plan::ChangeKind;

Task<Result<std::optional<plan::Manifest>>> NewestOf(Call call, const StagingArea& staging) {
  LF_CO_TRY(const std::vector<Epoch> epochs, co_await staging.EpochsAfter(call, Epoch()));
  for (size_t i = epochs.size(); i > 0; --i) {
    const Result<std::optional<StagedObject>> staged = co_await staging.Look(call, epochs[i - 1]);
    // Damage may be why the group starts anew.
    if (!staged && IsTransient(staged.error().code)) co_return std::unexpected(staged.error());
    if (staged && *staged && (*staged)->manifest) co_return *(*staged)->manifest;
  }
  co_return std::optional<plan::Manifest>();
}

// A mode or a source that changed is what a group starts anew for; ends that are swapped, or a staging folder that is
// of another configuration, are none.
Status CheckOurs(const plan::Manifest& newest, const plan::GroupSpec& spec, Role role, const std::string& region) {
  std::vector<plan::ConfigChange> changes = plan::ChangesSince(newest, std::nullopt, spec, role, region);
  std::erase_if(changes, [](const plan::ConfigChange& change) {
    return change.kind == ChangeKind::kMode || change.kind == ChangeKind::kSource;
  });
  if (changes.empty()) return {};
  return Fail(ErrorCode::kRefused, plan::WordsOf(changes), changes.front().where,
              "nothing was moved; set it back, or give this configuration a group name of its own");
}

Task<Result<std::vector<ToPutAside>>> OfSender(Call call, const StagingArea& staging) {
  std::vector<ToPutAside> found;
  const std::string folder = EncodeSegment(staging.group());
  LF_CO_TRY(const Listing there, co_await ListAll(call, staging.store(), ObjectPath::Of(folder)));
  if (there.objects.empty() && there.folders.empty() && there.links.empty()) co_return found;
  found.push_back({.what = fmt::format("staging folder of group '{}'", staging.group()),
                   .uri = std::string(staging.store().uri()),
                   .below = folder});
  co_return found;
}

// The mode of the replicas is that of the epochs, whatever is configured for the next ones.
Task<Result<std::vector<ToPutAside>>> OfReceiver(Call call, const Environment& env, const StagingArea& staging,
                                                 plan::GroupSpec spec, delta::ReplicationMode mode) {
  std::vector<ToPutAside> found;
  for (const plan::TableSpec& table : spec.tables) {
    LF_CO_TRY(const TargetOwner owner, co_await OwnerOf(call, env, staging, mode, table));
    if (owner.kind == TargetOwner::Kind::kNobody) continue;
    if (owner.kind != TargetOwner::Kind::kOurs) {
      co_return Fail(
          ErrorCode::kRefused,
          fmt::format("the target of table '{}' holds a table that group '{}' has not written, or no receipt "
                      "in staging speaks for: nothing was moved",
                      table.name, spec.name),
          table.target_uri,
          OthersRemedy(owner, table) +
              "; where the sender's side was reset before this one, put the folder back that it has put "
              "aside in staging, and begin here");
    }
    found.push_back({.what = fmt::format("target of table {}", table.name), .uri = table.target_uri, .below = {}});
  }
  co_return found;
}

}  // namespace

Task<Result<std::vector<ToPutAside>>> FindForReset(Call call, const Environment& env, plan::GroupSpec spec, Role role) {
  LF_CO_TRY(auto store, env.stores.Open(StagingRef(spec, StoreRight::kReadStaging)));
  const StagingArea staging(std::move(store), plan::StagingOf(spec), env);
  LF_CO_TRY(const std::optional<plan::Manifest> newest, co_await NewestOf(call, staging));
  if (newest) LF_CO_TRY_OK(CheckOurs(*newest, spec, role, env.region));
  if (role == Role::kSender) co_return co_await OfSender(call, staging);
  const delta::ReplicationMode mode = newest ? newest->mode : spec.mode;
  co_return co_await OfReceiver(call, env, staging, std::move(spec), mode);
}

}  // namespace lakeferry::engine
