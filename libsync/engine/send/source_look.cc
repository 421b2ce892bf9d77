#include "engine/send/source_look.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "async/task_group.h"
#include "engine/group/store_refs.h"
#include "engine/log/table_log.h"

namespace lakeferry::engine {
namespace {

Task<Result<SourceSight>> LookAtOne(Call call, const Environment& env, const plan::TableSpec& table, Version cut_at) {
  LF_CO_TRY(auto store, env.stores.Open(SourceRef(table)));
  const TableLog log(std::move(store), env);
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListFrom(call, cut_at));
  SourceSight sight{.there = !listing.commits.empty() || !listing.checkpoints.empty(), .oldest_unsent = {}};
  const auto unsent =
      std::ranges::find_if(listing.commits, [cut_at](const auto& commit) { return commit.first > cut_at; });
  if (unsent == listing.commits.end()) co_return sight;
  sight.newest = listing.commits.back().first;
  sight.oldest_unsent = unsent->second.modified;
  co_return sight;
}

Task<Status> NoteOne(Call call, const Environment& env, const plan::TableSpec& table, Version cut_at,
                     Result<SourceSight>& slot) {
  slot = co_await LookAtOne(call, env, table, cut_at);
  co_return Status{};
}

}  // namespace

Task<SourceSights> LookAtSources(Call call, const Environment& env, const plan::GroupSpec& spec,
                                 const BaseTables& base) {
  SourceSights sights;
  std::vector<std::pair<const plan::TableSpec*, Result<SourceSight>*>> looked_at;
  for (const plan::TableSpec& table : spec.tables) {
    if (!base.contains(table.name)) continue;
    looked_at.emplace_back(&table, &sights.emplace(table.name, SourceSight{}).first->second);
  }
  const auto look = [&call, &env, &base, &looked_at](size_t i) {
    const auto [table, sight] = looked_at[i];
    return NoteOne(call, env, *table, base.at(table->name)->source_version, *sight);
  };
  const Status all = co_await ParallelFor(looked_at.size(), static_cast<size_t>(env.limits.tables_at_once_max), look);
  // One that was not come to is as one that does not answer.
  for (const auto& [table, sight] : looked_at) {
    if (!all && *sight) *sight = std::unexpected(all.error());
  }
  co_return sights;
}

Status CheckSourcesThere(const plan::GroupSpec& spec, const SourceSights& sights, const BaseTables& base) {
  for (const plan::TableSpec& table : spec.tables) {
    const auto sight = sights.find(table.name);
    if (sight == sights.end()) continue;
    if (!sight->second) return FailOfTable(sight->second.error(), table.name, table.source_uri);
    if (sight->second->there) continue;
    return FailOfTable(
        Error{.code = ErrorCode::kNotFound,
              .message = fmt::format("its log holds nothing of version {}, which the newest epoch was cut at, nor of "
                                     "any later one: the source is gone, or is another",
                                     base.at(table.name)->source_version.value()),
              .remedy = "find out who moved or removed it, or whether its file system is not mounted; the replica "
                        "stays as it is"},
        table.name, table.source_uri);
  }
  return {};
}

}  // namespace lakeferry::engine
