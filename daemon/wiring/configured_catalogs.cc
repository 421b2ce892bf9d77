#include "daemon/wiring/configured_catalogs.h"

#include <optional>

#include "catalog/databricks/databricks_warehouse.h"
#include "catalog/unity/unity_catalog.h"

namespace lakeferry {
namespace {

// Stands where a catalog cannot be asked, and says why.
class NoCatalog final : public TableCatalog {
 public:
  explicit NoCatalog(Error why) : why_(std::move(why)) {}
  Task<Result<CatalogTable>> Find(Call, std::string) override { co_return std::unexpected(why_); }
  Task<Result<std::vector<CatalogTable>>> TablesOf(Call, std::string) override { co_return std::unexpected(why_); }
  Task<Result<bool>> Register(Call, NewCatalogTable) override { co_return std::unexpected(why_); }
  Task<Result<VendedCredential>> VendTable(Call, CatalogTable, bool) override { co_return std::unexpected(why_); }
  Task<Result<VendedCredential>> VendPlace(Call, std::string, bool) override { co_return std::unexpected(why_); }
  [[nodiscard]] std::string name() const override { return "the catalog"; }

 private:
  const Error why_;
};

// The same of a warehouse.
class NoWarehouse final : public SqlWarehouse {
 public:
  explicit NoWarehouse(Error why) : why_(std::move(why)) {}
  Task<Result<SqlRows>> Run(Call, std::string, SqlPulse) override { co_return std::unexpected(why_); }
  Task<Result<WarehouseInfo>> Look(Call) override { co_return std::unexpected(why_); }
  [[nodiscard]] std::string name() const override { return "the SQL warehouse"; }

 private:
  const Error why_;
};

}  // namespace

void ConfiguredCatalogs::Use(const Config& config) {
  std::map<Key, Entry> entries;
  const auto take = [&](Key key, const std::optional<CatalogSettings>& settings) {
    if (!settings) return;
    const auto old = entries_.find(key);
    Entry& entry = entries[std::move(key)];
    entry.settings = *settings;
    if (old == entries_.end() || old->second.settings != *settings) return;
    entry.catalog = std::move(old->second.catalog);
    entry.warehouse = std::move(old->second.warehouse);
  };
  for (const auto& [group, catalogs] : config.catalogs) {
    take({group, CatalogSide::kSource}, catalogs.source);
    take({group, CatalogSide::kTarget}, catalogs.target);
  }
  for (auto& [key, entry] : entries_) {
    if (entry.catalog != nullptr || entry.warehouse != nullptr) replaced_.push_back(std::move(entry));
  }
  entries_ = std::move(entries);
}

TableCatalog* ConfiguredCatalogs::Of(const std::string& group, CatalogSide side) {
  const auto found = entries_.find({group, side});
  if (found == entries_.end()) return nullptr;
  Entry& entry = found->second;
  if (entry.catalog == nullptr) entry.catalog = Make(entry.settings);
  return entry.catalog.get();
}

SqlWarehouse* ConfiguredCatalogs::WarehouseOf(const std::string& group) {
  const auto found = entries_.find({group, CatalogSide::kTarget});
  if (found == entries_.end() || found->second.settings.warehouse.empty()) return nullptr;
  Entry& entry = found->second;
  if (entry.warehouse == nullptr) entry.warehouse = MakeWarehouse(entry.settings);
  return entry.warehouse.get();
}

std::unique_ptr<SqlWarehouse> ConfiguredCatalogs::MakeWarehouse(const CatalogSettings& settings) const {
  const auto url = ParseUrl(settings.url);
  if (!url) return std::make_unique<NoWarehouse>(url.error());
  auto authorizer = MakeAuthorizer(parts_.login, settings);
  if (!authorizer) return std::make_unique<NoWarehouse>(authorizer.error());
  const ServiceContext context{.http = parts_.login.http, .clock = parts_.clock, .random = parts_.random};
  return std::make_unique<databricks::DatabricksWarehouse>(context, *url, *std::move(authorizer), settings.warehouse);
}

std::unique_ptr<TableCatalog> ConfiguredCatalogs::Make(const CatalogSettings& settings) const {
  const auto url = ParseUrl(settings.url);
  if (!url) return std::make_unique<NoCatalog>(url.error());
  auto authorizer = MakeAuthorizer(parts_.login, settings);
  if (!authorizer) return std::make_unique<NoCatalog>(authorizer.error());
  const ServiceContext context{.http = parts_.login.http, .clock = parts_.clock, .random = parts_.random};
  return std::make_unique<unity::UnityCatalog>(context, *url, *std::move(authorizer));
}

}  // namespace lakeferry
