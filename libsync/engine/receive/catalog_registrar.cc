#include "engine/receive/catalog_registrar.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "engine/group/store_refs.h"
#include "engine/log/table_log.h"
#include "plan/change/catalog_entry.h"

namespace lakeferry::engine {
namespace {

// Absent where there is no replica yet; else whether the catalog has it because of this.
Task<Result<std::optional<bool>>> RegisterOne(Call call, const Environment& env, TableCatalog& catalog,
                                              plan::TableSpec table) {
  LF_CO_TRY(auto store, env.stores.Open(TargetRef(table)));
  const TableLog log(std::move(store), env);
  Result<delta::LogListing> listing = co_await log.ListAll(call);
  if (!listing && listing.error().code == ErrorCode::kNotFound) co_return std::optional<bool>();
  LF_CO_TRY_OK(listing);
  LF_CO_TRY(const delta::Snapshot snapshot, co_await log.Load(call, *listing, std::nullopt));
  LF_CO_TRY(NewCatalogTable entry, plan::CatalogEntryOf(table.name, table.target_uri, snapshot.metadata));
  LF_CO_TRY(const bool made, co_await catalog.Register(env.ForRuns(call), std::move(entry)));
  co_return std::optional(made);
}

}  // namespace

Task<Result<std::string>> RegisterReplicas(Call call, const Environment& env, const plan::GroupSpec& spec,
                                           std::string reason) {
  TableCatalog* const catalog =
      spec.register_tables && env.catalogs != nullptr ? env.catalogs->Of(spec.name, CatalogSide::kTarget) : nullptr;
  if (catalog == nullptr) co_return reason;
  for (const plan::TableSpec& table : spec.tables) {
    if (!table.unregistered) continue;
    const Result<std::optional<bool>> done = co_await RegisterOne(call, env, *catalog, table);
    if (done && *done && **done) {
      env.log.Write(call, LogLevel::kInfo, "table registered",
                    {{"group", spec.name}, {"table", table.name}, {"location", table.target_uri}});
    }
    if (done) continue;
    if (call.stopped()) co_return Fail(ErrorCode::kCancelled, "asked to stop", table.target_uri);
    env.log.Write(call, LogLevel::kError, "table not registered",
                  {{"group", spec.name}, {"table", table.name}, {"error", ToString(done.error())}});
    reason += fmt::format("{}table '{}' is not registered in {} yet: {}", reason.empty() ? "" : "; ", table.name,
                          catalog->name(), done.error().message);
  }
  co_return reason;
}

}  // namespace lakeferry::engine
