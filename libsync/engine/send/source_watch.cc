#include "engine/send/source_watch.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "async/task_group.h"
#include "engine/log/table_log.h"

namespace lakeferry::engine {
namespace {

Task<Status> CheckOne(Call call, const Environment& env, const plan::TableSpec& table, Version cut_at) {
  auto store = env.stores.Open({.uri = table.source_uri, .right = StoreRight::kReadSource});
  if (!store) co_return FailOfTable(std::move(store).error(), table.name, table.source_uri);
  const TableLog log(*std::move(store), env);
  const Result<delta::LogListing> listing = co_await log.ListFrom(call, cut_at);
  if (!listing) co_return FailOfTable(listing.error(), table.name, table.source_uri);
  if (!listing->commits.empty() || !listing->checkpoints.empty()) co_return Status{};
  co_return FailOfTable(
      Error{.code = ErrorCode::kNotFound,
            .message = fmt::format("its log holds nothing of version {}, which the newest epoch was cut at, nor of any "
                                   "later one: the source is gone, or is another",
                                   cut_at.value()),
            .remedy = "find out who moved or removed it, or whether its file system is not mounted; the replica stays "
                      "as it is"},
      table.name, table.source_uri);
}

}  // namespace

Task<Status> CheckSourcesThere(Call call, const Environment& env, const plan::GroupSpec& spec,
                               const std::map<std::string, plan::ManifestTable>& base) {
  std::vector<std::pair<const plan::TableSpec*, Version>> cut;
  for (const plan::TableSpec& table : spec.tables) {
    const auto known = base.find(table.name);
    if (known != base.end()) cut.emplace_back(&table, known->second.source_version);
  }
  const auto check = [&call, &env, &cut](size_t i) { return CheckOne(call, env, *cut[i].first, cut[i].second); };
  co_return co_await ParallelFor(cut.size(), static_cast<size_t>(env.limits.tables_at_once_max), check);
}

}  // namespace lakeferry::engine
